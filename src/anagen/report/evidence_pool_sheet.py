"""Pooled results as sentences and tables: of an option, and of a table of one's own."""

from anagen.evidence.analysis import Analysis
from anagen.evidence.documents import TablePool
from anagen.evidence.option_pool import GroupEvidence, OptionPool, ReviewResult
from anagen.evidence.single_arms import NaturalCourse, TierEvidence
from anagen.facts import Facts
from anagen.report.evidence_sheet import (
    Sheet,
    Table,
    bounds,
    p_said,
    plain,
    signed,
    unit_said,
)

PLACES = {
    "pooled": "pooled",
    "outlier": "an outlier, shown apart",
    "controlled_not_pooled": "controlled, not pooled",
    "uncontrolled": "no control, never pooled",
    "no_result": "no result read",
}
INTERVALS = {
    "one_study": "the study's own",
    "wald": "Wald (two studies: Hartung and Knapp's tells nothing)",
    "hartung_knapp": "Hartung and Knapp",
    "hartung_knapp_guarded": "Hartung and Knapp, guarded",
}


def _digits(analysis: Analysis) -> int:
    return 1 if analysis.unit == "hairs/cm2" else 3


def _percent(level: float) -> str:
    return f"{100 * level:g} %"


def studies_table(analysis: Analysis, heading: str) -> Table:
    """Return the studies of a comparison with effect, interval, weight and how it was found."""
    d = _digits(analysis)
    return Table(
        heading=heading,
        columns=("study", "effect", f"{_percent(analysis.pooled.level)} interval", "SE", "weight",
                 "people", "spread"),
        rows=[
            (
                f"{row.study}: {row.label}" if row.label else row.study, signed(row.effect, d),
                bounds(row.low, row.high, d), plain(row.se), f"{row.weight_percent:.1f} %",
                "–" if row.n is None else str(row.n), row.status,
            )
            for row in analysis.rows
        ],
        numeric=frozenset({1, 3, 4, 5}),
    )  # fmt: skip


def pooled_said(analysis: Analysis) -> list[str]:
    """Return the pooled effect in sentences: estimate, interval, prediction, Bayes, spread."""
    pooled, d = analysis.pooled, _digits(analysis)
    chosen, unit = pooled.chosen, analysis.unit.replace("cm2", "cm²")
    studies = "one study" if pooled.studies == 1 else f"{pooled.studies} studies"
    said = [
        f"{analysis.words}: {signed(chosen.estimate, d)} {unit}".strip()
        + f", {_percent(pooled.level)} interval {bounds(chosen.low, chosen.high, d)} "
        f"({INTERVALS[chosen.interval]}), from {studies}."
    ]
    if analysis.back:
        middle, low, high = analysis.back
        said.append(
            f"On the scale that people read: {plain(middle)} ({plain(low)} to {plain(high)})."
        )
    random = pooled.random
    if random is not None:
        h = random.heterogeneity
        said.append(
            f"Scatter between studies: tau² {plain(h.tau2)}, I² {h.i2_percent:.0f} %, "
            f"Q {plain(h.q)} on {h.q_df} df (p {p_said(h.q_p)})."
        )
    if chosen.prediction is not None:
        low, high = chosen.prediction
        said.append(f"A new study of this kind is expected from {bounds(low, high, d)}.")
    elif pooled.studies == 2:
        said.append("With two studies no interval for a new one can be given.")
    if chosen.bayes is not None:
        b = chosen.bayes
        said.append(
            f"Exact Bayes (half-normal prior of tau): {signed(b.mu.mean or 0, d)}, "
            f"{bounds(b.low, b.high, d)}."
        )
    return said


def _small(analysis: Analysis) -> list[str]:
    small = analysis.small_studies
    if small is None:
        return []
    if small.not_evaluable is not None:
        said = [f"Small-study effects: {small.not_evaluable}."]
    else:
        said = []
    if small.egger is not None:
        said.append(f"Egger's test: p {p_said(small.egger.slope.p)}.")
    if small.begg is not None:
        said.append(f"Begg's rank test: p {p_said(small.begg.p)}.")
    if small.trim_and_fill is not None:
        trim = small.trim_and_fill
        studies = "study" if trim.missing == 1 else "studies"
        said.append(
            f"Trim and fill: {trim.missing} {studies} missing on the {trim.side}; with them "
            f"{signed(trim.estimate, _digits(analysis))}."
        )
    return said


def _estimators(analysis: Analysis) -> Table:
    d = _digits(analysis)
    return Table(
        heading="By estimator of the variance between studies",
        columns=("estimator", "tau²", "effect", "Hartung-Knapp interval", "Wald interval"),
        rows=[
            (
                e.method, plain(e.tau2), signed(e.estimate, d),
                bounds(e.hartung_knapp.low, e.hartung_knapp.high, d),
                bounds(e.wald.low, e.wald.high, d),
            )
            for e in analysis.estimators
        ],
        numeric=frozenset({1, 2}),
    )  # fmt: skip


def _left_out(analysis: Analysis) -> Table | None:
    series, d = analysis.leave_one_out, _digits(analysis)
    if series is None or analysis.pooled.studies < 3:
        return None
    marks = (
        analysis.influence.influential if analysis.influence else (False,) * len(series.estimate)
    )
    return Table(
        heading="With one study left out (Wald intervals)",
        columns=("without", "effect", "interval", "tau²", "influential"),
        rows=[
            (
                f"{row.study}: {row.label}" if row.label else row.study,
                signed(series.estimate[i], d),
                bounds(series.low[i], series.high[i], d), plain(series.tau2[i]),
                "yes" if marks[i] else "no",
            )
            for i, row in enumerate(analysis.rows)
        ],
        numeric=frozenset({1, 3}),
    )  # fmt: skip


def _subgroups(analysis: Analysis) -> Table | None:
    if analysis.subgroups is None:
        return None
    between, d = analysis.subgroups.separate_tau2, _digits(analysis)
    return Table(
        heading="By subgroup",
        columns=("subgroup", "studies", "effect", "interval", "tau²"),
        rows=[
            (
                g.name, str(g.studies), signed(g.estimate, d),
                bounds(g.wald_z.low, g.wald_z.high, d),
                plain(g.heterogeneity.tau2 if g.heterogeneity else None),
            )
            for g in between.groups
        ],
        numeric=frozenset({1, 2, 4}),
        note=f"between subgroups: Q {plain(between.q)} on {between.q_df} df, "
        f"p {p_said(between.q_p)}",
    )  # fmt: skip


def _regression(analysis: Analysis) -> Table | None:
    fit = analysis.regression
    if fit is None:
        return None
    r2 = "–" if fit.r2_percent is None else f"{fit.r2_percent:.0f} %"
    return Table(
        heading="By moderators",
        columns=("coefficient", "estimate", "SE", "Hartung-Knapp interval", "p"),
        rows=[
            (name, plain(fit.estimate[i], 4), plain(fit.hartung_knapp[i].se, 4),
             bounds(fit.hartung_knapp[i].low, fit.hartung_knapp[i].high, 4),
             p_said(fit.hartung_knapp[i].p))
            for i, name in enumerate(fit.names)
        ],
        numeric=frozenset({1, 2, 4}),
        note=f"residual tau² {plain(fit.residual.tau2)}, R² {r2}, test of moderators p "
        f"{p_said(fit.f_p)}",
    )  # fmt: skip


def table_sheet(pool: TablePool) -> Sheet:
    """Return the pooled comparison of a table as sentences and tables."""
    analysis = pool.analysis
    lead = pooled_said(analysis)
    if not pool.is_controlled:
        lead.insert(0, f"WARNING: {analysis.notes[0]}.")
    if pool.correlation is not None:
        lead.append(f"Sensitivity: {pool.correlation.text}.")
    lead += _small(analysis)
    tables = [studies_table(analysis, "Studies")]
    if analysis.estimators:
        tables.append(_estimators(analysis))
    more = (_subgroups(analysis), _regression(analysis), _left_out(analysis))
    tables += [table for table in more if table is not None]
    read = pool.table
    tables.append(
        Table(
            heading="How the columns were read", columns=("column", "taken for"),
            rows=list(read.read_as.items()), note=f"SHA-256 {read.sha256}",
        )
    )  # fmt: skip
    return Sheet(
        title=f"Pooled: {read.name}",
        lead=lead,
        tables=tables,
        notes=[*analysis.notes, *read.notes],
    )


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
    if _mixes_sexes(pool, facts):
        notes.append("men and women are pooled together; --sex asks of one")
    for group in pool.groups:
        if group.analysis is not None:
            tables.append(studies_table(group.analysis, f"Pooled: {group.label}"))
            left = _left_out(group.analysis)
            tables += [left] if left else []
            tables += _strata(group)
            visits = _other_visits(group)
            tables += [visits] if visits else []
            said = group.summary.pooled.notes if group.summary.pooled else []
            notes += [f"{group.label}: {note}" for note in said]
            notes += [f"{group.label}: {said}" for said in _small(group.analysis)]
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
