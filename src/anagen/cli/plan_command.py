"""`anagen plan`: read each person, write each page, say what was found."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from anagen import facts as package_facts
from anagen.candidacy import Person, read_person
from anagen.cli import output
from anagen.errors import AnagenError, InputError
from anagen.facts import Facts
from anagen.plan.assemble import make_plan, parse_today
from anagen.plan.documents import FailedPerson, Plan, Plans

MOST_PERSONS = 500
PROGRESS_FROM = 4
"""So many persons take longer than two seconds: a terminal gets a progress bar."""


def run(arguments: argparse.Namespace) -> int:
    """Plan every person; return the worst exit status of them."""
    facts = package_facts.load()
    today = parse_today(arguments.today, facts)
    if not all(name.strip() for name in arguments.person):
        raise InputError("the name of a person file is empty; give the path of a YAML file")
    paths = [Path(name) for name in arguments.person]
    if len(paths) > MOST_PERSONS:
        raise InputError(
            f"{len(paths)} persons in one call are too many; give at most {MOST_PERSONS}"
        )
    if not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    out = Path(arguments.out)
    persons, failed = _read(paths, facts)
    if persons:
        output.check_folder(out)
    plans: list[Plan] = []
    papers: dict[str, str] = {}
    many = len(paths) > 1
    for person in _watched(persons):
        try:
            plan = make_plan(person, facts, seed=arguments.seed, today=today)
            papers = _papers(plan, arguments, facts)
            _write(plan, papers, out / person.label if many else out, paths)
            plans.append(plan)
        except AnagenError as error:
            failed.append(_failure(person.label, error))
    status = max([plan.exit_status for plan in plans] + [2 for _ in failed], default=0)
    result = Plans(schema="anagen/plans/1", plans=plans, failed=failed, exit_status=status)
    if many and plans:
        try:
            _write_summary(result, out, paths)
        except InputError as error:
            output.complain(str(error))
            status = 2
    if arguments.json:
        output.say_json(result)
    elif plans:
        from anagen.report import terminal

        output.say(
            terminal.summary(result, out / "index.html")
            if many
            else terminal.answer(plans[0], out / "plan.html", tuple(papers))
        )
    return status


def _failure(name: str, error: AnagenError) -> FailedPerson:
    """Say on standard error why a person was not planned; return the same for the document."""
    output.complain(str(error))
    return FailedPerson(file=output.clean(name), message=output.clean(str(error)))


def _read(paths: Sequence[Path], facts: Facts) -> tuple[list[Person], list[FailedPerson]]:
    """Read every person that can be read; say of the others why not."""
    persons: list[Person] = []
    failed: list[FailedPerson] = []
    for path in paths:
        try:
            person = read_person(path, facts)
            _refuse_label_twice(path, person, persons)
        except InputError as error:
            failed.append(_failure(path.name, error))
        else:
            persons.append(person)
    return persons, failed


def _refuse_label_twice(path: Path, person: Person, persons: Sequence[Person]) -> None:
    if any(person.label == other.label for other in persons):
        raise InputError(
            f"{path.name}: the label '{person.label}' belongs to another file of this call too; "
            "give each person a label of its own"
        )


def _watched(persons: Sequence[Person]) -> Iterator[Person]:
    """Yield the persons, with a progress bar where a terminal waits for longer than two seconds."""
    if len(persons) < PROGRESS_FROM or sys.stderr is None or not sys.stderr.isatty():
        yield from persons
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(persons, description="planning", console=Console(stderr=True), transient=True)


def _papers(plan: Plan, arguments: argparse.Namespace, facts: Facts) -> dict[str, str]:
    """Return the printed papers of a plan that were asked for, by the name of their file."""
    from anagen.report.clinic_questions import clinic_questions_page

    papers = {"clinic-questions.html": clinic_questions_page(plan)}
    if arguments.session_sheet:
        from anagen.plan.aftercare import aftercare
        from anagen.plan.session_sheet import session_sheet
        from anagen.report.aftercare import aftercare_page
        from anagen.report.session_sheet import session_sheet_page

        papers["session-sheet.html"] = session_sheet_page(session_sheet(plan, facts))
        papers["aftercare.html"] = aftercare_page(aftercare(plan, facts))
    if arguments.clinician:
        from anagen.plan.consultation import consultation
        from anagen.report.clinician import clinician_page
        from anagen.report.letter import letter_page, record_text

        view = consultation(plan, facts)
        papers["clinician.html"] = clinician_page(view)
        papers["letter.html"] = letter_page(view)
        papers["record.txt"] = record_text(view)
    return papers


PAPERS = (
    "clinic-questions.html", "session-sheet.html", "aftercare.html", "clinician.html",
    "letter.html", "record.txt",
)  # fmt: skip
"""Every paper that a call may write; one of another person must not stay beside a new plan."""


def _write(plan: Plan, papers: Mapping[str, str], folder: Path, spare: Sequence[Path]) -> None:
    """Write a plan's page, its document and its papers, all of them or none."""
    from anagen.report.page import plan_page

    files = {"plan.json": output.as_json(plan)}
    for name, text in {"plan.html": plan_page(plan), **papers}.items():
        files[name] = text.encode("utf-8", "replace")
    output.put(folder, files, spare=spare, stale=PAPERS)


def _write_summary(plans: Plans, out: Path, spare: Sequence[Path]) -> None:
    """Write the page that lists the plans, and the document of the call."""
    from anagen.report.page import index_page

    folders = {plan.person.label: plan.person.label for plan in plans.plans}
    page = index_page(plans, folders).encode("utf-8", "replace")
    files = {"plans.json": output.as_json(plans), "index.html": page}
    output.put(out, files, spare=spare)
