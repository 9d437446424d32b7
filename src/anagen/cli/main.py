"""The commands and their arguments; each loads only what it needs."""

import argparse
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from anagen import INTENDED_USE, __version__
from anagen.errors import AnagenError, InputError

EXIT_FINE = 0
EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
MOST_DIGITS = 9
"""Digits of a number that is handed on; the scenario's own bounds are far below."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, in the words of the other messages."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **settings})

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see '{self.prog} --help'")


def _parser(*, is_evidence: bool = False) -> argparse.ArgumentParser:
    def build(
        parent: "argparse._SubParsersAction[_Parser]", name: str, summary: str, example: str
    ) -> argparse.ArgumentParser:
        return parent.add_parser(
            name, help=summary, description=summary, epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip

    parser = _Parser(
        prog="anagen",
        description="From published studies to one person's honest, sourced plan for hair loss.",
        epilog="example:\n  anagen plan examples/01_man_nh3_vertex.yaml --out out\n\n"
        + INTENDED_USE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"anagen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)

    plan = build(
        commands, "plan",
        "Write a plan for each person: an HTML page, a page of questions for the clinic, and one "
        "JSON document.",
        "anagen plan examples/*.yaml --out out --seed 1",
    )  # fmt: skip
    plan.add_argument("person", nargs="+", metavar="PERSON.yaml", help="a description of a person")
    plan.add_argument(
        "--out", default="out", metavar="DIR",
        help="where the pages go (default: out); several persons get one folder each",
    )  # fmt: skip
    plan.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="fixes every random draw (default: 1)"
    )
    plan.add_argument(
        "--today", metavar="YYYY-MM-DD", help="plan as if on this day (default: the clock's day)"
    )
    plan.add_argument(
        "--session-sheet", action="store_true",
        help="write session-sheet.html for the room and aftercare.html to take home too",
    )  # fmt: skip
    plan.add_argument(
        "--clinician", action="store_true",
        help="write clinician.html for the desk, letter.html and record.txt too",
    )  # fmt: skip
    plan.add_argument("--json", action="store_true", help="print the plans as one JSON document")
    plan.set_defaults(run=_plan)

    person = build(
        commands, "person", "Write a blank person file to fill in, or check filled ones.",
        "anagen person new me.yaml --sex female --short",
    )  # fmt: skip
    acts = person.add_subparsers(title="verbs", metavar="VERB", parser_class=_Parser, required=True)
    new = build(
        acts, "new", "Write a person file with every question in it, or print it without FILE.",
        "anagen person new me.yaml --sex female",
    )  # fmt: skip
    new.add_argument("file", nargs="?", metavar="FILE.yaml", help="where to write; never over one")
    new.add_argument("--sex", choices=("female", "male"), help="leave out what is asked of others")
    new.add_argument(
        "--short", action="store_true", help="only the questions that the first answer needs"
    )
    read = build(
        acts, "check", "Say whether person files read, and which answers are missing in them.",
        "anagen person check me.yaml",
    )  # fmt: skip
    read.add_argument("file", nargs="+", metavar="FILE.yaml", help="a description of a person")
    for verb, run in ((new, "new"), (read, "check")):
        verb.add_argument("--json", action="store_true", help="print one JSON document")
        verb.set_defaults(run=_person, verb=run)

    explain = build(
        commands, "explain",
        "Say how a treatment, a pathway or a rate of the model would act: what was seen in whom, "
        "and whether it moves the forecast.",
        "anagen explain exosome --out out",
    )  # fmt: skip
    explain.add_argument(
        "name", metavar="NAME",
        help="a treatment (exosome, minoxidil), a pathway (wnt) or a parameter (kappa)",
    )  # fmt: skip
    explain.add_argument(
        "--out", metavar="DIR", help="write explain.html, explain.svg and explain.json there"
    )
    explain.add_argument("--json", action="store_true", help="print one JSON document")
    explain.set_defaults(run=_explain)

    simulate = build(
        commands, "simulate",
        "Follow a scenario: one scalp, what befalls it, and arms that differ by what each is "
        "given.",
        "anagen simulate examples/scenarios/01_pattern_man.yaml --out out --engine counts",
    )  # fmt: skip
    simulate.add_argument("scenario", metavar="SCENARIO.yaml", help="a description of a scenario")
    simulate.add_argument(
        "--engine", choices=("mean_field", "counts", "follicles"), default="mean_field",
        help="the expectation with its intervals (default), exact counts in the area, or the life "
        "of each follicle with its hairs",
    )  # fmt: skip
    simulate.add_argument(
        "--people", type=_people, metavar="N",
        help="single persons (mean_field) or replicates (counts), in place of the scenario's",
    )  # fmt: skip
    simulate.add_argument(
        "--years", type=_years, metavar="Y", help="how long, in place of the scenario's years"
    )
    simulate.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="fixes every random draw (default: 1)"
    )
    simulate.add_argument(
        "--out", default="out", metavar="DIR", help="where the files go (default: out)"
    )
    simulate.add_argument(
        "--format", choices=("csv", "parquet"), default="csv",
        help="the table of courses: course.csv (default) or course.parquet",
    )  # fmt: skip
    simulate.add_argument("--json", action="store_true", help="print one JSON document")
    simulate.set_defaults(run=_simulate)

    evidence = build(
        commands, "evidence",
        "What the studies show: one by one, pooled, as a network, claim by claim; or a table of "
        "your own.",
        "anagen evidence pool --option exosome --out out",
    )  # fmt: skip
    if is_evidence:
        # Its verbs load the facts' words, which no other command pays for.
        from anagen.cli import evidence_command

        evidence_command.add_to(
            evidence.add_subparsers(
                title="verbs", metavar="VERB", parser_class=_Parser, required=True
            )
        )

    facts = build(
        commands, "facts", "List, show and check the facts that every answer rests on.",
        "anagen facts show finasteride_oral",
    )  # fmt: skip
    verbs = facts.add_subparsers(title="verbs", metavar="VERB", parser_class=_Parser, required=True)
    listing = build(
        verbs, "list", "List the topics with their counts, or the ids of one topic.",
        "anagen facts list studies",
    )  # fmt: skip
    listing.add_argument("topic", nargs="?", metavar="TOPIC", help="one topic, e.g. studies")
    show = build(verbs, "show", "Show one fact with its sources.", "anagen facts show olsen2002")
    show.add_argument("id", metavar="ID", help="the fact's id, e.g. finasteride_oral")
    check = build(
        verbs, "check", "Check every fact: keys, units, sources, intervals, ids.",
        "anagen facts check",
    )  # fmt: skip
    sources = build(
        verbs, "sources", "List the sources with grade and how often each is cited.",
        "anagen facts sources --grade regulator",
    )  # fmt: skip
    sources.add_argument("--grade", metavar="GRADE", help="only sources of this grade")
    for verb, run in ((listing, "list"), (show, "show"), (check, "check"), (sources, "sources")):
        verb.add_argument("--json", action="store_true", help="print one JSON document")
        verb.set_defaults(run=_facts, verb=run)
    return parser


def _seed(text: str) -> int:
    """Read a seed: a whole number from 0 to 2**32 - 1."""
    value = int(text) if re.fullmatch("[0-9]{1,10}", text) else -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' is not a whole number from 0 to 4294967295"
        )
    return value


def _people(text: str) -> int:
    """Read a number of people: a whole number above 0."""
    if not re.fullmatch("[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is not a whole number above 0")
    if len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is far too large; give fewer people")
    return int(text)


def _years(text: str) -> float:
    """Read a number of years above 0."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or not float(text) > 0:
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' is not a number of years above 0, in digits such as 2 or 1.5"
        )
    if float(text) >= 10**MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is far too large; give fewer years")
    return float(text)


def _plan(arguments: argparse.Namespace) -> int:
    from anagen.cli import plan_command

    return plan_command.run(arguments)


def _person(arguments: argparse.Namespace) -> int:
    from anagen.cli import person_command

    return person_command.run(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from anagen.cli import explain_command

    return explain_command.run(arguments)


def _simulate(arguments: argparse.Namespace) -> int:
    from anagen.cli import simulate_command

    return simulate_command.run(arguments)


def _facts(arguments: argparse.Namespace) -> int:
    from anagen.cli import facts_command

    return facts_command.run(arguments)


def _tidy_when_ended() -> None:
    """Let a request to end be an interruption, so that what was half written is removed."""

    def ended(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), ended)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status.

    Parameters
    ----------
    argv:
        The arguments after the program's name; by default those of the process.
    """
    # One BLAS thread is faster for our small matrices and makes runs repeat to the bit.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _tidy_when_ended()
    given = sys.argv[1:] if argv is None else argv
    parser = _parser(is_evidence="evidence" in given[:1])
    try:
        arguments = parser.parse_args(argv)
        run: Callable[[argparse.Namespace], int] | None = getattr(arguments, "run", None)
        if run is None:
            parser.print_help()
            return EXIT_FINE
        return run(arguments)
    except AnagenError as error:
        from anagen.cli import output

        output.complain(str(error))
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # The reader has left; what is still buffered must not raise when Python closes it.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_FINE
    except MemoryError:
        print("anagen: there is not enough memory for this", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("anagen: stopped", file=sys.stderr)
        return EXIT_INTERRUPTED
