"""`anagen explain`: how a treatment, a pathway or a rate of the model would act."""

import argparse
from pathlib import Path

from anagen import facts as package_facts
from anagen.cli import output
from anagen.errors import InputError
from anagen.facts.explanation import explain

PAGE = "explain.html"


def run(arguments: argparse.Namespace) -> int:
    """Explain one name; return the exit status."""
    if not arguments.name.strip():
        raise InputError("the name is empty; give a treatment, a pathway or a rate of the model")
    if arguments.out is not None and not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    explanation = explain(package_facts.load(), arguments.name[:100])
    out = None if arguments.out is None else Path(arguments.out)
    if out is not None:
        from anagen.report.mechanism_figure import mechanism_figure
        from anagen.report.mechanisms import explanation_page

        figure = mechanism_figure(explanation)
        page = explanation_page(explanation, figure)
        output.check_folder(out)
        output.put(
            out,
            {
                "explain.json": output.as_json(explanation),
                "explain.svg": figure.encode(),
                PAGE: page.encode(),
            },
        )
    if arguments.json:
        output.say_json(explanation)
        return 0
    from anagen.report.mechanisms import terminal_text

    output.say(terminal_text(explanation))
    if out is not None:
        output.say(f"page: {out / PAGE}\n")
    return 0
