"""Every statistic of the network references beside ours, for tests and for the table of them.

`statistics(folder)` yields (statistic, set, ours, theirs, relative, absolute): arrays of one shape,
NaN where there is none, and the tolerances |ours − theirs| ≤ absolute + relative |theirs|.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from anagen.synthesis import network as nw

Statistic = tuple[str, str, NDArray[np.float64], NDArray[np.float64], float, float]

SETS = (
    "dietaryfat", "dogliotti2014", "dong2013", "franchini2012_smd", "linde2016", "parkinson",
    "senn2013", "smokingcessation", "woods2010",
)  # fmt: skip
COUNTED = ("dogliotti2014", "dong2013", "smokingcessation")
ROUNDED = ("linde2016", "senn2013")  # printed contrasts: loops close only to the last digit

CLOSED = (1e-8, 1e-10)  # README: closed forms; the absolute part is for what is 0 but for rounding
PRINTED = (1e-4, 1e-8)  # README: closed forms of rounded contrasts
ITERATED = (1e-5, 1e-8)  # README: tau2, and 0 below 1e-6
DERIVED = (1e-5, 1e-6)  # README: what follows from an iterated tau2; absolute for what is near 0
DRAWN = (0.0, 0.11)  # 10,000 draws; they miss their own P-scores by up to 0.04, see the test


def read_contrasts(path: Path) -> nw.Network:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return nw.network_from_contrasts(
        [r["studlab"] for r in rows], [r["treat1"] for r in rows], [r["treat2"] for r in rows],
        [float(r["TE"]) for r in rows], [float(r["seTE"]) for r in rows],
    )  # fmt: skip


def array(values: Any) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


class _Pairs:
    """Finds pairs of treatments, written in either direction, among ours (first < second)."""

    def __init__(self, net: nw.Network, first: Any, second: Any) -> None:
        t = net.treatments
        self.at = {(t[i], t[j]): k for k, (i, j) in enumerate(zip(first, second, strict=True))}

    def find(self, pairs: list[str]) -> tuple[list[int], NDArray[np.float64]]:
        """Return places, and 1 or -1 where the pair is written the other way round."""
        places, signs = [], []
        for pair in pairs:
            a, b = pair.split(":")
            places.append(self.at[a, b] if (a, b) in self.at else self.at[b, a])
            signs.append(1.0 if (a, b) in self.at else -1.0)
        return places, np.array(signs)


def statistics(folder: Path) -> Iterator[Statistic]:
    """Yield every statistic of all sets in a folder of references."""
    for name in SETS:
        yield from _of_set(folder / name, name)
    for name in COUNTED:
        yield from _mantel_haenszel(folder / name, name)
    yield from _split_scalp(folder / "synthetic_splitscalp")


def _of_set(folder: Path, name: str) -> Iterator[Statistic]:
    ref = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    net = read_contrasts(folder / "contrasts.csv")
    if net.treatments != tuple(str(t) for t in ref["treatments"]):
        raise AssertionError(f"{name} orders its treatments otherwise")
    closed = PRINTED if name in ROUNDED else CLOSED
    with (folder / "contrasts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    common = nw.fit_network(net, method="common")
    for label, ours, theirs in _common(net, common, ref, rows):
        yield label, name, array(ours), array(theirs), *closed
    for label, ours, theirs in _designs(net, ref):
        yield label, name, array(ours), array(theirs), *closed
    for method, tolerance in (("DL", closed), ("REML", DERIVED)):
        fit = nw.fit_network(net, method=method)
        theirs = ref[f"random_{method}"]
        found = [*_random(net, fit, theirs, ref["small_values"])]
        found += _splits(net, common, fit, theirs)
        for label, ours, value in found:
            exact = ITERATED if label == "tau2" and method == "REML" else tolerance
            yield f"{method} {label}", name, array(ours), array(value), *exact
        adjusted = _adjusted(net, fit.tau2, rows)
        label = f"{method} adjusted standard error"
        yield label, name, array(adjusted), array(theirs["seTE_adj_random"]), *tolerance
        for label, ours, value in _ranks(net, fit, theirs, ref):
            yield f"{method} {label}", name, array(ours), array(value), *DRAWN
    yield from _likelihoods(net, ref, name)
    if "netsplit_SIDDE_random_DL" in ref:
        for label, ours, theirs in _sidde(net, common, ref):
            yield label, name, array(ours), array(theirs), *closed
    if "components" in ref:
        for label, ours, theirs in _components(net, ref["components"]):
            yield label, name, array(ours), array(theirs), *closed


def _matrices(fit: nw.NetworkFit, theirs: Any, label: str) -> Iterator[tuple[str, Any, Any]]:
    off = ~np.eye(len(fit.treatments), dtype=bool)
    for field, ours in (
        ("TE", fit.estimate), ("seTE", fit.se), ("lower", fit.lower), ("upper", fit.upper),
        ("z", fit.z), ("p", fit.p),
    ):  # fmt: skip
        yield f"{label} {field}", ours[off], array(theirs[field])[off]


def _direct(net: nw.Network, d: nw.Direct, theirs: Any, label: str) -> Iterator[Any]:
    n = len(net.treatments)
    te, se = np.full((n, n), np.nan), np.full((n, n), np.nan)
    known = d.studies > 0
    i, j = d.first[known], d.second[known]
    te[i, j], te[j, i] = d.estimate[known], -d.estimate[known]
    se[i, j] = se[j, i] = np.sqrt(d.variance[known])
    half = ndtri(0.975) * se
    for field, ours in (
        ("TE", te), ("seTE", se), ("lower", te - half), ("upper", te + half), ("z", te / se),
        ("p", 2 * ndtr(-np.abs(te / se))),
    ):  # fmt: skip
        off = ~np.eye(n, dtype=bool)
        yield f"{label} {field}", ours[off], array(theirs[field])[off]


def _contributions(
    net: nw.Network, fit: nw.NetworkFit, theirs: Any, model: str
) -> Iterator[tuple[str, Any, Any]]:
    for method, how in (("random_walk", nw.random_walk), ("shortest_path", nw.shortest_paths)):
        told = theirs.get(f"contribution_{method}")
        if not told or told.get(model) is None:
            continue
        ours = how(net, fit)
        rows, _ = _Pairs(net, ours.first, ours.second).find(told["rows"])
        columns, _ = _Pairs(net, ours.edge_first, ours.edge_second).find(told["cols"])
        yield f"contributions by {method}", ours.comparison[np.ix_(rows, columns)], told[model]


def _adjusted(net: nw.Network, tau2: float, rows: list[dict[str, str]]) -> list[float | None]:
    ours = nw.adjusted_se(net, tau2)
    place = {t: k for k, t in enumerate(net.treatments)}
    return [
        ours[r["studlab"], *sorted((r["treat1"], r["treat2"]), key=place.__getitem__)] for r in rows
    ]


def _common(
    net: nw.Network, fit: nw.NetworkFit, ref: Any, rows: list[dict[str, str]]
) -> Iterator[tuple[str, Any, Any]]:
    told = ref["common"]
    yield from _matrices(fit, told, "common")
    direct = nw.direct_evidence(net, fit)
    yield from _direct(net, direct, told["direct"], "common direct")
    at, _ = _Pairs(net, direct.first, direct.second).find(told["prop_direct"]["pairs"])
    yield "common proportion direct", direct.proportion[at], told["prop_direct"]["value"]
    scores = nw.p_scores(fit, smaller_is_better=ref["small_values"] == "desirable")
    yield "common P-score", scores, told["pscore"]
    for label, ours, theirs in _contributions(net, fit, told, "common"):
        yield f"common {label}", ours, theirs
    theirs = [float(r["seTE_adj_common"]) for r in rows]
    yield "common adjusted standard error", _adjusted(net, 0.0, rows), theirs
    q = ref["Q_common"]
    yield "Q, df, p", [fit.q, fit.df, fit.q_p], [q["Q"], q["df"], q["p"]]


def _three(chi: nw.ChiSquared) -> list[float | None]:
    return [chi.q, chi.df, chi.p]


def _designs(net: nw.Network, ref: Any) -> Iterator[tuple[str, Any, Any]]:
    told, ours = ref["designs"], nw.decompose(net)
    parts = {r["term"]: [r["Q"], r["df"], r["pval"]] for r in told["Q_decomp"]}
    yield "Q total", _three(ours.total), parts["Total"]
    yield "Q within designs", _three(ours.within), parts["Within designs"]
    yield "Q between designs", _three(ours.between), parts["Between designs"]
    by = {frozenset(d.design): d for d in ours.designs}
    rows = told["Q_within_by_design"]
    mine = [_three(by[frozenset(r["design"].split(":"))].within) for r in rows]
    yield "Q within each design", mine, [[r["Q"], r["df"], r["pval"]] for r in rows]
    rows = told["Q_between_after_detaching"]
    mine = [_three(by[frozenset(r["design"].split(":"))].detached) for r in rows]
    yield "Q after detaching", mine, [[r["Q"], r["df"], r["pval"]] for r in rows]
    for row in told["Q_inc_random_full_design_by_treatment"]:
        theirs = [row["Q"], row["df"], row["pval"], row["tau_within"]]
        mine = [*_three(ours.between_random), ours.tau_within]
        yield "design-by-treatment Q, df, p, tau within", mine, theirs


def _random(net: nw.Network, fit: nw.NetworkFit, told: Any, small: str) -> Iterator[Any]:
    yield "tau2", fit.tau2, told["tau2"]
    mine = [fit.i2, fit.i2_lower, fit.i2_upper]
    yield "I2 and its interval", mine, [told["I2"], told["I2_lb"], told["I2_ub"]]
    yield "Q, df, p", [fit.q, fit.df, fit.q_p], [told["Q"], told["df_Q"], told["p_Q"]]
    d = nw.decompose(net)
    for part, chi in (("heterogeneity", d.within), ("inconsistency", d.between)):
        theirs = [told[f"Q_{part}"], told[f"df_Q_{part}"], told[f"p_Q_{part}"]]
        yield f"Q of {part}", _three(chi), theirs
    yield from _matrices(fit, told["random"], "network")
    yield "prediction df", fit.df, told["prediction"]["df"]
    yield "prediction lower", fit.prediction_lower, told["prediction"]["lower"]
    yield "prediction upper", fit.prediction_upper, told["prediction"]["upper"]
    direct = nw.direct_evidence(net, fit)
    yield from _direct(net, direct, told["direct_random"], "direct")
    pairs = _Pairs(net, direct.first, direct.second)
    share = told["prop_direct_random"]
    yield "proportion direct", direct.proportion[pairs.find(share["pairs"])[0]], share["value"]
    scores = nw.p_scores(fit, smaller_is_better=small == "desirable")
    yield "P-score", scores, told["pscore_random"]
    yield from _contributions(net, fit, told, "random")
    paths, theirs = nw.path_measures(net, fit), told["measures_random"]
    at = pairs.find(theirs["pairs"])[0]
    yield "mean path length", paths.mean_path_length[at], theirs["meanpath"]
    yield "minimal parallelism", paths.minimal_parallelism[at], theirs["minpar"]
    hat = told["hat_aggregate_random"]
    (rows, left), (columns, right) = pairs.find(hat["rows"]), pairs.find(hat["cols"])
    mine = nw.hat_matrix(net, fit)[np.ix_(rows, columns)] * left[:, None] * right[None, :]
    yield "aggregate hat matrix", mine, hat["values"]


def _splits(
    net: nw.Network, common: nw.NetworkFit, fit: nw.NetworkFit, told: Any
) -> Iterator[tuple[str, Any, Any]]:
    for model, used in (("common", common), ("random", fit)):
        theirs = told["netsplit_back"][model]
        ours = _split_rows(nw.node_split(net, used), theirs)
        yield f"node split, {model}", ours, _told_rows(theirs)


FIELDS = ("k", "prop_direct", "nma", "nma_se", "direct", "direct_se", "indirect", "indirect_se",
          "diff", "diff_se", "z", "p")  # fmt: skip


def _told_rows(theirs: list[dict[str, Any]]) -> NDArray[np.float64]:
    return array([[row[field] for field in FIELDS] for row in theirs])


def _split_rows(splits: tuple[nw.Split, ...], theirs: list[dict[str, Any]]) -> NDArray[np.float64]:
    by = {(s.first, s.second): s for s in splits}
    rows = []
    for row in theirs:
        a, b = row["comparison"].split(":")
        s, sign = (by[a, b], 1.0) if (a, b) in by else (by[b, a], -1.0)
        values = array([
            s.studies, s.proportion_direct, s.network, s.network_se, s.direct, s.direct_se,
            s.indirect, s.indirect_se, s.difference, s.difference_se, s.z, s.p,
        ])  # fmt: skip
        values[[2, 4, 6, 8, 10]] *= sign
        rows.append(values)
    return array(rows)


def _ranks(net: nw.Network, fit: nw.NetworkFit, told: Any, ref: Any) -> Iterator[Any]:
    ours = nw.rank_draws(fit, smaller_is_better=ref["small_values"] == "desirable")
    yield "SUCRA by draws", ours.sucra, told["sucra_random_mc10000"]
    yield "rank probabilities by draws", ours.probability, told["rank_prob_random_mc10000"]


def _contrast_rows(net: nw.Network) -> NDArray[np.float64]:
    """Return the rows of the contrasts of each study against its first arm."""
    rows = []
    for block in net.blocks:
        for arms in block.arms:
            for arm in arms[1:]:
                row = np.zeros(len(net.treatments))
                row[arm], row[arms[0]] = 1, -1
                rows.append(row[1:])
    return array(rows)


def _likelihoods(net: nw.Network, ref: Any, name: str) -> Iterator[Statistic]:
    x = _contrast_rows(net)
    for method, extra in (("REML", np.linalg.slogdet(x.T @ x)[1] / 2), ("ML", 0.0)):
        fit, told = nw.fit_network(net, method=method), ref[f"random_{method}"]
        ours = array(fit.log_likelihood + extra)
        yield f"{method} log-likelihood", name, ours, array(told["loglik"]), *DERIVED
    off = ~np.eye(len(net.treatments), dtype=bool)
    yield "ML tau2", name, array(fit.tau2), array(told["tau2"]), *ITERATED
    yield "ML TE", name, fit.estimate[off], array(told["TE"])[off], *DERIVED
    yield "ML seTE", name, fit.se[off], array(told["seTE"])[off], *DERIVED


def _sidde(net: nw.Network, common: nw.NetworkFit, ref: Any) -> Iterator[tuple[str, Any, Any]]:
    told = ref["netsplit_SIDDE_random_DL"]
    for model, fit in (("common", common), ("random", nw.fit_network(net, method="DL"))):
        ours = _split_rows(nw.design_split(net, fit), told[model])
        yield f"design split, {model}", ours, _told_rows(told[model])


def _components(net: nw.Network, told: Any) -> Iterator[tuple[str, Any, Any]]:
    for model, method in (("common", "common"), ("random", "DL")):
        fit = nw.fit_components(net, separator=" + ", inactive=told["inactive"], method=method)
        by = {effect.name: effect for effect in fit.effects}
        for field, theirs in (
            ("estimate", "estimate"), ("se", "se"), ("lower", "ci_lb"), ("upper", "ci_ub"),
        ):  # fmt: skip
            if theirs in told[model]:
                ours = [getattr(by[c], field) for c in told["components"]]
                yield f"components {model} {field}", ours, told[model][theirs]
    yield "components tau2", fit.tau2, told["tau2"]
    at = [net.treatments.index(t) for t in told["treatments"]]
    yield "components TE", fit.estimate[np.ix_(at, at)], told["TE_random"]
    yield "components seTE", fit.se[np.ix_(at, at)], told["seTE_random"]
    for part, ours in (("additive", fit.additive), ("diff", fit.difference)):
        theirs = [told[f"Q_{part}"], told[f"df_Q_{part}"], told[f"p_Q_{part}"]]
        yield f"components Q {part}", _three(ours), theirs


def read_counts(folder: Path) -> tuple[list[str], list[str], list[float], list[float]]:
    """Return study, treatment, events and people of every arm of a binary set."""
    with (folder / "data.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if "treat1" in rows[0]:
        arms = [
            (str(k), r[f"treat{i}"], r[f"event{i}"], r[f"n{i}"])
            for k, r in enumerate(rows)
            for i in (1, 2, 3)
            if r[f"treat{i}"]
        ]
    else:
        events, people = ("stroke", "total") if "stroke" in rows[0] else ("death", "randomized")
        arms = [(r["id"], r["treatment"], r[events], r[people]) for r in rows]
    study, treatment, count, size = zip(*arms, strict=True)
    return list(study), list(treatment), [float(c) for c in count], [float(n) for n in size]


def _mantel_haenszel(folder: Path, name: str) -> Iterator[Statistic]:
    told = json.loads((folder / "mantel_haenszel.json").read_text(encoding="utf-8"))
    fit = nw.mantel_haenszel(*read_counts(folder))
    at = [fit.treatments.index(t) for t in told["treatments"]]
    ix = np.ix_(at, at)
    yield "Mantel-Haenszel TE", name, fit.estimate[ix], array(told["TE"]), *CLOSED
    yield "Mantel-Haenszel seTE", name, fit.se[ix], array(told["seTE"]), *CLOSED
    yield "Mantel-Haenszel studies", name, array(fit.studies), array(told["k"]), *CLOSED


def _split_scalp(folder: Path) -> Iterator[Statistic]:
    name = folder.name
    told = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    net = read_contrasts(folder / "contrasts.csv")
    at = [net.treatments.index(t) for t in told["treatments"]]
    vehicle = net.treatments.index(told["reference"])
    common = nw.fit_network(net, method="common")
    random = nw.fit_network(net)
    for label, fit, theirs, tolerance in (
        ("common", common, told["common"], CLOSED),
        ("REML", random, told["random_REML"], DERIVED),
    ):
        c = fit.covariance
        spread = c - c[vehicle] - c[:, [vehicle]] + c[vehicle, vehicle]
        for field, ours, value in (
            ("estimate", fit.estimate[at, vehicle], theirs["estimate"]),
            ("se", fit.se[at, vehicle], theirs["se"]),
            ("covariance", spread[np.ix_(at, at)], theirs["vcov"]),
        ):
            yield f"{label} split-scalp {field}", name, ours, array(value), *tolerance
    q = told["common"]
    yield "Q, df", name, array([common.q, common.df]), array([q["Q"], q["df"]]), *CLOSED
    yield "REML tau2", name, array(random.tau2), array(told["random_REML"]["tau2"]), *ITERATED
    told = told["netmeta_correlated"]
    at = [net.treatments.index(t) for t in told["treatments"]]
    ix = np.ix_(at, at)
    yield "correlated arms TE", name, common.estimate[ix], array(told["TE"]), *CLOSED
    yield "correlated arms seTE", name, common.se[ix], array(told["seTE"]), *CLOSED
