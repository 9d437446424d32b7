"""The picture of time courses: curves with their bands, and what each study showed."""

from collections.abc import Sequence

from anagen.evidence.course_documents import CourseAnalysis, TreatmentCourse
from anagen.report.evidence.course_records import Curve, StudyPoint, TimeCourses
from anagen.report.evidence.numerals import Z_95
from anagen.report.evidence.time_courses import time_course_figure

MOST = 24


def course_figure(
    analysis: CourseAnalysis, told: Sequence[TreatmentCourse], title: str, *, mid: float | None
) -> str | None:
    """Draw the courses of treatments against the reference; nothing where none can be drawn.

    Parameters
    ----------
    analysis, told:
        The fit, and the treatments that are drawn.
    title:
        Of the picture.
    mid:
        The smallest difference that matters, if one is known.
    """
    drawn = [t for t in told if t.curve or t.observed][:MOST]
    curves = tuple(_curve(t) for t in drawn)
    if analysis.not_evaluable is not None or not curves:
        return None
    unit = f", {analysis.unit.replace('cm2', 'cm²')}" if analysis.unit else ""
    notes = [*analysis.words]
    if any(c.is_assumed for c in curves):
        notes.append("dashed: how fast it acts is not told by the visits, and was assumed")
    alone = [t.treatment for t in told if not t.curve]
    if alone:
        notes.append(f"seen at one time alone, so without a curve: {', '.join(alone)}")
    missing = [t.treatment for t in told if t not in drawn]
    if missing:
        notes.append(f"not drawn, as no trial sets it beside {analysis.reference} at one time, or "
                     f"there are too many: {', '.join(missing)}")  # fmt: skip
    return time_course_figure(
        "course",
        TimeCourses(
            title=title, quantity=f"difference from {analysis.reference}{unit}", curves=curves,
            mid=mid, level_percent=round(100 * analysis.level), notes=tuple(notes),
            digits=1 if analysis.unit == "hairs/cm2" else 2,
            subtitle=f"shape: {analysis.shape.replace('_', ' ')}",
        ),
    )  # fmt: skip


def _curve(t: TreatmentCourse) -> Curve:
    return Curve(
        label=t.treatment.replace("_", " "), at=tuple(p.week for p in t.curve),
        value=tuple(p.estimate for p in t.curve), low=tuple(p.low for p in t.curve),
        high=tuple(p.high for p in t.curve), is_assumed=bool(t.curve) and not t.is_told,
        points=tuple(
            StudyPoint(
                study=o.study, at=o.week, value=o.difference, low=o.difference - Z_95 * o.se,
                high=o.difference + Z_95 * o.se, participants=o.n,
            )
            for o in t.observed
        ),
    )  # fmt: skip
