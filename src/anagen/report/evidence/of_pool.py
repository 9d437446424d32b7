"""The pictures of a pooled comparison: from its analysis to forest, funnel and traffic light."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anagen.evidence.analysis import Analysis
from anagen.evidence.option_pool import GroupEvidence, OptionPool
from anagen.facts import Facts
from anagen.report.evidence.forest import forest_figure
from anagen.report.evidence.forest_records import (
    Forest,
    ForestGroup,
    ForestPool,
    ForestStudy,
    Heterogeneity,
)
from anagen.report.evidence.funnel import EggerLine, Funnel, FunnelPoint, funnel_figure
from anagen.report.evidence.numerals import Z_95, p_words
from anagen.report.evidence.risk_of_bias import (
    AssessedStudy,
    RiskOfBias,
    bias_summary_figure,
    traffic_light_figure,
)
from anagen.synthesis.effects import MEASURES

LOGS = frozenset({"log"})
MOST_DRAWN = 120
LEAST_DOMAINS = 3  # fewer are no tool
LEAST_STUDIES = 3  # of fewer a share says nothing
INTERVALS = {
    "one_study": "the study's own", "wald": "Wald", "hartung_knapp": "Hartung and Knapp",
    "hartung_knapp_guarded": "Hartung and Knapp, guarded",
}  # fmt: skip
LEVELS = {"some_concerns": "some", "no_information": "unclear", "not_assessable": "unclear"}
"""The words of judgements as the pictures know them; all others are the same."""


def _shown(analysis: Analysis, value: float) -> float:
    """Return a value as the picture shows it: ratios as ratios, shares as shares."""
    if analysis.scale == "log":
        return math.exp(value)
    if analysis.measure in MEASURES and analysis.scale not in ("raw", "standardised"):
        return float(np.asarray(MEASURES[analysis.measure].back([value])).ravel()[0])
    return value


def is_ratio(analysis: Analysis) -> bool:
    """Tell whether the effects are logarithms of ratios."""
    return analysis.scale in LOGS


def _axis(analysis: Analysis) -> str:
    unit = analysis.unit.replace("cm2", "cm²")
    return f"{analysis.words}, {unit}" if unit else analysis.words


def _status(status: str) -> str | None:
    return status if status in ("reported", "algebraic", "borrowed", "assumed") else "assumed"


def _studies(
    analysis: Analysis, n: Sequence[tuple[int | None, int | None]] = ()
) -> list[ForestStudy]:
    found = []
    for i, row in enumerate(analysis.rows):
        treated, control = n[i] if n else (row.n, None)
        found.append(
            ForestStudy(
                label=f"{row.study}: {row.label}" if row.label else row.study,
                estimate=_shown(analysis, row.effect), low=_shown(analysis, row.low),
                high=_shown(analysis, row.high), weight_percent=row.weight_percent,
                n_treated=treated, n_control=control, sd_status=_status(row.status),
            )
        )  # fmt: skip
    return found


def _pool(analysis: Analysis, label: str = "pooled") -> ForestPool | None:
    if analysis.pooled.studies < 2:
        return None
    chosen, random = analysis.pooled.chosen, analysis.pooled.random
    spread = None
    if random is not None:
        h = random.heterogeneity
        spread = Heterogeneity(tau2=h.tau2, i2_percent=h.i2_percent, q=h.q, df=h.q_df, p=h.q_p)
    ends = chosen.prediction
    return ForestPool(
        label=f"{label} ({INTERVALS[chosen.interval]})",
        estimate=_shown(analysis, chosen.estimate), low=_shown(analysis, chosen.low),
        high=_shown(analysis, chosen.high),
        prediction_low=None if ends is None else _shown(analysis, ends[0]),
        prediction_high=None if ends is None else _shown(analysis, ends[1]),
        heterogeneity=spread,
    )  # fmt: skip


def _drawn(analysis: Analysis) -> set[int]:
    """Return the places of the studies that a forest draws: those of the largest weight."""
    order = sorted(range(len(analysis.rows)), key=lambda i: -analysis.rows[i].weight_percent)
    return set(order[:MOST_DRAWN])


def _groups(analysis: Analysis, names: Sequence[str | None] | None) -> tuple[ForestGroup, ...]:
    drawn = _drawn(analysis)
    studies = [s for i, s in enumerate(_studies(analysis)) if i in drawn]
    if names is None or analysis.subgroups is None:
        return (ForestGroup(label="", studies=tuple(studies)),)
    names = [name for i, name in enumerate(names) if i in drawn]
    found = []
    for group in analysis.subgroups.separate_tau2.groups:
        inside = [s for s, name in zip(studies, names, strict=True) if name == group.name]
        pool = None
        if group.studies > 1:
            interval = group.wald_z
            pool = ForestPool(
                label=group.name, estimate=_shown(analysis, group.estimate),
                low=_shown(analysis, interval.low), high=_shown(analysis, interval.high),
            )  # fmt: skip
        found.append(ForestGroup(label=group.name, studies=tuple(inside), pool=pool))
    return tuple(found)


def forest_of(analysis: Analysis, title: str, groups: Sequence[str | None] | None = None) -> str:
    """Draw the forest of a table's comparison: at most 120 studies, those of the largest weight."""
    notes, k = list(analysis.notes), len(analysis.rows)
    if k > MOST_DRAWN:
        notes.insert(
            0,
            f"drawn are the {MOST_DRAWN} studies of the largest weight, of {k:,}; every pooled "
            "effect is of all of them",
        )
    return forest_figure(
        "forest",
        Forest(
            title=title, effect=_axis(analysis), groups=_groups(analysis, groups),
            overall=_pool(analysis), is_ratio=is_ratio(analysis),
            digits=1 if analysis.unit == "hairs/cm2" else 2,
            level_percent=round(100 * analysis.pooled.level), notes=tuple(notes),
            favours_low="lower", favours_high="higher",
        ),
    )  # fmt: skip


def funnel_of(analysis: Analysis, title: str) -> str:
    """Draw the funnel of a comparison of two studies or more."""
    points = [FunnelPoint(label=r.study, estimate=r.effect, se=r.se) for r in analysis.rows]
    small, filled, egger, notes = analysis.small_studies, None, None, list(analysis.notes)
    if small is not None and small.not_evaluable is not None:
        notes.append(f"asymmetry {small.not_evaluable}")
    if small is not None and small.trim_and_fill is not None:
        trim = small.trim_and_fill
        filled = trim.estimate if trim.missing else None
        points += [
            FunnelPoint(label="filled in", estimate=y, se=v**0.5, is_imputed=True)
            for y, v in zip(trim.filled, trim.filled_variances, strict=True)
        ]
    if small is not None and small.egger is not None:
        line = small.egger
        egger = EggerLine(
            limit=line.limit_estimate, slope=line.slope_estimate,
            words=f"Egger's test: {p_words(line.slope.p)}",
        )  # fmt: skip
    return funnel_figure(
        "funnel",
        Funnel(
            title=title, effect=_axis(analysis), points=tuple(points),
            pooled=analysis.pooled.chosen.estimate, filled=filled, egger=egger,
            is_ratio=is_ratio(analysis), notes=tuple(notes),
        ),
    )  # fmt: skip


def _controlled(group: GroupEvidence, analysis: Analysis) -> ForestGroup:
    n = [(c.n_treated, c.n_control) for c in group.summary.contrasts]
    conflict = group.summary.pooled is not None and group.summary.pooled.conflict
    pool = _pool(analysis)
    if pool is not None and conflict:
        pool = ForestPool(
            label="pooled: the trials contradict each other", estimate=pool.estimate, low=pool.low,
            high=pool.high, heterogeneity=pool.heterogeneity,
        )  # fmt: skip
    return ForestGroup(label=group.label, studies=tuple(_studies(analysis, n)), pool=pool)


def _uncontrolled(pool: OptionPool) -> list[ForestStudy]:
    """Return the gains without a control: with their interval where a spread is known."""
    found = []
    for group in pool.groups:
        adjusted = {g.study: g for g in group.tiers.gains} if group.tiers else {}
        for gain in group.summary.gains:
            if gain.gain_per_cm2 is None:
                continue
            low = high = None
            known = adjusted.get(gain.study)
            if known is not None and known.sd_status == "reported":
                half = Z_95 * known.se_per_cm2
                low, high = gain.gain_per_cm2 - half, gain.gain_per_cm2 + half
            found.append(
                ForestStudy(
                    label=f"{gain.study}: {gain.arm_label}", estimate=gain.gain_per_cm2, low=low,
                    high=high, n_treated=gain.n,
                    note="" if low is not None else "spread not printed",
                )
            )  # fmt: skip
    return found


def option_forest(pool: OptionPool, facts: Facts) -> str | None:
    """Draw the forest of an option: controlled results pooled by group, the others in grey.

    Nothing is returned where no study gives a number in hairs/cm².
    """
    controlled = [_controlled(g, g.analysis) for g in pool.groups if g.analysis is not None]
    alone = _uncontrolled(pool)
    if not controlled and not alone:
        return None
    notes = ["hairs/cm² more than controls of the same trial"] if controlled else []
    if not controlled:
        notes.append("no randomised result in hairs/cm² was found; a gain alone is no effect")
    drawn = Forest(
        title=pool.label, effect="difference in change of density, hairs/cm²",
        groups=tuple(controlled), uncontrolled=tuple(alone),
        mid=facts.evidence_rules.meaningful_difference.number(), notes=tuple(notes),
    )  # fmt: skip
    if not controlled:
        drawn = replace(
            drawn, effect="change of density from the start, hairs/cm²", mid=None,
            favours_low="fewer hairs", favours_high="more hairs",
        )  # fmt: skip
    return forest_figure("forest", drawn)


def option_bias(pool: OptionPool, facts: Facts) -> dict[str, str]:
    """Draw the judged risk of bias of an option's studies, one picture for each tool."""
    by_tool: dict[str, list[tuple[str, dict[str, str], float | None]]] = {}
    weights = {
        row.study: row.weight_percent
        for group in pool.groups
        if group.analysis is not None
        for row in group.analysis.rows
    }
    for placed in pool.placements:
        bias = facts.studies[placed.study].bias
        if bias is None or not bias.domains or not bias.levels:
            continue
        levels: dict[str, str] = {
            name: LEVELS.get(level, level)
            for name, domain in bias.domains.items()
            for level in (domain.levels[-1:] or ["no_information"])
        }
        by_tool.setdefault(bias.tool, []).append((placed.study, levels, weights.get(placed.study)))
    found = {}
    for tool, studies in by_tool.items():
        if len({name for _, levels, _ in studies for name in levels}) < LEAST_DOMAINS:
            continue
        domains = list(dict.fromkeys(name for _, levels, _ in studies for name in levels))
        record = RiskOfBias(
            title=f"{pool.label}: risk of bias", tool=tool,
            domains=tuple(name.replace("_", " ") for name in domains),
            studies=tuple(
                AssessedStudy(
                    label=name,
                    levels=tuple(levels.get(d, "unclear") for d in domains),
                    weight_percent=None,
                )
                for name, levels, _ in studies
            ),
            notes=("judged from what was read of each study; the worse level of a span is drawn",),
        )  # fmt: skip
        key = tool.lower().replace(" ", "-").replace("/", "-")
        found[f"bias-{key}"] = traffic_light_figure(f"bias-{key}", record)
        if len(studies) >= LEAST_STUDIES:
            found[f"bias-{key}-summary"] = bias_summary_figure(f"bias-{key}-summary", record)
    return found
