"""`anagen evidence effects`: the effect size of every row of a table, without pooling."""

import argparse
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.cli import output
from anagen.errors import InputError


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `effects` with its arguments."""
    summary = (
        "Compute the effect size of every row of a table with its variance, from arms or from the "
        "inputs of any measure; nothing is pooled."
    )
    parser = verbs.add_parser(
        "effects", help=summary, description=summary,
        epilog="examples:\n  anagen evidence effects --list\n"
        "  anagen evidence effects mine.csv --effect-size SMCC --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("file", nargs="?", metavar="TABLE.csv", help="inputs, or one arm per row")
    parser.add_argument("--list", action="store_true", help="list the measures and their inputs")
    parser.add_argument(
        "--effect-size", metavar="NAME", type=str.upper, help="one of the measures of --list"
    )
    parser.add_argument("--layout", choices=("arms",), help="read the table as arms")
    parser.add_argument("--treatment", metavar="NAME", help="of arms: which treatment")
    parser.add_argument("--against", metavar="NAME", help="of arms: which control")
    parser.add_argument("--outcome", metavar="NAME", help="of arms: one of several outcomes")
    parser.add_argument(
        "--week", metavar="N", type=shared.number, help="of arms: one of several visits"
    )
    parser.add_argument(
        "--correlation", metavar="R", type=shared.number,
        help="of before and after, or of two sites, where no column r gives it",
    )  # fmt: skip
    shared.add_output(parser)
    parser.set_defaults(run=run_effects)


def run_effects(arguments: argparse.Namespace) -> int:
    """Compute effect sizes; return the exit status."""
    from anagen.evidence.effect_table import effect_table, effects_csv

    if arguments.list:
        return _list(arguments)
    if arguments.file is None:
        raise InputError("give a table: anagen evidence effects mine.csv --effect-size MD")
    folder = shared.folder_of(arguments)
    document = effect_table(
        Path(arguments.file), shared.choice_of(arguments), package_facts.load().evidence_rules,
        layout=arguments.layout, level=arguments.level, correlation=arguments.correlation,
    )  # fmt: skip
    from anagen.report.evidence_effects_sheet import effects_sheet

    sheet = effects_sheet(document)
    figures: dict[str, str] = {}
    if folder is not None:
        from anagen.report.evidence.of_effects import effects_forest

        forest = effects_forest(document)
        figures = {} if forest is None else {"forest": forest}
    return shared.tell(
        arguments, folder, "effects", document, sheet, figures,
        spare=[Path(arguments.file)], more={"effects.csv": effects_csv(document)},
    )  # fmt: skip


def _list(arguments: argparse.Namespace) -> int:
    from anagen.evidence.effect_table import measures
    from anagen.report.evidence_effects_sheet import measures_sheet
    from anagen.report.evidence_result_pages import text_of

    names = {"file": "TABLE.csv", "effect_size": "--effect-size", "out": "--out"}
    shared.refuse_given(arguments, names, "beside --list")
    document = measures()
    if arguments.json:
        output.say_json(document)
    else:
        output.say(text_of(measures_sheet(document)))
    return 0
