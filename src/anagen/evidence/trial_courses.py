"""The time courses of the randomised trials of the facts."""

import re
from collections.abc import Sequence

from anagen.errors import InputError
from anagen.evidence.arm_visits import ArmVisit, arm_visits
from anagen.evidence.course_documents import FactsCourse
from anagen.evidence.courses import CourseRow, CourseSettings, course_analysis
from anagen.evidence.question import Question
from anagen.evidence.spread import lender
from anagen.evidence.trial_network import CONTROL, PLUS, less
from anagen.facts import Facts
from anagen.facts.base import Slug

CONTROLS = (
    "placebo, vehicle, saline, sham and no treatment are one reference (control); each trial gives "
    "one way of counting, the first that two of its arms give"
)


def class_of(node: str) -> str:
    """Return a node without its doses: doses of one treatment share their speed.

    Examples
    --------
    >>> class_of("dutasteride 2.5 mg/d"), class_of("microneedling + minoxidil topical 2 %")
    ('dutasteride', 'microneedling + minoxidil topical')
    """
    return PLUS.join(re.sub(r" [0-9]\S* \S+$", "", part) for part in node.split(PLUS))


def facts_course(
    asked: Question,
    facts: Facts,
    settings: CourseSettings,
    *,
    option: Slug | None = None,
    without: Sequence[Slug] = (),
) -> FactsCourse:
    """Fit the time courses of a condition and sex.

    Parameters
    ----------
    asked:
        The condition, the sex and the weeks; its components are not read.
    facts, settings:
        All facts, and how to fit.
    option:
        A treatment: its curves alone are told, though all trials are in the fit.
    without:
        Studies to leave out, to see what they do.

    Raises
    ------
    InputError
        If no trial shows two arms in hairs/cm², or a study to leave out is not there.
    """
    facts = less(facts, without)
    made = arm_visits(asked, facts, lender(facts))
    if not made.visits:
        raise InputError(
            "no randomised trial gives the change in hairs/cm² of two arms here; widen --weeks or "
            "look at 'anagen evidence studies'"
        )
    rows = [
        CourseRow(v.trial, v.treatment, v.week, v.change_per_cm2, v.se_per_cm2, v.n)
        for v in made.visits
    ]
    analysis = course_analysis(
        rows, settings, unit="hairs/cm2",
        classes={v.treatment: class_of(v.treatment) for v in made.visits},
    )  # fmt: skip
    return FactsCourse(
        schema="anagen/evidence-course/1", condition=asked.condition, sex=asked.sex,
        option=option, analysis=analysis, visits=made.visits, left_out=made.left_out,
        notes=_notes(made.visits, asked, without),
    )  # fmt: skip


def _notes(visits: list[ArmVisit], asked: Question, without: Sequence[Slug]) -> list[str]:
    notes = [CONTROLS]
    if without:
        notes.append(f"left out as asked: {', '.join(without)}")
    lent = sorted({v.study for v in visits if v.sd_status not in ("reported", "algebraic")})
    if lent:
        notes.append(f"the spread was not printed and is borrowed or assumed: {', '.join(lent)}")
    halves = sorted({v.study for v in visits if v.is_difference})
    if halves:
        notes.append(
            "the difference of the arms was read, not the change of each; it enters as that "
            f"difference: {', '.join(halves)}"
        )
    if asked.sex is None:
        notes.append("trials of men and of women are taken together; see --sex")
    return notes


def shown(document: FactsCourse) -> list[str]:
    """Return the treatments whose curves are told: all, or those of one option."""
    names = [t.treatment for t in document.analysis.treatments]
    if document.option is None:
        return names
    wanted = document.option.replace("_", " ")
    return [n for n in names if wanted in class_of(n).split(PLUS) and n != CONTROL]
