"""Pooled results as sentences and tables: of an option, and of a table of one's own."""

from collections.abc import Sequence

from anagen.evidence.analysis import Analysis, back_of
from anagen.evidence.documents import TablePool
from anagen.report.evidence_sheet import (
    Sheet,
    Table,
    bounds,
    p_said,
    plain,
    signed,
)
from anagen.synthesis.pairwise import FEW

INTERVALS = {
    "one_study": "the study's own",
    "wald": "Wald (two studies: Hartung and Knapp's tells nothing)",
    "hartung_knapp": "Hartung and Knapp",
    "hartung_knapp_guarded": "Hartung and Knapp, guarded",
}


def _digits(analysis: Analysis) -> int:
    return 1 if analysis.unit == "hairs/cm2" else 3


def _as_read(analysis: Analysis, values: Sequence[float]) -> list[float]:
    """Return values as people read them (ratios, shares); nothing where they are so already."""
    people = [row.n for row in analysis.rows]
    return back_of(values, analysis.measure, analysis.scale, people)


def _read(analysis: Analysis, low: float, high: float) -> str:
    """Return bounds as people read them; nothing where they are so already."""
    found = _as_read(analysis, (low, high))
    return f"{plain(found[0])} to {plain(found[1])}" if found else ""


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
        read = _read(analysis, low, high)
        said.append(
            f"A new study of this kind is expected from {bounds(low, high, d)}"
            + (f"; as people read it: {read}." if read else ".")
        )
    elif pooled.studies == 2:
        said.append("With two studies no interval for a new one can be given.")
    if chosen.bayes is not None:
        b = chosen.bayes
        read = _read(analysis, b.low, b.high)
        said.append(
            f"Exact Bayes (half-normal prior of tau): {signed(b.mu.mean or 0, d)}, "
            f"{bounds(b.low, b.high, d)}" + (f"; as people read it: {read}." if read else ".")
        )
    return said


def _prior_said(analysis: Analysis) -> list[str]:
    """Return how to ask for the exact Bayesian answer where few studies would get one."""
    if analysis.pooled.chosen.bayes is not None or not 2 <= analysis.pooled.studies <= FEW:
        return []
    unit = f" {analysis.unit.replace('cm2', 'cm²')}" if analysis.unit else " the effects' unit"
    return [
        f"Few studies: --prior-scale S (half-normal prior of tau, S in{unit}) sets the exact "
        "Bayesian answer beside."
    ]


def small_said(analysis: Analysis) -> list[str]:
    """Return whether small studies say otherwise, in sentences."""
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


def left_out_table(analysis: Analysis) -> Table | None:
    """Return the pool without each study in turn; nothing for fewer than three."""
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
    has_back = bool(_as_read(analysis, (0.0,)))
    head = ("as ratio" if analysis.scale == "log" else "as read",) if has_back else ()
    return Table(
        heading="By subgroup",
        columns=("subgroup", "studies", "effect", "interval", *head, "tau²"),
        rows=[
            (
                g.name, str(g.studies), signed(g.estimate, d),
                bounds(g.wald_z.low, g.wald_z.high, d),
                *(
                    (
                        f"{plain(_as_read(analysis, (g.estimate,))[0])} "
                        f"({_read(analysis, g.wald_z.low, g.wald_z.high)})",
                    )
                    if has_back
                    else ()
                ),
                plain(g.heterogeneity.tau2 if g.heterogeneity else None),
            )
            for g in between.groups
        ],
        numeric=frozenset({1, 2, 5 if has_back else 4}),
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
    lead += _prior_said(analysis)
    lead += small_said(analysis)
    tables = [studies_table(analysis, "Studies")]
    if analysis.estimators:
        tables.append(_estimators(analysis))
    more = (_subgroups(analysis), _regression(analysis), left_out_table(analysis))
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
        document="pool.json",
    )
