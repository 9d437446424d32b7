"""Every statistic of the Bayesian reference sets beside ours, for the tests and for the docs."""

import csv
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from anagen.synthesis import bayes
from anagen.synthesis.bayes import Prior, Sampling, summarise
from anagen.synthesis.bayes.time_course import effects_at
from anagen.synthesis.time_course_data import read_visits

MEAN_SD = 0.05  # of a posterior SD: the tolerance that the reference states for MCMC
SD_SHARE = 0.05  # the ratio of SDs, likewise
EFFECTIVE = 4000
PAIRWISE = {"bcg": (0, 2), "fleiss1993cont": (0, 3), "normand1999": (0,), "raudenbush1985": (3,)}
SLOW = ("normand1999", "raudenbush1985")
NETWORKS = ("dietfat_re", "parkinson_fe", "parkinson_re", "smoking_re")
COURSES = ("alog_pcfb_emax_re", "copd_loglin_re", "osteopain_emax_fe", "osteopain_emax_re")
SPLITS = (("A", "B"), ("A", "C"), ("C", "D"))
SAMPLING = Sampling(draws=5000, seed=20)
SHORTER = Sampling(draws=2500, seed=20)  # a split is compared by its interval alone
LONGER = Sampling(draws=8000, seed=20)  # a large tau beside small errors slows the chains of mu


class Statistic(NamedTuple):
    """One figure of ours beside the reference's, and the largest difference allowed."""

    statistic: str
    set: str
    ours: float
    theirs: float
    tolerance: str
    allowed: float

    @property
    def differs(self):
        return abs(self.ours - self.theirs) > self.allowed


def _read(folder):
    return json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def _rows(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _moments(name, where, draws, mean, sd, *, more=0.0):
    ours = summarise(draws)
    allowed = MEAN_SD * sd + more
    yield Statistic(f"mean of {name}", where, ours.mean, mean, "0.05 posterior SD", allowed)
    yield Statistic(f"SD of {name}", where, ours.sd, sd, "5 %", SD_SHARE * sd)
    yield Statistic(
        f"effective draws of {name}, 4,000 at least", where,
        min(ours.ess_bulk, float(EFFECTIVE)), EFFECTIVE, "none short", 0.0,
    )  # fmt: skip


def _tau_prior(text):
    kind, scale = re.fullmatch(r"half-(normal|Cauchy)\(scale=([\d.]+)\)", text).groups()
    return Prior(kind=f"half_{kind.lower()}", scale=float(scale))


def pairwise(folder: Path, fits) -> Iterator[Statistic]:
    reference = _read(folder)
    rows = _rows(folder / reference["effects"])
    y, v = ([float(r[c]) for r in rows] for c in ("yi", "vi"))
    for which in fits:
        theirs = reference["fits"][which]
        mu = theirs["prior_mu"]
        prior = None if mu == "flat" else Prior(kind="normal", location=mu["mean"], scale=mu["sd"])
        options = LONGER if reference["id"] in SLOW else SAMPLING
        fit = bayes.fit_pairwise(
            y, v, tau_prior=_tau_prior(theirs["prior_tau"]), mu_prior=prior, sampling=options
        )
        told = "flat" if prior is None else prior.in_words()
        where = f"nnhm {reference['id']}, {theirs['prior_tau']}, mu {told}"
        for ours, name in (("mu", "mu"), ("tau", "tau"), ("new_study", "predictive_new_study")):
            yield from _moments(
                name, where, fit.draws[ours], theirs[name]["mean"], theirs[name]["sd"]
            )


def _network_data(folder, reference):
    rows = _rows(folder / "data.csv")
    study, treatment = [r["study"] for r in rows], [r["treatment"] for r in rows]
    kind = {"binom": "binomial"}.get(reference["likelihood"], reference["likelihood"])
    if kind == "normal":
        outcome = [float(r["mean"]) for r in rows]
        size = [float(r["std.dev"]) / math.sqrt(float(r["sampleSize"])) for r in rows]
    else:
        outcome = [float(r["responders"]) for r in rows]
        size = [float(r["exposure" if kind == "poisson" else "sampleSize"]) for r in rows]
    return study, treatment, outcome, size, kind


def _network_priors(reference):
    om = reference["om_scale"]
    vague = Prior(kind="normal", scale=15 * om)
    return {
        "d_prior": vague, "baseline_prior": vague,
        "tau_prior": Prior(kind="uniform", location=0.0, scale=om),
    }  # fmt: skip


def network(folder: Path) -> Iterator[Statistic]:
    reference = _read(folder)
    *arms, kind = _network_data(folder, reference)
    fit = bayes.fit_network(
        *arms, likelihood=kind, random=reference["priors"]["tau"] is not None,
        reference=reference["reference"], sampling=SAMPLING, **_network_priors(reference),
    )  # fmt: skip
    where = f"nma {reference['id']}"
    for row in reference["posterior"]:
        name = row["parameter"]
        if name == "sd.d":
            draws = fit.draws["tau"]
        else:
            draws = fit.draws["d"][:, :, fit.labels["d"].index(name.rsplit(".", 1)[1])]
        yield from _moments(name, where, draws, row["mean"], row["sd"], more=4 * row["mcse"])
    for name, value in (
        ("Dbar", fit.deviance.mean), ("pD", fit.deviance.effective_parameters),
        ("DIC", fit.deviance.dic),
    ):  # fmt: skip
        yield Statistic(name, where, value, reference["DIC"][name], "0.3", 0.3)
    yield from _ranks(fit, reference["rank_probability_rank1_is_largest_d"], where)


def _ranks(fit, theirs, where):
    d = fit.pooled("d")
    ours = bayes.rank_probabilities(np.concatenate([np.zeros((len(d), 1)), d], axis=1))
    labels = (fit.options["reference"], *fit.labels["d"])
    order = [labels.index(t) for t in theirs["treatments"]]
    largest = np.abs(ours[order] - np.array(theirs["matrix"])).max()
    yield Statistic(
        "rank probabilities, largest difference", where, float(largest), 0.0, "0.015", 0.015
    )


def node_splits(folder: Path) -> Iterator[Statistic]:
    reference = _read(folder)
    *arms, kind = _network_data(folder, reference)
    theirs = reference["nodesplit"]
    for i, row in enumerate(theirs["p_value"]):
        if (row["t1"], row["t2"]) not in SPLITS:
            continue
        split = bayes.split_node(
            *arms, (row["t1"], row["t2"]), likelihood=kind, sampling=SHORTER,
            **_network_priors(reference),
        )  # fmt: skip
        where = f"node split {reference['id']} {row['t1']}:{row['t2']}"
        for name, ours in (("direct", split.direct), ("indirect", split.indirect)):
            told = theirs[name][i]
            width = (told["ci.u"] - told["ci.l"]) / (2 * 1.96)
            for end, value, share in (
                ("pe", ours.median, 0.05), ("ci.l", ours.low, 0.15), ("ci.u", ours.high, 0.15)
            ):  # fmt: skip
                yield Statistic(
                    f"{name} {end}", where, value, told[end], f"{share} of its SD", share * width
                )
        yield Statistic("p", where, split.p, row["p"], "0.03", 0.03)


def _course_fit(folder, reference):
    rows = _rows(folder / "data_coded.csv")
    names = reference["treatments_in_code_order"]
    absolute = not all(reference["change_from_baseline_by_study"])
    visits = read_visits(
        [r["studyID"] for r in rows], [names[int(r["treatment"]) - 1] for r in rows],
        *([float(r[c]) for r in rows] for c in ("time", "y", "se")),
        reference=names[0], absolute=absolute,
    )  # fmt: skip
    shape = "log_linear" if "loglin" in reference["id"] else "emax"
    vague = Prior(kind="normal", scale=100.0)
    priors = {"mu": vague, "d": Prior(kind="normal", scale=1000**0.5)}
    if absolute:
        priors["alpha"] = vague
    if shape == "emax":
        priors["kinetic"] = Prior(kind="half_normal", scale=100.0)
    random = not reference["id"].endswith("_fe")
    if random:
        priors["tau"] = Prior(kind="half_normal", scale=20**0.5)
    return bayes.fit_time_course(
        visits, shape, independent=True, random=random, priors=priors, sampling=SAMPLING
    )


def time_course(folder: Path) -> Iterator[Statistic]:
    reference = _read(folder)
    fit = _course_fit(folder, reference)
    names, where = reference["treatments_in_code_order"], f"time course {reference['id']}"
    for row in reference["posterior"]:
        name = row["parameter"]
        effect = re.fullmatch(r"(?:emax|rate)\[(\d+)\]", name)
        if row["sd"] == 0:
            continue
        if effect:
            draws = fit.draws["d"][:, :, fit.labels["d"].index(names[int(effect[1]) - 1])]
        elif name in ("et50", "sd.emax", "sd.rate"):
            draws = fit.draws["kinetic" if name == "et50" else "tau"]
        else:
            continue
        more = 4 * row["mcse_approx"]
        yield from _moments(name, where, draws, row["mean"], row["sd"], more=more)
    mean, told = fit.deviance.mean, reference["residual_deviance"]["mean"][0]
    spread = next(r["sd"] for r in reference["posterior"] if r["parameter"] == "totresdev")
    yield Statistic(
        "residual deviance", where, mean, told, "0.1 posterior SD", 2 * MEAN_SD * spread
    )
    yield from _differences(fit, reference, where)


def _differences(fit, reference, where):
    labels = (fit.options["reference"], *fit.labels["d"])
    for told in reference["relative_effects"]:
        effects = effects_at(fit, [told["time"]])[:, 0]
        order = [labels.index(t) for t in told["treatments"]]
        d = effects[:, order]
        ours = d.mean(axis=0)[:, None] - d.mean(axis=0)[None, :]
        theirs = np.array(told["mean"], dtype=float)
        sds = np.array(told["sd"], dtype=float)
        off = ~np.eye(len(order), dtype=bool)
        largest = np.abs(ours - theirs)[off] / sds[off]
        yield Statistic(
            f"differences of all pairs at {told['time']}, largest in posterior SDs", where,
            float(largest.max()), 0.0, "0.07 posterior SD (largest of all pairs)", 0.07,
        )  # fmt: skip


def comparisons(sets: Path) -> Iterator[Statistic]:
    """Yield every comparison; `sets` is the folder of the Bayesian reference sets."""
    for name, fits in PAIRWISE.items():
        yield from pairwise(sets / f"nnhm_{name}", fits)
    for name in NETWORKS:
        yield from network(sets / f"nma_{name}")
    yield from node_splits(sets / "nma_smoking_re")
    for name in COURSES:
        yield from time_course(sets / f"timecourse_{name}")


def statistics(sets: Path) -> Iterator[tuple[str, str, float, float, str]]:
    """Yield (statistic, set, ours, theirs, tolerance) of every comparison, for a table."""
    for found in comparisons(sets):
        yield found[:5]
