"""Arguments that several verbs of `anagen evidence` share, and how they are read."""

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anagen.errors import InputError

if TYPE_CHECKING:
    from anagen.evidence.question import Question
    from anagen.evidence.table_choice import Choice
    from anagen.evidence.tables import StudyTable
    from anagen.facts import Facts
    from anagen.report.evidence_sheet import Sheet

METHODS = ("REML", "DL", "ML", "PM", "SJ", "EB", "HE", "HS")
NETWORK_METHODS = ("REML", "DL", "ML", "common")
LAYOUTS = ("effects", "contrasts", "arms")


def level(text: str) -> float:
    """Read the level of intervals: 95, or 0.95."""
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?|0?\.[0-9]{1,6}", text):
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no level; give 95 or 0.95")
    value = float(text)
    value = value / 100 if value > 1 else value
    if not 0.5 <= value < 1:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no level from 50 to below 100 %")
    return value


def span(text: str) -> tuple[float, float]:
    """Read a span of weeks such as 12-60."""
    found = re.fullmatch(r"([0-9]{1,4})-([0-9]{1,4})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' is no span of weeks; give two numbers such as 12-60"
        )
    return float(found[1]), float(found[2])


def number(text: str) -> float:
    """Read a finite number."""
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no number in digits such as 2.5")
    return float(text)


def seed(text: str) -> int:
    """Read a seed: a whole number from 0 to 2**32 - 1."""
    value = int(text) if re.fullmatch("[0-9]{1,10}", text) else -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' is not a whole number from 0 to 4294967295"
        )
    return value


def add_table(parser: argparse.ArgumentParser) -> None:
    """Add what a table of one's own may need said."""
    group = parser.add_argument_group("a table of your own")
    group.add_argument(
        "file", nargs="?", metavar="TABLE.csv",
        help="studies, one effect, contrast or arm per row; without it our own facts are used",
    )  # fmt: skip
    group.add_argument("--layout", choices=LAYOUTS, help="where the columns fit more than one")
    group.add_argument(
        "--effect-size", metavar="NAME", type=str.upper,
        help="from arms: MD, SMD, ROM (means), RR, OR, RD (events), IRR (rates) ...",
    )  # fmt: skip
    group.add_argument("--outcome", metavar="NAME", help="one of several outcomes")
    group.add_argument("--week", metavar="N", type=number, help="one of several visits")


def add_keep_empty(parser: argparse.ArgumentParser) -> None:
    """Add what keeps trials that say nothing of a ratio."""
    parser.add_argument(
        "--keep-empty", action="store_true",
        help="of a table: keep trials without any event in a ratio, with 1/2 added",
    )  # fmt: skip


def add_facts(parser: argparse.ArgumentParser) -> None:
    """Add what narrows the question to our own facts."""
    group = parser.add_argument_group("our own facts")
    group.add_argument("--sex", choices=("female", "male"), help="one sex only")
    group.add_argument(
        "--condition", metavar="ID", default="androgenetic_alopecia",
        help="default: androgenetic_alopecia",
    )  # fmt: skip
    group.add_argument("--weeks", metavar="A-B", type=span, help="visits between these weeks only")
    group.add_argument(
        "--without", metavar="STUDY", action="append", default=[],
        help="leave out a study (of a table too), to see what it does; may be given several "
        "times",
    )  # fmt: skip


def add_output(parser: argparse.ArgumentParser, *, with_level: bool = True) -> None:
    """Add where results go, and the level of intervals where it can be chosen."""
    if with_level:
        parser.add_argument("--level", metavar="PERCENT", type=level, default=0.95,
                            help="level of all intervals (default: 95)")  # fmt: skip
    parser.add_argument("--out", metavar="DIR", help="write pictures, page and JSON there")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def folder_of(arguments: argparse.Namespace) -> Path | None:
    """Return the folder for files, ready to be written.

    Raises
    ------
    InputError
        If it cannot be one.
    """
    from anagen.cli import output

    if arguments.out is None:
        return None
    if not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    folder = Path(arguments.out)
    output.check_folder(folder)
    return folder


def pictures_in(folder: Path, names: str) -> list[str]:
    """Return the pictures of a verb that an earlier call left: they may be of another question.

    Parameters
    ----------
    folder, names:
        Where, and the pattern of the names.
    """
    try:
        return [path.name for path in folder.iterdir() if re.fullmatch(names, path.name)]
    except OSError:
        return []


def table_of(arguments: argparse.Namespace) -> "StudyTable":
    """Read the table that was given.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    from anagen.evidence.table_choice import without
    from anagen.evidence.tables import read_table

    table = read_table(Path(arguments.file), layout=arguments.layout)
    return without(table, getattr(arguments, "without", None) or [])


def choice_of(arguments: argparse.Namespace) -> "Choice":
    """Return what was chosen where a table leaves a choice."""
    from anagen.evidence.table_choice import Choice

    return Choice(
        measure=arguments.effect_size,
        treatment=getattr(arguments, "treatment", None),
        against=getattr(arguments, "against", None),
        outcome=arguments.outcome,
        week=arguments.week,
        keep_empty=getattr(arguments, "keep_empty", False),
    )


def question_of(arguments: argparse.Namespace, facts: "Facts") -> "Question":
    """Return what narrows the question to our own facts.

    Raises
    ------
    InputError
        If a name is not in the vocabulary.
    """
    from anagen.evidence.question import Question

    terms = facts.vocabulary
    if arguments.condition not in terms.conditions:
        raise InputError(
            f"there is no condition {arguments.condition[:60]!r}; there are "
            f"{', '.join(terms.conditions)}"
        )
    measure, route = getattr(arguments, "measure", None), getattr(arguments, "route", None)
    known = facts.evidence_rules.density_measures
    if measure is not None and measure not in known:
        raise InputError(
            f"--measure {measure[:60]!r} is no density that is pooled; there are {', '.join(known)}"
        )
    if route is not None and route not in terms.routes:
        raise InputError(f"there is no route {route[:60]!r}; there are {', '.join(terms.routes)}")
    weeks = arguments.weeks or (None, None)
    return Question(
        components=[], condition=arguments.condition, sex=arguments.sex, measure=measure,
        route=route, origin=getattr(arguments, "origin", None), from_week=weeks[0],
        to_week=weeks[1],
    )  # fmt: skip


def refuse_given(arguments: argparse.Namespace, names: dict[str, str], where: str) -> None:
    """Refuse options that say nothing here, instead of passing over them.

    Raises
    ------
    InputError
        If one was given.
    """
    for attribute, option in names.items():
        if getattr(arguments, attribute, None) not in (None, False, []):
            raise InputError(f"{option} says nothing {where}; leave it out")


def tell(
    arguments: argparse.Namespace,
    folder: Path | None,
    stem: str,
    document: object,
    sheet: "Sheet",
    figures: Mapping[str, str],
    *,
    spare: Sequence[Path] = (),
    more: Mapping[str, bytes] | None = None,
) -> int:
    """Write the files of a result where a folder is given, and print it; return the exit status.

    Parameters
    ----------
    arguments, folder:
        What was given, and the folder for files if any.
    stem:
        The name of the page and of the JSON document.
    document, sheet, figures:
        The result, the same in words, and its pictures by name.
    spare, more:
        Files that were read, and further files to write.
    """
    from anagen.cli import output
    from anagen.report.evidence_result_pages import page_of, text_of

    if folder is not None:
        files = {f"{name}.svg": svg.encode() for name, svg in figures.items()}
        files[f"{stem}.json"] = output.as_json(document)
        files[f"{stem}.html"] = page_of(sheet, figures).encode()
        output.put(folder, {**files, **(more or {})}, spare=spare)
    if arguments.json:
        output.say_json(document)
        return 0
    output.say(text_of(sheet))
    if folder is not None:
        output.say(f"page: {folder / f'{stem}.html'}\n")
    return 0
