"""`anagen person`: a blank person file to fill in, and a check of filled ones."""

import argparse
from pathlib import Path

from anagen import facts as package_facts
from anagen.candidacy import (
    MissingAnswer,
    assess,
    blank_person,
    form_questions,
    missing_answers,
    read_person,
)
from anagen.cli import output
from anagen.cli.documents import CheckedPerson, PersonCheck, PersonForm
from anagen.errors import AnagenError, InputError
from anagen.facts import Facts, Verdict

EXIT_FINE, EXIT_BAD_INPUT = 0, 2


COULD: dict[Verdict, str] = {
    "STOP": "The answer could rule exosomes out:",
    "REFER": "The answer could mean that a physician has to look first:",
    "DEFER": "The answer could mean that it has to wait:",
    "CAUTION": "The answer could bring a caution:",
    "INFORM": "A physician will ask:",
}
"""What a missing answer could do, above the questions that could."""


OFFER_TO_COME = "When a clinic offers something: see clinic-questions.html, beside the plan."


def run(arguments: argparse.Namespace) -> int:
    """Run one verb; return the exit status: 2 if a file does not read."""
    return {"new": _new, "check": _check}[arguments.verb](arguments)


def _new(arguments: argparse.Namespace) -> int:
    """Write a blank person file, or print it."""
    place: str | None = arguments.file
    if place is not None and not place.strip():
        raise InputError("the name of the file is empty; give one such as me.yaml, or none")
    questions = form_questions(package_facts.load(), arguments.sex, short=arguments.short)
    text = blank_person(questions, arguments.sex)
    if place is not None:
        output.put_new(Path(place), text.encode())
    if arguments.json:
        output.say_json(
            PersonForm(
                schema="anagen/person-form/1",
                is_short=arguments.short,
                questions=questions,
                text=text,
                file=None if place is None else output.clean(Path(place).name),
                sex=arguments.sex,
            )
        )
    elif place is None:
        output.say(text)
    else:
        name = output.clean(place)
        output.say(
            f"wrote {name}; fill it in, then: anagen person check {name} && anagen plan {name}\n"
        )
    return EXIT_FINE


def _check(arguments: argparse.Namespace) -> int:
    """Say of every file whether it reads, and what is still to be answered in it."""
    if not all(name.strip() for name in arguments.file):
        raise InputError("the name of a person file is empty; give the path of a YAML file")
    facts = package_facts.load()
    checked = [_checked(Path(name), facts) for name in arguments.file]
    status = EXIT_FINE if all(entry.reads for entry in checked) else EXIT_BAD_INPUT
    if arguments.json:
        output.say_json(
            PersonCheck(schema="anagen/person-check/1", files=checked, exit_status=status)
        )
        return status
    for entry in checked:
        if entry.reads:
            output.say(_said(entry))
        else:
            output.complain(entry.message)
    return status


def _checked(path: Path, facts: Facts) -> CheckedPerson:
    name = output.clean(path.name)
    try:
        person = read_person(path, facts)
        has_offer = person.product is not None
        missing = missing_answers(assess(person, facts), has_offer=has_offer)
    except AnagenError as error:
        return CheckedPerson(file=name, reads=False, message=output.clean(str(error)))
    return CheckedPerson(
        file=name,
        reads=True,
        message=_sentence(name, missing, len(person.assumed_no)),
        missing=missing,
        assumed_no=person.assumed_no,
        has_offer=has_offer,
    )


def _sentence(name: str, missing: list[MissingAnswer], assumed: int) -> str:
    """Say in one sentence that a file reads, and how much is missing in it."""
    name = f"{name}: reads"
    if assumed:
        name += f"; otherwise_healthy answers {assumed} questions with no"
    weighty = sum(entry.could_become is not None for entry in missing)
    if not missing:
        return f"{name}; no question is open."
    could = "could change a line of the answer"
    if not weighty:
        said = f"no question is open that {could}"
    elif weighty == 1:
        said = f"1 question is open that {could}"
    else:
        said = f"{weighty} questions are open that {could}"
    others = len(missing) - weighty
    also = f", and {others} that a physician will ask" if others else ""
    return f"{name}; {said}{also}."


def _said(entry: CheckedPerson) -> str:
    """Return the sentence of a file that reads, and a line for each missing answer."""
    lines = [entry.message]
    for missing in entry.missing:
        could = COULD[missing.could_become or "INFORM"]
        if could not in lines:
            lines.append(could)
        lines.append(f"  {missing.key}: {missing.question}")
    if not entry.has_offer:
        lines.append(OFFER_TO_COME)
    return "".join(f"{line}\n" for line in lines)
