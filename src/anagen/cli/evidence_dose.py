"""`anagen evidence dose`: how much more a larger dose does."""

import argparse
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.errors import InputError

SHAPES = ("linear", "log_linear", "emax", "spline")
OF_TABLES = {"layout": "--layout", "outcome": "--outcome", "week": "--week",
             "dose_unit": "--dose-unit"}  # fmt: skip
OF_FACTS = {"sex": "--sex", "weeks": "--weeks", "option": "--option", "without": "--without"}


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `dose` with its arguments."""
    summary = (
        "Fit dose and response over trials of several doses: linear, log-linear, Emax and spline; "
        "or say why the doses cannot tell."
    )
    parser = verbs.add_parser(
        "dose", help=summary, description=summary,
        epilog="examples:\n  anagen evidence dose --option dutasteride --sex male --out out\n"
        "  anagen evidence dose mine.csv --dose-unit mg/d --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--option", metavar="ID", help="of our facts: a treatment")
    shared.add_facts(parser)
    group = parser.add_argument_group("a table of your own")
    group.add_argument(
        "file", nargs="?", metavar="TABLE.csv", help="one row per arm, with a column dose"
    )
    group.add_argument("--layout", choices=("arms",), help="where the columns fit more than one")
    group.add_argument("--outcome", metavar="NAME", help="one of several outcomes")
    group.add_argument("--week", metavar="N", type=shared.number, help="one of several visits")
    group.add_argument("--dose-unit", metavar="WORD", help="of the doses, e.g. mg/d")
    parser.add_argument(
        "--shape", choices=SHAPES,
        help="which to show (default: emax if the doses tell it, then log_linear)",
    )  # fmt: skip
    shared.add_output(parser, with_level=False)
    parser.set_defaults(run=run_dose)


def run_dose(arguments: argparse.Namespace) -> int:
    """Fit a dose-response; return the exit status."""
    from anagen.report.evidence_dose_sheet import dose_sheet

    folder = shared.folder_of(arguments)
    facts = package_facts.load()
    own = arguments.file is None
    document: Any
    document, title = (_own if own else _table)(arguments, facts)
    figures: dict[str, str] = {}
    if folder is not None:
        from anagen.report.evidence.of_dose import dose_figure

        mid = facts.evidence_rules.meaningful_difference.number() if own else None
        drawn = dose_figure(document.analysis, title, mid=mid)
        figures = {} if drawn is None else {"dose": drawn}
    spare = [] if own else [Path(arguments.file)]
    return shared.tell(
        arguments, folder, "dose", document, dose_sheet(document, title), figures, spare=spare
    )


def _own(arguments: argparse.Namespace, facts: Any) -> tuple[Any, str]:
    from anagen.evidence.doses import facts_dose
    from anagen.evidence.groups import treatment_named

    if arguments.option is None:
        raise InputError(
            "say which treatment: --option dutasteride for our own facts, or a table of your own"
        )
    shared.refuse_given(arguments, OF_TABLES, "of our own facts")
    name = treatment_named(arguments.option.strip(), facts)
    question = shared.question_of(arguments, facts)
    document = facts_dose(name, question, facts, shape=arguments.shape, without=arguments.without)
    people = {"male": "men", "female": "women", None: "men and women"}[question.sex]
    return document, f"{facts.vocabulary.label('treatments', name)}, {people}"


def _table(arguments: argparse.Namespace, facts: Any) -> tuple[Any, str]:
    from anagen.evidence.doses import table_dose
    from anagen.evidence.table_choice import Choice

    shared.refuse_given(arguments, OF_FACTS, "of a table")
    table = shared.table_of(arguments)
    document = table_dose(
        table, Choice(outcome=arguments.outcome, week=arguments.week), facts.evidence_rules,
        dose_unit=arguments.dose_unit or "", shape=arguments.shape,
    )  # fmt: skip
    return document, table.name
