"""`anagen evidence certainty`: how sure the evidence is, and what of it a person decided."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from anagen import facts as package_facts
from anagen.cli import output
from anagen.facts import Facts
from anagen.facts.base import Sex, Slug

if TYPE_CHECKING:
    from anagen.cli.evidence_documents import CertaintyOfOption
    from anagen.evidence.question import Question

DENSITY, RESPONDERS = "hair_density", "responders"


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


def _questions(
    given: str, sex: Sex | None, facts: Facts
) -> "Iterator[tuple[Slug, str, Sex, Question]]":
    """Yield (option or treatment, its words, sex, question) for all that a name stands for.

    An option is asked as it is offered; a treatment in every way in which studies gave it.
    """
    from anagen.evidence.groups import groups, treatment_named
    from anagen.evidence.question import Question

    name = treatment_named(given, facts)
    options = {key: o for key, o in facts.options.items() if name in (key, *o.components)}
    for key, option in options.items():
        if key == "none":
            continue
        route = option.route if "exosome" in option.components else None
        for one in option.sexes:
            for condition in option.conditions:
                if sex in (None, one):
                    yield key, option.label, one, Question(
                        components=option.components, backbone=option.backbone, sex=one,
                        condition=condition, route=route,
                    )  # fmt: skip
    if options:
        return
    for one in get_args(Sex):
        if sex not in (None, one):
            continue
        asked = Question(components=[], condition="androgenetic_alopecia", sex=one)
        for group in groups(name, asked, facts):
            yield name, group.label, one, group.question


def _profiles(given: str, sex: Sex | None, facts: Facts) -> "Iterator[CertaintyOfOption]":
    from anagen.cli.evidence_documents import CertaintyOfOption
    from anagen.evidence.certainty import is_compared, of_responders
    from anagen.evidence.judged import decisions_for, judged
    from anagen.evidence.spread import lender
    from anagen.evidence.study_card import harms_of
    from anagen.evidence.synthesis import answer

    lends = lender(facts)
    for name, label, one, question in _questions(given, sex, facts):
        evidence = answer(question, facts, lends)
        suggested = {DENSITY: evidence.certainty}
        if evidence.contrasts and any(is_compared(r) for r in evidence.responders):
            suggested[RESPONDERS] = of_responders(evidence.responders, facts)
        shown = {c.study for c in evidence.contrasts} | {g.study for g in evidence.gains}
        shown |= {r.study for r in evidence.responders}
        for measure, certainty in suggested.items():
            decided = decisions_for(facts.certainty_ratings, name, measure, one, question.condition)
            yield CertaintyOfOption(
                option=name, label=label, sex=one, condition=question.condition, measure=measure,
                profile=judged(certainty, decided),
                harms=harms_of(facts, sorted(shown)) if measure == DENSITY else [],
                limits=[]
                if evidence.contrasts or not evidence.gains
                else list(facts.single_arm_limits.values()),
            )  # fmt: skip


def run_certainty(arguments: argparse.Namespace) -> int:
    """Show the certainty of an option; return the exit status."""
    from anagen.cli.evidence_documents import EvidenceCertainty

    facts = package_facts.load()
    profiles = list(_profiles(arguments.option.strip(), arguments.sex, facts))
    if arguments.json:
        output.say_json(EvidenceCertainty(schema="anagen/evidence-certainty/1", profiles=profiles))
        return 0
    from anagen.report.evidence_terminal import SEX_WORDS, certainty_text, harm_said, limits_text

    conditions = facts.vocabulary.conditions
    measures = {DENSITY: "hair density", RESPONDERS: "share of people who responded"}
    for one in profiles:
        title = (
            f"{one.label}, {SEX_WORDS[one.sex]}, {conditions[one.condition].label}, "
            f"{measures[one.measure]}"
        )
        output.say(certainty_text(title, one.profile) + "\n")
        for harm in one.harms:
            seen = harm.harm
            output.say(f"  harm, {harm.study}, {seen.arm}, {seen.event}: {harm_said(seen)}\n")
    limits = next((one.limits for one in profiles if one.limits), [])
    if limits:
        output.say("\n" + limits_text(limits))
    return 0
