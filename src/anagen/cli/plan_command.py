"""`anagen plan`: read each person, write each page whole or not at all, say what was found."""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from anagen import facts as package_facts
from anagen.candidacy import Person, read_person
from anagen.errors import InputError
from anagen.plan.assemble import make_plan, parse_today
from anagen.plan.documents import FailedPerson, Plan, Plans

MOST_PERSONS = 500
PROGRESS_FROM = 4
"""So many persons take longer than two seconds: a terminal gets a progress bar."""


def run(arguments: argparse.Namespace) -> int:
    """Plan every person; return the worst exit status of them."""
    today = parse_today(arguments.today)
    paths = [Path(name) for name in arguments.person]
    if len(paths) > MOST_PERSONS:
        raise InputError(
            f"{len(paths)} persons in one call are too many; give at most {MOST_PERSONS}"
        )
    out = Path(arguments.out)
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out.name} is a file; give a folder")
    facts = package_facts.load()
    persons, failed = _read(paths)
    plans: list[Plan] = []
    many = len(paths) > 1
    for person in _watched(persons):
        plan = make_plan(person, facts, seed=arguments.seed, today=today)
        _write(plan, out / person.label if many else out)
        plans.append(plan)
    status = max([plan.exit_status for plan in plans] + [2 for _ in failed], default=0)
    result = Plans(schema="anagen/plans/1", plans=plans, failed=failed, exit_status=status)
    if many and plans:
        _write_summary(result, out)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    else:
        from anagen.report import terminal

        if many and plans:
            terminal.show_summary(result, out / "index.html")
        elif plans:
            terminal.show(plans[0], out / "plan.html")
    return status


def _read(paths: Sequence[Path]) -> tuple[list[Person], list[FailedPerson]]:
    """Read every person that can be read; say of the others why not."""
    persons: list[Person] = []
    failed: list[FailedPerson] = []
    for path in paths:
        try:
            person = read_person(path)
        except InputError as error:
            failed.append(FailedPerson(file=path.name, message=str(error)))
            continue
        if any(person.label == other.label for other in persons):
            message = (
                f"{path.name}: the label '{person.label}' belongs to another file of this call "
                "too; give each person a label of its own"
            )
            failed.append(FailedPerson(file=path.name, message=message))
            continue
        persons.append(person)
    for entry in failed:
        print(f"anagen: {_clean(entry.message)}", file=sys.stderr)
    return persons, failed


def _clean(message: str) -> str:
    return "".join(c if c.isprintable() else " " for c in message)[:600]


def _watched(persons: Sequence[Person]) -> Iterator[Person]:
    """Yield the persons, with a progress bar where a terminal waits for longer than two seconds."""
    if len(persons) < PROGRESS_FROM or not sys.stderr.isatty():
        yield from persons
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(persons, description="planning", console=Console(stderr=True), transient=True)


def _put(folder: Path, files: dict[str, bytes]) -> None:
    """Write some files of a folder whole, all of them or none.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    parts = {folder / f".{name}.{os.getpid()}.part": folder / name for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, content in zip(parts, files.values(), strict=True):
            part.write_bytes(content)
        for part, path in parts.items():
            part.replace(path)
    except OSError as error:
        for part in parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        raise InputError(
            f"--out {folder.name}: cannot be written ({error.strerror}); give another folder"
        ) from error


def _document(value: Plan | Plans) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _write(plan: Plan, folder: Path) -> None:
    """Write a plan's page and its document."""
    from anagen.report.page import plan_page

    _put(folder, {"plan.json": _document(plan), "plan.html": plan_page(plan).encode()})


def _write_summary(plans: Plans, out: Path) -> None:
    """Write the page that lists the plans, and the document of the call."""
    from anagen.report.page import index_page

    folders = {plan.person.label: plan.person.label for plan in plans.plans}
    _put(out, {"plans.json": _document(plans), "index.html": index_page(plans, folders).encode()})
