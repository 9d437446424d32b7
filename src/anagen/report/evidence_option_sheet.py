"""The evidence on one option as sentences and tables."""

from anagen.evidence.option_pool import GroupEvidence, OptionPool, ReviewResult
from anagen.evidence.single_arms import NaturalCourse, TierEvidence
from anagen.facts import Facts
from anagen.report.evidence_pool_sheet import left_out_table, small_said, studies_table
from anagen.report.evidence_sheet import (
    Sheet,
    Table,
    bounds,
    p_said,
    plain,
    signed,
    unit_said,
)

STANDARD_LEVEL = 0.95
PLACES = {
    "pooled": "pooled",
    "outlier": "an outlier, shown apart",
    "controlled_not_pooled": "controlled, not pooled",
    "uncontrolled": "no control, never pooled",
    "no_result": "no result read",
}


def _placements(pool: OptionPool) -> Table:
    return Table(
        heading="Where each study stands, and why",
        columns=("study", "stands", "why"),
        rows=[(p.study, PLACES[p.place], p.reason) for p in pool.placements],
    )


def _gains(group: GroupEvidence) -> Table | None:
    rows: list[tuple[str, ...]] = []
    for gain in group.summary.gains:
        if gain.gain_per_cm2 is not None:
            spread = f"SD {gain.sd_per_cm2:.1f}" if gain.sd_per_cm2 else "spread not printed"
            shown = f"{signed(gain.gain_per_cm2, 1)} hairs/cm²"
        else:
            shown, spread = f"{signed(gain.gain_percent or 0, 1)} %", "–"
        week = "–" if gain.week is None else f"{gain.week:g}"
        named = gain.study
        if gain.design == "randomised_trial":
            named += " (one arm of a randomised trial, taken alone)"
        rows.append((named, shown, spread, "–" if gain.n is None else str(gain.n), week))
    if not rows:
        return None
    return Table(
        heading=f"Gains without a control, no effect of treatment: {group.label}",
        columns=("study", "gain", "spread", "people", "week"), rows=rows,
        numeric=frozenset({3, 4}),
    )  # fmt: skip


def _others(group: GroupEvidence, facts: Facts) -> Table | None:
    if not group.others:
        return None
    lacks = [f"{m.study}: {'; '.join(m.what)}" for m in group.missing if m.what]

    def value(number: float | None, words: str | None = None) -> str:
        return words or "–" if number is None else f"{number:g}".replace("-", "−")

    return Table(
        heading=f"Controlled results in other units, not pooled: {group.label}",
        columns=("study", "what", "treated", "control", "difference", "unit"),
        rows=[
            (
                o.study,
                f"{facts.vocabulary.label('measures', o.measure)}, "
                f"{facts.vocabulary.label('statistics', o.statistic)}, week {o.week:g}",
                value(o.treated), value(o.untreated, o.untreated_words), value(o.difference),
                unit_said(o.unit) or "–",
            )
            for o in group.others
        ],
        numeric=frozenset({2, 3, 4}),
        note=f"to pool them these were needed and not read: {'. '.join(lacks)}" if lacks else "",
    )  # fmt: skip


def _tier_row(name: str, tier: object) -> tuple[str, str, str, str] | None:
    from anagen.synthesis.single_arm import Pooling

    if not isinstance(tier, Pooling) or not tier.estimates or tier.estimates[0] is None:
        return None
    first = tier.estimates[0]
    counted = f"{tier.randomised} randomised, {tier.single_arms} single-arm"
    return name, signed(first.mean, 1), bounds(first.low, first.high, 1), counted


def _whose(group: GroupEvidence) -> str:
    sex = group.question.sex
    return {"male": "men", "female": "women"}.get(sex or "", "men and women together")


def _weeks(course: NaturalCourse) -> str:
    """Return the weeks at which untreated people were counted."""
    weeks = [arm.week for arm in course.arms]
    first, last = min(weeks), max(weeks)
    return f"week {first:g}" if first == last else f"weeks {first:g} to {last:g}"


def _tiers(group: GroupEvidence, tiers: TierEvidence) -> Table:
    course = tiers.natural_course
    rows = [
        row
        for row in (
            _tier_row("0 randomised only", tiers.randomised_only),
            _tier_row("1 single arms, less the natural course", tiers.bias_adjusted),
            _tier_row("2 as if randomised: a WARNING, no result", tiers.naive),
        )
        if row is not None
    ]
    tip = tiers.tipping_bias
    tipping = (
        tip.reason
        if tip.value is None
        else (f"with a mean bias of {tip.value:.1f} hairs/cm² the interval includes no effect")
    )
    return Table(
        heading=f"Single arms, less what untreated people gained: {group.label}",
        columns=("tier", "hairs/cm²", "95 % interval", "rests on"), rows=rows,
        numeric=frozenset({1}),
        note=f"untreated arms of {len(course.arms)} randomised groups ({_whose(group)}, "
        f"{_weeks(course)}, whatever the week of the gain) changed by "
        f"{signed(course.change_per_cm2, 1)} hairs/cm² (SE {course.se_per_cm2:.1f}, between trials "
        f"{course.tau_per_cm2:.1f}); the bias of single arms is ASSUMED: mean "
        f"{signed(tiers.bias_mean_per_cm2, 1)}, SD {tiers.bias_sd_per_cm2:.1f} hairs/cm²; "
        f"{tipping}; certainty starts at very low",
    )  # fmt: skip


def _of_review(result: ReviewResult) -> str:
    what = result.outcome.replace("_", " ").replace("cm2", "cm²")
    return what if result.compared is None else f"{what}, {result.compared}"


def _reviews(pool: OptionPool) -> Table | None:
    rows = []
    for r in pool.reviews:
        interval = (
            "–" if r.low is None or r.high is None else f"{plain(r.low, 4)} to {plain(r.high, 4)}"
        )
        implied = "" if r.p_implied is None else f"; its interval implies p {r.p_implied:g}"
        rows.append(
            (r.synthesis, _of_review(r), f"{plain(r.value, 4)} {unit_said(r.unit)}".strip(),
             interval, f"p {r.p_printed}{implied}" if r.p_printed else "–")
        )  # fmt: skip
    if not rows:
        return None
    return Table(
        heading="Published reviews of the same treatment: beside ours, never added",
        columns=("review", "outcome", "result", "95 % interval", "p as printed"), rows=rows,
        numeric=frozenset({2}),
    )  # fmt: skip


def _strata(group: GroupEvidence) -> list[Table]:
    return [
        Table(
            heading=f"By {stratum.by}: {group.label}",
            columns=(stratum.by, "comparisons", "effect", "95 % interval"),
            rows=[
                (
                    g.name.replace("_", " "), str(g.studies), signed(g.estimate, 1),
                    bounds(g.wald_z.low, g.wald_z.high, 1),
                )
                for g in stratum.subgroups.separate_tau2.groups
            ],
            numeric=frozenset({1, 2}),
            note=f"between: Q {plain(stratum.subgroups.separate_tau2.q)} on "
            f"{stratum.subgroups.separate_tau2.q_df} df, "
            f"p {p_said(stratum.subgroups.separate_tau2.q_p)}",
        )
        for stratum in group.strata
    ]  # fmt: skip


def _other_visits(group: GroupEvidence) -> Table | None:
    if not group.summary.other_visits:
        return None
    return Table(
        heading=f"At other visits, not in the pool: {group.label}",
        columns=("study", "week", "effect", "SE", "people", "spread"),
        rows=[
            (
                c.study, f"{c.week:g}", signed(c.effect_per_cm2, 1), plain(c.se_per_cm2),
                str(c.n_treated + c.n_control), c.sd_status,
            )
            for c in group.summary.other_visits
        ],
        numeric=frozenset({1, 2, 3, 4}),
    )  # fmt: skip


def _mixes_sexes(pool: OptionPool, facts: Facts) -> bool:
    """Tell whether trials of men and of women stand in one pool."""
    return any(
        len({facts.studies[c.study].sex for c in group.summary.contrasts}) > 1
        for group in pool.groups
    )


def option_sheet(pool: OptionPool, facts: Facts) -> Sheet:
    """Return the evidence on an option as sentences and tables."""
    tables: list[Table] = []
    notes = [b.text for b in pool.beyond_bound]
    notes += pool.not_the_same
    notes += [f"left out as asked: {name}" for name in pool.without]
    levels = {g.analysis.pooled.level for g in pool.groups if g.analysis is not None}
    if levels - {STANDARD_LEVEL}:
        notes.append(
            "the first sentences and the suggested certainty are at 95 %, whatever --level"
        )
    if _mixes_sexes(pool, facts):
        notes.append("men and women are pooled together; --sex asks of one")
    for group in pool.groups:
        if group.analysis is not None:
            tables.append(studies_table(group.analysis, f"Pooled: {group.label}"))
            left = left_out_table(group.analysis)
            tables += [left] if left else []
            tables += _strata(group)
            visits = _other_visits(group)
            tables += [visits] if visits else []
            said = group.summary.pooled.notes if group.summary.pooled else []
            notes += [f"{group.label}: {note}" for note in said]
            notes += [f"{group.label}: {said}" for said in small_said(group.analysis)]
        if group.correlation is not None:
            notes.append(f"{group.label}: {group.correlation.text}")
        found = (
            _others(group, facts), _gains(group),
            None if group.tiers is None else _tiers(group, group.tiers),
        )  # fmt: skip
        tables += [table for table in found if table is not None]
    reviews = _reviews(pool)
    tables += [reviews] if reviews else []
    tables.append(_placements(pool))
    return Sheet(
        title=f"Evidence: {pool.label}, "
        f"{facts.vocabulary.label('conditions', pool.condition)}",
        lead=pool.headline, tables=tables, notes=notes,
    )  # fmt: skip
