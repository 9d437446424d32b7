"""`anagen evidence draft`: a study of a table as the file of a fact, for its editor to complete."""

import argparse
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.cli import output
from anagen.errors import InputError


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `draft` with its arguments."""
    summary = (
        "Write one study of a table of arms as a study file of the facts, for an editor to "
        "complete; never over a file."
    )
    parser = verbs.add_parser(
        "draft", help=summary, description=summary,
        epilog="example:\n  anagen evidence draft mine.csv --study 'Lee 2024' --out lee2024.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("file", metavar="TABLE.csv", help="one row per arm and visit")
    parser.add_argument("--study", metavar="NAME", required=True, help="as the table names it")
    parser.add_argument("--out", metavar="FILE.yaml", help="where to write; printed without it")
    parser.add_argument("--measure", metavar="ID", help="of rows that name no outcome")
    parser.add_argument("--source", metavar="ID", default="source_to_add",
                        help="the id of the source in sources.yaml")  # fmt: skip
    parser.add_argument("--condition", metavar="ID", default="androgenetic_alopecia",
                        help="default: androgenetic_alopecia")  # fmt: skip
    parser.add_argument("--layout", choices=("arms",), help="where the columns fit more than one")
    parser.set_defaults(run=run_draft)


def run_draft(arguments: argparse.Namespace) -> int:
    """Write a draft; return the exit status."""
    from anagen.evidence.tables import study_draft

    table = shared.table_of(arguments)
    if arguments.study not in table.studies:
        known = ", ".join(output.clean(name) for name in table.studies[:8])
        raise InputError(f"{table.name}: no study {arguments.study[:60]!r}; there are {known}")
    text = study_draft(
        table, arguments.study, package_facts.load(), measure=arguments.measure,
        source=arguments.source, condition=arguments.condition,
    )  # fmt: skip
    if arguments.out is None:
        output.say(text)
        return 0
    path = Path(arguments.out)
    if path.suffix not in (".yaml", ".yml"):
        raise InputError(
            f"--out {output.clean(path.name)[:60]!r} is no study file; end it in .yaml"
        )
    output.put_new(path, text.encode())
    output.say(f"{path}: a draft; complete it, then run 'anagen facts check'\n")
    return 0
