"""`anagen evidence certainty`: how sure the evidence is, and what of it a person decided."""

import argparse
from typing import get_args

from anagen import facts as package_facts
from anagen.cli import output
from anagen.errors import InputError
from anagen.facts import Facts
from anagen.facts.base import Sex, Slug

MEASURE = "hair_density"


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb `certainty` with its arguments."""
    summary = "How sure the evidence on an option is, domain by domain; only people set a rating."
    parser = verbs.add_parser(
        "certainty", help=summary, description=summary,
        epilog="example:\n  anagen evidence certainty --option finasteride_oral --sex male",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--option", required=True, metavar="ID", help="an option or a treatment, e.g. exosome"
    )
    parser.add_argument("--sex", choices=get_args(Sex), help="one sex only")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_certainty)


def _options(given: str, facts: Facts) -> list[Slug]:
    """Return the option of an id, or every option that holds a treatment.

    Raises
    ------
    InputError
        If no option has or holds it.
    """
    if given in facts.options and given != "none":
        return [given]
    found = [name for name, option in facts.options.items() if given in option.components]
    if not found or given == "none":
        raise InputError(
            f"there is no option '{given[:60]}' to rate; the options are "
            f"{', '.join(name for name in facts.options if name != 'none')}"
        )
    return found


def run_certainty(arguments: argparse.Namespace) -> int:
    """Show the certainty of an option; return the exit status."""
    from anagen.cli.evidence_documents import CertaintyOfOption, EvidenceCertainty
    from anagen.evidence import evidence_for
    from anagen.evidence.judged import decisions_for, judged

    facts = package_facts.load()
    profiles = []
    for name in _options(arguments.option, facts):
        option = facts.options[name]
        route = option.route if "exosome" in option.components else None
        for sex in option.sexes:
            if arguments.sex not in (None, sex):
                continue
            for condition in option.conditions:
                evidence = evidence_for(
                    option.components, option.backbone, sex, condition, facts, route=route
                )
                decided = decisions_for(facts.certainty_ratings, name, MEASURE, sex, condition)
                profiles.append(
                    CertaintyOfOption(
                        option=name, label=option.label, sex=sex, condition=condition,
                        measure=MEASURE, profile=judged(evidence.certainty, decided),
                        limits=[]
                        if evidence.contrasts or not evidence.gains
                        else list(facts.single_arm_limits.values()),
                    )
                )  # fmt: skip
    if arguments.json:
        output.say_json(EvidenceCertainty(schema="anagen/evidence-certainty/1", profiles=profiles))
        return 0
    from anagen.report.evidence_terminal import SEX_WORDS, certainty_text

    conditions = facts.vocabulary.conditions
    for one in profiles:
        title = f"{one.label}, {SEX_WORDS[one.sex]}, {conditions[one.condition].label}"
        output.say(certainty_text(title, one.profile, one.limits) + "\n")
    return 0
