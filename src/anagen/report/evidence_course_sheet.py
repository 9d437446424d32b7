"""Time courses as sentences and tables."""

from collections.abc import Sequence

from anagen.evidence.course_documents import (
    CourseAnalysis,
    FactsCourse,
    TableCourse,
    TreatmentCourse,
)
from anagen.evidence.trial_courses import class_of, shown
from anagen.evidence.trial_network import PLUS
from anagen.report.evidence_sheet import Sheet, Table, bounds, listed, plain, signed

MOST_IN_LEAD = 3
MISFIT = 4.0
"""Deviance per visit from which a trial is named: visits two standard errors off on average."""
SMALLEST_DEVIANCE = 1e-6


def course_sheet(document: FactsCourse | TableCourse, title: str) -> Sheet:
    """Return time courses as sentences and tables."""
    a = document.analysis
    told = courses_shown(document)
    lead = _lead(document, a, told)
    tables: list[Table] = []
    if a.not_evaluable is None and told:
        tables = [_treatments(a, told), _evidence(told), _reaching(a, told), _curves(a, told)]
        tables += [_kinetics(a), _deviances(a)]
        tables += [table for table in (_two_stage(a), _correlations(a, told)) if table is not None]
    if isinstance(document, FactsCourse):
        tables.append(
            Table(
                heading="Randomised studies that are in no time course",
                columns=("study", "why"), rows=[(x.study, x.reason) for x in document.left_out],
            )
        )  # fmt: skip
        more: list[str] = []
    else:
        tables.append(
            Table(
                heading="How the columns were read", columns=("column", "taken for"),
                rows=list(document.table.read_as.items()),
                note=f"SHA-256 {document.table.sha256}",
            )
        )  # fmt: skip
        more = document.table.notes
    tables = [table for table in tables if table.rows]
    notes = [*document.notes, *more, *(f"two-stage check: {r}" for r in a.two_stage_not_evaluable)]
    if isinstance(document, FactsCourse) and a.apart:
        notes.append(f"no trial joins these to {a.reference}: {', '.join(a.apart)}")
    return Sheet(title=f"Time course: {title}", lead=lead, tables=tables, notes=notes)


def courses_shown(document: FactsCourse | TableCourse) -> list[TreatmentCourse]:
    """Return the treatments that are told: all, or those of the option that was asked of."""
    names = (
        shown(document)
        if isinstance(document, FactsCourse)
        else [t.treatment for t in document.analysis.treatments]
    )
    return [t for t in document.analysis.treatments if t.treatment in names]


def _lead(
    document: FactsCourse | TableCourse, a: CourseAnalysis, told: Sequence[TreatmentCourse]
) -> list[str]:
    unit = f" in {a.unit.replace('cm2', 'cm²')}" if a.unit else ""
    lead = [
        f"{a.studies} trials, {a.arms} arms, {a.points} visits; differences from "
        f"{a.reference}{unit}; shape {a.shape.replace('_', ' ')}.",
        *a.words,
    ]
    if a.not_evaluable is not None:
        return [*lead, f"Not evaluable: {a.not_evaluable}."]
    if not told and isinstance(document, FactsCourse):
        option = (document.option or "").replace("_", " ")
        apart = [n for n in a.apart if option in class_of(n).split(PLUS)]
        why = f"no trial joins it to {a.reference}" if apart else "no randomised trial shows it"
        return [*lead, f"Not evaluable: {option}, as {why} in hairs/cm²."]
    if len(told) <= MOST_IN_LEAD:
        lead = [*(_answer(a, t) for t in told), *lead]
    lead += _misfit(a)
    known = [t for t in told if t.is_told]
    lead.append(
        f"How fast treatments act is told by visits for {len(known)} of {len(told)} treatments"
        + (f": {listed([t.treatment for t in known])}." if known else ".")
    )
    tried = ", ".join(f"{at.rho:g}" for at in a.correlations)
    flips = [name for name in a.flips if any(t.treatment == name for t in told)]
    lead.append(
        f"The correlation of an arm's visits is assumed and was tried at {tried}: "
        + (f"the conclusion FLIPS for {listed(flips)}." if flips else "no conclusion changes.")
    )
    return lead


def _answer(a: CourseAnalysis, t: TreatmentCourse) -> str:
    """Say what a treatment has reached by its last visit, and from when it could be noticed."""
    d, last = _digits(a), t.at_last_visit
    unit = f" {a.unit.replace('cm2', 'cm²')}" if a.unit else ""
    said = (
        f"{t.treatment}: {signed(last.estimate, d)}{unit} ({100 * a.level:g} % interval "
        f"{bounds(last.low, last.high, d)}) against {a.reference} at week {last.week:g}"
    )
    if t.reached is None or t.reached.estimate is None:
        return f"{said}."
    middle, between = _reach(t)
    return f"{said}; the curve reaches {t.reached.difference:g} at {middle} (between {between})."


def _misfit(a: CourseAnalysis) -> list[str]:
    """Name the trials whose visits lie far from the curves."""
    far = [s for s in a.deviances if s.per_point > MISFIT]
    if not far:
        return []
    named = listed([f"{s.study} ({plain(s.per_point)})" for s in far])
    return [f"The curves miss the visits of {named}: deviance per visit, where about 1 is a fit."]


def _digits(a: CourseAnalysis) -> int:
    return 1 if a.unit == "hairs/cm2" else 3


def _reach(t: TreatmentCourse) -> tuple[str, str]:
    r = t.reached
    if r is None:
        return "–", "–"
    middle = "not reached" if r.estimate is None else f"week {r.estimate:.0f}"
    early = "never" if r.earliest is None else f"week {r.earliest:.0f}"
    late = "not by the last visit" if r.latest is None else f"week {r.latest:.0f}"
    return middle, f"{early} and {late}"


def _treatments(a: CourseAnalysis, told: Sequence[TreatmentCourse]) -> Table:
    d = _digits(a)
    return Table(
        heading=f"Against {a.reference}, at each treatment's last visit",
        columns=("treatment", "week", "difference", "interval", "interval of a new trial"),
        rows=[
            (
                t.treatment, f"{t.at_last_visit.week:g}", signed(t.at_last_visit.estimate, d),
                bounds(t.at_last_visit.low, t.at_last_visit.high, d),
                "–" if t.at_last_visit.new_low is None or t.at_last_visit.new_high is None
                else bounds(t.at_last_visit.new_low, t.at_last_visit.new_high, d),
            )
            for t in told
        ],
        numeric=frozenset({1, 2}),
    )  # fmt: skip


def _evidence(told: Sequence[TreatmentCourse]) -> Table:
    return Table(
        heading="What the visits tell of each course",
        columns=("treatment", "trials", "people", "how fast it acts"),
        rows=[
            (t.treatment, str(t.trials), "–" if t.people is None else str(t.people), t.words)
            for t in told
        ],
        numeric=frozenset({1, 2}),
    )  # fmt: skip


def _reaching(a: CourseAnalysis, told: Sequence[TreatmentCourse]) -> Table:
    wanted = next((t.reached.difference for t in told if t.reached is not None), None)
    head = () if wanted is None else (f"reaches {wanted:g}", "between")
    return Table(
        heading="Areas and times up to the last visit",
        columns=("treatment", f"area, weeks × {a.unit.replace('cm2', 'cm²') or 'unit'}",
                 "interval", *head),
        rows=[
            (t.treatment, signed(t.area.estimate, 0), bounds(t.area.low, t.area.high, 0),
             *(() if wanted is None else _reach(t)))
            for t in told if t.area is not None
        ],
        numeric=frozenset({1}),
        note="" if wanted is None else "between: when the farther and the nearer bound reach it",
    )  # fmt: skip


def _curves(a: CourseAnalysis, told: Sequence[TreatmentCourse]) -> Table:
    """Return each curve at the weeks of its own visits."""
    d, rows = _digits(a), []
    for t in told:
        for week in t.weeks if t.curve else ():
            near = min(t.curve, key=lambda p: abs(p.week - week))
            rows.append((t.treatment, f"{near.week:.1f}", signed(near.estimate, d),
                         bounds(near.low, near.high, d), _seen(t, week, d)))  # fmt: skip
    return Table(
        heading="Curves near the weeks of visits",
        columns=("treatment", "week", "curve", "interval", "seen at the visit"), rows=rows,
        numeric=frozenset({1, 2}), note="the whole curves are in course.json",
    )  # fmt: skip


def _seen(t: TreatmentCourse, week: float, digits: int) -> str:
    found = [f"{o.study} {signed(o.difference, digits)}" for o in t.observed if o.week == week]
    return listed(found, 3) or "–"


def _kinetics(a: CourseAnalysis) -> Table:
    return Table(
        heading="How fast",
        columns=("treatments", "parameter", "weeks", "interval", "rests on"),
        rows=[
            (
                "all together" if k.group == "all" else k.group, k.parameter.replace("_", " "),
                plain(k.median), f"{plain(k.low)} to {plain(k.high)}",
                "what was assumed: NOT evaluable" if k.from_prior else "the visits",
            )
            for k in a.kinetics
        ],
        numeric=frozenset({2}),
        note=f"between trials: SD {plain(a.tau)}; misfit of single visits: SD {plain(a.omega)}",
    )  # fmt: skip


def _deviance(value: float) -> str:
    return "0" if value < SMALLEST_DEVIANCE else plain(value)


def _deviances(a: CourseAnalysis) -> Table:
    return Table(
        heading="Fit by study: about 1 per visit where the shape fits",
        columns=("study", "visits", "deviance", "per visit"),
        rows=[(s.study, str(s.points), _deviance(s.deviance), _deviance(s.per_point))
              for s in a.deviances],
        numeric=frozenset({1, 2, 3}),
    )  # fmt: skip


def _two_stage(a: CourseAnalysis) -> Table | None:
    if not a.two_stage:
        return None
    d = _digits(a)
    return Table(
        heading="Two-stage check: a network of each span of visits alone, beside the curve",
        columns=("comparison", "week", "trials", "span alone", "SE", "curve", "SE"),
        rows=[
            (f"{b.treatment} : {b.versus}", f"{b.week:.0f}", str(b.trials), signed(b.binned, d),
             plain(b.binned_se), signed(b.curve, d), plain(b.curve_se))
            for b in a.two_stage
        ],
        numeric=frozenset({1, 2, 3, 4, 5, 6}),
    )  # fmt: skip


def _correlations(a: CourseAnalysis, told: Sequence[TreatmentCourse]) -> Table | None:
    if len(a.correlations) < 2:
        return None
    d = _digits(a)
    return Table(
        heading="By the assumed correlation of an arm's visits",
        columns=("treatment", *(f"at {at.rho:g}" for at in a.correlations)),
        rows=[
            (t.treatment, *(
                f"{signed(p.estimate, d)} ({bounds(p.low, p.high, d)})"
                for p in (at.differences[t.treatment] for at in a.correlations)
            ))
            for t in told
        ],
    )  # fmt: skip
