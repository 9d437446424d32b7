"""Everything that a network of treatments tells, in one record: for facts and tables alike."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np

from anagen.evidence.network_records import (
    ComponentModel,
    Contribution,
    Contributions,
    Difference,
    Heat,
    NetworkAnalysis,
    NetworkPart,
    Rank,
)
from anagen.evidence.reference_treatment import usual_reference
from anagen.synthesis.network import (
    Network,
    components,
    fit_components,
    full_report,
    league,
    net_heat,
    rank_draws,
    shortest_paths,
    split_components,
    tau2_interval,
)
from anagen.synthesis.network.fit import Method
from anagen.synthesis.network.report import NetworkReport

MOST_WALKED = 100
"""Treatments up to which every comparison is followed along all its paths."""
MOST_SHARES = 250_000
"""Shares of evidence up to which those of all comparisons are written."""
MOST_DESIGNS = 100
"""Designs up to which each is held against each other one."""


def _differences(report: NetworkReport, reference: str) -> list[Difference]:
    fit, common = report.random, report.common
    names = fit.treatments
    direct = {(s.first, s.second): s.proportion_direct if s.studies else 0.0 for s in report.splits}
    found = []
    order = [*[n for n in names if n != reference], reference]
    for a, treatment in enumerate(order):
        for against in order[a + 1 :]:
            i, j = names.index(treatment), names.index(against)
            low, high = fit.prediction_lower, fit.prediction_upper
            found.append(
                Difference(
                    treatment=treatment, against=against, estimate=float(fit.estimate[i, j]),
                    se=float(fit.se[i, j]), low=float(fit.lower[i, j]),
                    high=float(fit.upper[i, j]), p=float(fit.p[i, j]),
                    prediction_low=None if low is None else float(low[i, j]),
                    prediction_high=None if high is None else float(high[i, j]),
                    common_estimate=float(common.estimate[i, j]),
                    common_se=float(common.se[i, j]),
                    proportion_direct=direct.get(
                        (treatment, against), direct.get((against, treatment))
                    ),
                )
            )  # fmt: skip
    return found


def _ranks(report: NetworkReport, meaningful: float, seed: int) -> list[Rank]:
    from anagen.synthesis.network import p_scores

    smaller = report.smaller_is_better
    drawn = rank_draws(report.random, smaller_is_better=smaller, seed=seed)
    matters = p_scores(report.random, smaller_is_better=smaller, mid=meaningful)
    found = [
        Rank(
            treatment=name, p_score=float(report.p_scores[i]),
            p_score_meaningful=float(matters[i]), sucra=float(drawn.sucra[i]),
            mean_rank=float(drawn.mean_rank[i]), rank_low=float(drawn.lower[i]),
            rank_high=float(drawn.upper[i]), probability=drawn.probability[i].tolist(),
        )
        for i, name in enumerate(drawn.treatments)
    ]  # fmt: skip
    return sorted(found, key=lambda rank: -rank.p_score)


def _contributions(
    report: NetworkReport, reference: str, *, with_paths: bool
) -> tuple[Contributions, list[str]]:
    """Return what comparisons rest on, and in words of which ones it is not told."""
    walk = report.contributions
    if walk is None:
        many = f"shares of evidence are not told with more than {MOST_WALKED} treatments"
        return Contributions(method="random walk", edges=[], studies=[], rows=[], reason=many), []
    names = walk.treatments
    rows: list[Contribution] = []
    notes: list[str] = []
    told = np.arange(walk.first.size)
    if walk.comparison is not None and walk.study is not None:
        if told.size * (walk.edge_first.size + len(walk.studies)) > MOST_SHARES:
            at = names.index(reference)
            told = told[(walk.first == at) | (walk.second == at)]
            notes = [f"what comparisons rest on is told of those with {reference} only"]
        rows = [
            Contribution(
                treatment=names[walk.first[k]], against=names[walk.second[k]],
                comparisons=walk.comparison[k].tolist(), studies=walk.study[k].tolist(),
            )
            for k in told
        ]  # fmt: skip
    shortest = None
    if with_paths:
        paths = shortest_paths(report.network, report.random).comparison
        shortest = None if paths is None else paths[told]
    found = Contributions(
        method=walk.method,
        edges=[
            (names[i], names[j])
            for i, j in zip(walk.edge_first, walk.edge_second, strict=True)
        ],
        studies=list(walk.studies), rows=rows, reason=walk.reason,
        shortest_path=None if shortest is None else shortest.tolist(),
    )  # fmt: skip
    return found, notes


def _heat(report: NetworkReport) -> Heat:
    designs = len(report.decomposition.designs)
    if designs > MOST_DESIGNS:
        reason = f"net heat is not told with more than {MOST_DESIGNS} designs ({designs})"
        return Heat(designs=[], q=[], heat=[], share=[], reason=reason)
    found = net_heat(report.network, report.random)
    return Heat(
        designs=[" : ".join(design) for design in found.designs],
        q=np.asarray(found.q).tolist(),
        heat=np.asarray(found.heat).tolist(),
        share=np.asarray(found.share).tolist(),
        reason=found.reason,
    )


def _part(
    network: Network,
    *,
    method: Method,
    level: float,
    smaller_is_better: bool,
    meaningful: float,
    reference: str | None,
    seed: int,
    with_paths: bool,
    interval: Literal["normal", "t"],
    inert: Collection[str],
) -> NetworkPart:
    report = full_report(
        network, smaller_is_better=smaller_is_better, method=method, level=level,
        with_flow=len(network.treatments) <= MOST_WALKED, interval=interval,
    )  # fmt: skip
    fit = report.random
    base = reference if reference in fit.treatments else usual_reference(network, inert)
    bounds = tau2_interval(network, level=level)
    ranks = _ranks(report, meaningful, seed)
    i2 = (fit.i2, fit.i2_lower, fit.i2_upper)
    contributions, untold = _contributions(report, str(base), with_paths=with_paths)
    percent = [None if value is None else 100 * float(value) for value in i2]
    return NetworkPart(
        treatments=list(fit.treatments), studies=list(network.studies), reference=str(base),
        tau2=float(fit.tau2),
        tau2_low=None if bounds is None else float(bounds[0]),
        tau2_high=None if bounds is None else float(bounds[1]),
        log_likelihood=float(fit.log_likelihood), q=float(fit.q), q_df=int(fit.df),
        q_p=None if fit.q_p is None else float(fit.q_p),
        i2_percent=percent[0], i2_low_percent=percent[1], i2_high_percent=percent[2],
        differences=_differences(report, str(base)),
        league=list(league(network, fit, [rank.treatment for rank in ranks])), ranks=ranks,
        splits=list(report.splits), consistency=report.decomposition,
        contributions=contributions, heat=_heat(report),
        flags=list(dict.fromkeys([*network.flags, *fit.flags, *untold])),
    )  # fmt: skip


def _edges(network: Network) -> list[tuple[str, str, int]]:
    count: dict[tuple[str, str], int] = {}
    for block in network.blocks:
        for arms in block.arms:
            names = [network.treatments[k] for k in arms]
            for a, first in enumerate(names):
                for second in names[a + 1 :]:
                    count[first, second] = count.get((first, second), 0) + 1
    return [(a, b, n) for (a, b), n in sorted(count.items())]


def _multi_arm(network: Network) -> list[list[str]]:
    return [
        [network.treatments[k] for k in arms]
        for block in network.blocks
        for arms in block.arms
        if len(arms) > 2
    ]


def _said(parts: Sequence[Sequence[str]]) -> str | None:
    if len(parts) < 2:
        return None
    groups = "; ".join(f"{k + 1}) {', '.join(part)}" for k, part in enumerate(parts))
    return (
        f"the network falls into {len(parts)} parts that no trial joins: {groups}. Treatments of "
        "different parts cannot be compared from these trials"
    )


def _component_model(
    network: Network, separator: str, inactive: str | None, method: Method, level: float
) -> ComponentModel:
    fit = fit_components(
        network, separator=separator, inactive=inactive, method=method, level=level
    )
    return ComponentModel(
        inactive=fit.inactive, tau2=float(fit.tau2), effects=list(fit.effects),
        not_identifiable=list(fit.not_identifiable), additive=fit.additive,
        difference=fit.difference, notes=list(fit.flags),
    )  # fmt: skip


def analyse_network(
    network: Network,
    *,
    measure: str,
    words: str,
    unit: str = "",
    people: Mapping[str, int] | None = None,
    method: Method = "REML",
    level: float = 0.95,
    smaller_is_better: bool = False,
    meaningful: float = 0.0,
    reference: str | None = None,
    inactive: str | None = None,
    separator: str = "+",
    seed: int = 1,
    with_paths: bool = False,
    interval: Literal["normal", "t"] = "normal",
    inert: Collection[str] = (),
    notes: Sequence[str] = (),
) -> NetworkAnalysis:
    """Fit each connected part of a network and say all that belongs to it.

    Parameters
    ----------
    network:
        Any network; parts that no trial joins are fitted apart.
    measure, words, unit:
        What the effects are.
    people:
        How many were measured on each treatment.
    method, level:
        Estimator of tau2 (or `common`), and level of all intervals.
    smaller_is_better, meaningful:
        Direction of benefit, and the least difference that matters to the second P-score.
    reference:
        The treatment that others are listed against.
    inactive, separator:
        Of the component model, which is fitted where a name holds the separator.
    seed:
        Of the draws of ranks.
    with_paths:
        Whether contributions by shortest paths are wanted too; slow with many treatments.
    interval:
        By which distribution contrasts have their intervals and p-values.
    inert:
        Names of treatments without an effect; see `usual_reference`.
    notes:
        Sentences that belong to the effects.

    Raises
    ------
    InputError
        If the network or an option cannot be used.
    """
    parts = components(network)
    pieces = split_components(network) if len(parts) > 1 else (network,)
    has_sums = any(separator in name for name in network.treatments)
    return NetworkAnalysis(
        measure=measure, words=words, unit=unit, method=method, level=level,
        smaller_is_better=smaller_is_better, studies=len(network.studies),
        treatments=len(network.treatments), edges=_edges(network),
        multi_arm=_multi_arm(network), people=dict(people or {}),
        parts=[
            _part(
                piece, method=method, level=level, smaller_is_better=smaller_is_better,
                meaningful=meaningful, reference=reference, seed=seed, with_paths=with_paths,
                interval=interval, inert=inert,
            )
            for piece in pieces
        ],
        meaningful_difference=meaningful, seed=seed, interval=interval, disconnected=_said(parts),
        component_model=_component_model(network, separator, inactive, method, level)
        if has_sums
        else None,
        notes=list(notes),
    )  # fmt: skip
