"""`anagen evidence course`: how effects grow and fade over the weeks of follow-up."""

import argparse
import re
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.errors import InputError

SHAPES = ("plateau", "emax", "lagged_plateau", "rise_and_loss", "log_linear")
OF_TABLES = {
    "layout": "--layout", "outcome": "--outcome", "means": "--means",
}  # fmt: skip
OF_FACTS = {"sex": "--sex", "weeks": "--weeks", "option": "--option", "without": "--without"}


def weeks(text: str) -> tuple[float, ...]:
    """Read weeks such as 0,12,52."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?(,[0-9]{1,4}(\.[0-9]{1,3})?){1,29}", text):
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' are no weeks; give two numbers or more such as 0,12,52"
        )
    return tuple(float(week) for week in text.split(","))


def sessions(text: str) -> tuple[str, list[float]]:
    """Read the weeks of a treatment's sessions such as PRP=0,4,8."""
    name, _, given = text.rpartition("=")
    if not name or not re.fullmatch(
        r"[0-9]{1,4}(\.[0-9]{1,3})?(,[0-9]{1,4}(\.[0-9]{1,3})?)*", given
    ):
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' are no sessions; give NAME=WEEK,WEEK such as PRP=0,4,8"
        )
    return name, [float(week) for week in given.split(",")]


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `course` with its arguments."""
    summary = (
        "Fit time courses to all visits of randomised arms: curves with intervals, areas, when a "
        "meaningful difference is reached, and what the visits cannot tell."
    )
    parser = verbs.add_parser(
        "course", help=summary, description=summary,
        epilog="examples:\n  anagen evidence course --sex male --option finasteride_oral\n"
        "  anagen evidence course mine.csv --reference placebo --shape emax --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    shared.add_facts(parser)
    parser.add_argument("--option", metavar="ID", help="of our facts: one treatment's curves")
    group = parser.add_argument_group("a table of your own")
    group.add_argument(
        "file", nargs="?", metavar="TABLE.csv", help="one row per arm and visit, with a week"
    )
    group.add_argument("--layout", choices=("arms",), help="where the columns fit more than one")
    group.add_argument("--outcome", metavar="NAME", help="one of several outcomes")
    group.add_argument(
        "--means", choices=("change", "level"), help="what a column mean holds, if it is not clear"
    )
    parser.add_argument("--reference", metavar="NAME", help="the treatment that all are held to")
    parser.add_argument("--shape", choices=SHAPES, default="plateau", help="default: plateau")
    parser.add_argument(
        "--rho", metavar="R", type=shared.number,
        help="correlation of two counts of an arm one visit apart (default: those of the facts)",
    )  # fmt: skip
    parser.add_argument(
        "--speeds", choices=("shared", "own"),
        help="one speed for all treatments (default of a table), or one for each (of our facts)",
    )  # fmt: skip
    parser.add_argument("--meaningful", metavar="D", type=shared.number,
                        help="the difference to reach (our facts: that of the rules)")  # fmt: skip
    parser.add_argument("--bins", metavar="A,B,...", type=weeks, help="of the two-stage check")
    parser.add_argument(
        "--sessions", metavar="NAME=A,B", type=sessions, action="append", default=[],
        help="weeks of a treatment's sessions, for rise_and_loss",
    )  # fmt: skip
    shared.add_output(parser)
    parser.set_defaults(run=run_course)


def _settings(arguments: argparse.Namespace, rules: Any, *, is_own: bool) -> Any:
    from anagen.evidence.courses import CourseSettings

    tried = tuple(float(r) for r in rules.correlations_within_arm_tried.values)
    if arguments.rho is not None and not 0 <= arguments.rho < 1:
        raise InputError(f"--rho {arguments.rho:g} is no correlation from 0 to below 1")
    if arguments.meaningful == 0:
        raise InputError("--meaningful is 0, which is reached at once; give a difference")
    rhos = tried if arguments.rho is None else (arguments.rho, *(r for r in tried
                                                                if r != arguments.rho))  # fmt: skip
    meaningful = rules.meaningful_difference.number() if is_own else None
    return CourseSettings(
        shape=arguments.shape, rhos=rhos, level=arguments.level, reference=arguments.reference,
        meaningful=arguments.meaningful if arguments.meaningful is not None else meaningful,
        own_speeds=(arguments.speeds or ("own" if is_own else "shared")) == "own",
        bins=arguments.bins or (), sessions=dict(arguments.sessions),
    )  # fmt: skip


def run_course(arguments: argparse.Namespace) -> int:
    """Fit time courses; return the exit status."""
    from anagen.report.evidence_course_sheet import course_sheet, courses_shown

    folder = shared.folder_of(arguments)
    facts = package_facts.load()
    settings = _settings(arguments, facts.evidence_rules, is_own=arguments.file is None)
    document: Any
    if arguments.file is None:
        document, title = _own(arguments, facts, settings)
    else:
        document, title = _table(arguments, facts, settings)
    figures: dict[str, str] = {}
    if folder is not None:
        from anagen.report.evidence.of_course import course_figure

        drawn = course_figure(
            document.analysis, courses_shown(document), title, mid=settings.meaningful
        )
        figures = {} if drawn is None else {"course": drawn}
    spare = [] if arguments.file is None else [Path(arguments.file)]
    return shared.tell(
        arguments, folder, "course", document, course_sheet(document, title), figures, spare=spare
    )


def _own(arguments: argparse.Namespace, facts: Any, settings: Any) -> tuple[Any, str]:
    from dataclasses import replace

    from anagen.evidence.groups import treatment_named
    from anagen.evidence.trial_courses import facts_course
    from anagen.evidence.trial_network import CONTROL

    shared.refuse_given(arguments, OF_TABLES, "of our own facts")
    question = shared.question_of(arguments, facts)
    option = None
    if arguments.option is not None:
        option = treatment_named(arguments.option.strip(), facts)
    reference = settings.reference or CONTROL
    document = facts_course(
        question, facts, replace(settings, reference=reference), option=option,
        without=arguments.without,
    )  # fmt: skip
    people = {"male": "men", "female": "women", None: "men and women"}[question.sex]
    condition = facts.vocabulary.label("conditions", question.condition)
    of = "" if option is None else f"{facts.vocabulary.label('treatments', option)}, "
    return document, f"{of}{condition}, {people}"


def _table(arguments: argparse.Namespace, facts: Any, settings: Any) -> tuple[Any, str]:
    from anagen.evidence.table_choice import Choice
    from anagen.evidence.table_courses import table_course

    shared.refuse_given(arguments, OF_FACTS, "of a table")
    table = shared.table_of(arguments)
    choice = Choice(outcome=arguments.outcome)
    document = table_course(table, choice, settings, facts.evidence_rules, means=arguments.means)
    return document, table.name
