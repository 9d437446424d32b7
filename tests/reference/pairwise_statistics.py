"""Every statistic of the pairwise reference sets beside ours, for the test and for a table."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from anagen.synthesis.exact_bayes import HalfCauchy, HalfNormal, NormalPrior, exact_bayes
from anagen.synthesis.heterogeneity import q_profile
from anagen.synthesis.influence import cumulative, influence, leave_one_out, study_effects
from anagen.synthesis.pairwise import fit_pairwise
from anagen.synthesis.regression import fit_regression, predict, regression_q_profile
from anagen.synthesis.selection import selection_model
from anagen.synthesis.small_study import begg, egger, precision_effect
from anagen.synthesis.subgroups import fit_subgroups
from anagen.synthesis.trim_fill import trim_and_fill

CLOSED, ITERATIVE, OPTIMISER = 1e-8, 1e-5, 1e-3  # the classes of the reference's README
ITERATED = ("REML", "ML", "EB", "PM")
NOTHING = 1e-8  # an iterated tau2 such as 1e-11 means 0
# The reference's optimiser stopped short of the maximum here: our log-likelihood is higher by 1e-5
# (normand1999) and 4e-4 (raudenbush1985, where the maximum is at tau2 = 0 and theirs at 2e-6).
STOPPED_SHORT = {"normand1999": 5e-3, "raudenbush1985": 1e-3}
# No study of this set has p > 0.025: the chance of such studies cannot be estimated, and the
# reference reports where its search ended, without standard errors.
ONE_INTERVAL = "lloyd2010_das_singlearm"
# The reference's trim-and-fill pools by REML with a looser stop: steps of tau2 below 1e-5.
LOOSE_STOP = 1e-5
# The reference looks for the upper bound no further than ten times the DL estimate.
DL_SEARCH = 10


class Comparison(NamedTuple):
    """One number of ours beside theirs, with the tolerances of its class."""

    statistic: str
    set: str
    ours: float
    theirs: float
    relative: float
    absolute: float

    @property
    def agrees(self) -> bool:
        """Return whether the difference is within either tolerance."""
        gap = abs(self.ours - self.theirs)
        return gap <= max(self.relative * abs(self.theirs), self.absolute)


def pairwise_folders(sets: Path) -> list[Path]:
    return sorted(f.parent for f in (sets / "pairwise").glob("*/reference.json"))


def effects(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    with (folder / "effects.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return np.array([float(r["yi"]) for r in rows]), np.array([float(r["vi"]) for r in rows])


def reference(folder: Path) -> dict:
    return json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def comparisons(sets: Path) -> Iterator[Comparison]:
    """Yield every number of the pairwise and nnhm sets that lie in a folder."""
    for folder in pairwise_folders(sets):
        y, v = effects(folder)
        theirs, name = reference(folder), folder.name
        parts = (common, random, sensitivity, small_study, regressions, subgroups)
        for part in parts:
            for statistic, a, b, relative, absolute in part(y, v, theirs, folder):
                yield from each(statistic, name, a, b, relative, absolute)
    for folder in sorted((sets / "bayes").glob("nnhm_*")):
        y, v = effects(sets / "pairwise" / folder.name.removeprefix("nnhm_"))
        for statistic, a, b, relative, absolute in bayes(y, v, reference(folder)):
            yield from each(statistic, folder.name, a, b, relative, absolute)


def each(statistic, name, ours, theirs, relative, absolute) -> Iterator[Comparison]:
    ours, theirs = np.atleast_1d(np.asarray(ours, float)), np.atleast_1d(np.asarray(theirs, float))
    assert ours.shape == theirs.shape, f"{statistic} of {name}: {ours.shape}, {theirs.shape}"
    for a, b in zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True):
        yield Comparison(statistic, name, a, b, relative, absolute)


def common(y, v, theirs, folder):
    fit, ref = fit_pairwise(y, v).common, theirs["common"]
    fields = {
        "estimate": fit.estimate, "se": fit.se, "ci_lb": fit.low, "ci_ub": fit.high, "z": fit.z,
        "p": fit.p, "Q": fit.q, "Q_df": fit.q_df, "Q_p": fit.q_p, "I2": fit.i2_percent,
        "H2": fit.h2, "loglik": fit.log_likelihood,
    }  # fmt: skip
    assert set(fields) == set(ref)
    for key, ours in fields.items():
        yield f"common effect: {key}", ours, ref[key], CLOSED, 1e-12


def interval(ours, theirs):
    """Return the numbers of an interval that the reference holds, ours and theirs."""
    fields = {
        "se": ours.se, "stat": ours.statistic, "df": ours.df, "p": ours.p, "ci_lb": ours.low,
        "ci_ub": ours.high,
    }  # fmt: skip
    keys = [k for k in fields if k in theirs]
    return [fields[k] for k in keys], [theirs[k] for k in keys]


def random(y, v, theirs, folder):
    for method, ref in theirs["random"].items():
        fit = fit_pairwise(y, v, method=method).random
        relative = ITERATIVE if method in ITERATED else CLOSED
        nothing = NOTHING if method in ITERATED else 1e-12
        found = fit.heterogeneity
        fields = {
            "tau2": found.tau2, "tau2_se": found.tau2_se, "I2": found.i2_percent, "H2": found.h2,
            "QE": found.q, "QE_df": found.q_df, "QE_p": found.q_p, "tau": found.tau,
            "loglik_ML": fit.log_likelihood_ml, "loglik_REML": fit.log_likelihood_reml,
            "estimate": fit.estimate, "weights_percent": fit.weights_percent,
            "vcov": [[fit.se**2]],
        }  # fmt: skip
        for key, ours in fields.items():
            absolute = {"tau": 1e-4, "I2": 1e-5}.get(key, nothing)  # of a tau2 that means 0
            yield f"{method}: {key}", ours, ref[key], relative, absolute
        kinds = {
            "wald_z": fit.wald_z, "wald_t": fit.wald_t, "hartung_knapp": fit.hartung_knapp,
            "hartung_knapp_adhoc": fit.hartung_knapp_guarded,
        }  # fmt: skip
        for kind, ours in kinds.items():
            yield f"{method}: {kind}", *interval(ours, ref[kind]), relative, 1e-12
        s2w = [fit.s2w, max(1, fit.s2w)]
        both = [ref[k]["s2w"] for k in ("hartung_knapp", "hartung_knapp_adhoc")]
        yield f"{method}: s2w", s2w, both, relative, 1e-12
        bounds = {
            "z_wald": fit.prediction.z_wald,
            "t_kminus1_wald": fit.prediction.t_k_minus_1_wald,
            "t_kminus2_wald": fit.prediction.t_k_minus_2_wald,
            "t_kminus1_hk": fit.prediction.t_k_minus_1_hk,
            "t_kminus2_hk": fit.prediction.t_k_minus_2_hk,
        }
        assert set(bounds) == set(ref["prediction_interval"])
        for kind, ours in bounds.items():
            theirs_pi = ref["prediction_interval"][kind]
            yield f"{method}: prediction {kind}", ours, theirs_pi, relative, 1e-12
        if "tau2_ci_qprofile" in ref:
            ours = q_profile(y, v)
            yield from profile(ours, ref, f"{method}: Q-profile", method)


def profile(ours, ref, label, method):
    theirs = ref["tau2_ci_qprofile"]
    cut = method == "DL" and np.isclose(theirs["tau2"][1], DL_SEARCH * ref["tau2"], rtol=1e-6)
    for key, bounds in (("tau2", ours.tau2), ("I2", ours.i2_percent), ("H2", ours.h2)):
        last = 1 if cut else 2
        yield f"{label} {key}", bounds[:last], theirs[key][:last], ITERATIVE, NOTHING


def sensitivity(y, v, theirs, folder):
    ref = theirs["sensitivity"]
    out = leave_one_out(y, v)
    fields = {
        "estimate": out.estimate, "se": out.se, "p": out.p, "ci_lb": out.low, "ci_ub": out.high,
        "Q": out.q, "Qp": out.q_p, "tau2": out.tau2, "I2": out.i2_percent, "H2": out.h2,
    }  # fmt: skip
    assert set(fields) == set(ref["leave1out_REML"]) - {"dropped"}
    for key, ours in fields.items():
        absolute = 1e-5 if key == "I2" else NOTHING
        yield f"leave-one-out: {key}", ours, ref["leave1out_REML"][key], ITERATIVE, absolute
    out = leave_one_out(y, v, method="common")
    for key, ours in (("estimate", out.estimate), ("se", out.se), ("Q", out.q)):
        yield f"leave-one-out, common: {key}", ours, ref["leave1out_common"][key], CLOSED, 1e-12
    case = influence(y, v)
    fields = {
        "rstudent": case.rstudent, "dffits": case.dffits, "cook.d": case.cook,
        "cov.r": case.covariance_ratio, "tau2.del": case.tau2_without, "QE.del": case.q_without,
        "hat": case.hat, "weight": case.weights_percent, "dfbetas": case.dfbetas,
        "influential": case.influential,
    }  # fmt: skip
    assert set(fields) == set(ref["influence_REML"])
    for key, ours in fields.items():
        yield f"influence: {key}", ours, ref["influence_REML"][key], ITERATIVE, NOTHING
    added, blup = cumulative(y, v), study_effects(y, v)
    for key in ("estimate", "se", "tau2"):
        theirs_cumulative = ref["cumulative_REML_in_given_order"][key]
        yield f"cumulative: {key}", getattr(added, key), theirs_cumulative, ITERATIVE, NOTHING
    fields = {"pred": blup.estimate, "se": blup.se, "pi_lb": blup.low, "pi_ub": blup.high}
    for key, ours in fields.items():
        yield f"study effects (BLUP): {key}", ours, ref["blup_REML"][key], ITERATIVE, NOTHING


def apart(v, folder):
    """Return variances; those that the reference ranks by rounding errors are made to differ.

    Two intervals of this set are equally wide, but bounds with decimals subtract to widths that
    differ in the last bit, and the reference ranks them by it. We would call them tied.
    """
    if folder.name != ONE_INTERVAL:
        return v
    with (folder / "data.csv").open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream)
        width = np.array([float(r["upper.das"]) - float(r["lower.das"]) for r in rows])
    return v * (1 + 1e-10 * np.searchsorted(np.unique(width), width))


def small_study(y, v, theirs, folder):
    ref = theirs["small_study"]
    lm = egger(y, v, any_k=True)
    fields = {
        "slope_on_sei": lm.slope_estimate, "slope_se": lm.slope.se, "stat_t": lm.slope.statistic,
        "df": lm.slope.df, "p": lm.slope.p, "limit_estimate": lm.limit_estimate,
        "limit_ci_lb": lm.limit.low, "limit_ci_ub": lm.limit.high,
    }  # fmt: skip
    for key, ours in fields.items():
        yield f"Egger, classical: {key}", ours, ref["egger_lm"][key], CLOSED, 1e-12
    mixed = egger(y, v, model="mixed", any_k=True)
    fields = {
        "stat_z": mixed.slope.statistic, "p": mixed.slope.p,
        "limit_estimate": mixed.limit_estimate, "limit_ci_lb": mixed.limit.low,
        "limit_ci_ub": mixed.limit.high,
    }  # fmt: skip
    for key, ours in fields.items():
        yield f"Egger, mixed: {key}", ours, ref["egger_mixed_reml"][key], ITERATIVE, NOTHING
    rank = begg(y, apart(v, folder), any_k=True)
    fields = {"kendall_tau": rank.kendall_tau, "p_asymptotic": rank.p_asymptotic}
    for key, ours in (fields | {"p_default": rank.p}).items():
        yield f"Begg: {key}", ours, ref["begg_rank"][key], CLOSED, 1e-12
    intercepts = precision_effect(y, v, any_k=True)
    for label, fit in (("PET", intercepts.pet), ("PEESE", intercepts.peese)):
        (one,) = ref[label.lower()]
        yield f"{label}: coef", fit.estimate, one["coef"], ITERATIVE, NOTHING
        yield f"{label}: se", [c.se for c in fit.wald_z], one["se"], ITERATIVE, NOTHING
        yield f"{label}: tau2", fit.residual.tau2, one["tau2"], ITERATIVE, NOTHING
    yield from filled(y, v, ref["trim_fill"])
    yield from selected(y, v, theirs, folder.name)


def filled(y, v, rows):
    for row in rows:
        method = {"FE": "common"}.get(row["model"], row["model"])
        ours = trim_and_fill(y, v, estimator=row["estimator"], method=method, any_k=True)
        assert ours.side == row["side"]
        theirs = [] if row["filled_yi"] is None else np.atleast_1d(row["filled_yi"])
        relative = ITERATIVE if method == "REML" else CLOSED
        absolute = LOOSE_STOP if method == "REML" else 1e-12
        label = f"trim-and-fill {row['estimator']} {method}"
        fields = {
            "k0": ours.missing, "k0_se": ours.missing_se, "estimate": ours.estimate,
            "se": ours.wald_z.se, "ci_lb": ours.wald_z.low, "ci_ub": ours.wald_z.high,
            "tau2": ours.tau2, "k_total": ours.studies,
        }  # fmt: skip
        for key, value in fields.items():
            yield f"{label}: {key}", value, row[key], relative, absolute
        yield f"{label}: filled", ours.filled, theirs, relative, absolute


def favoured(theirs) -> str:
    """Return the direction that the reference's selection model favours: the REML estimate's."""
    return "greater" if theirs["random"]["REML"]["estimate"] > 0 else "less"


def selected(y, v, theirs, name):
    ref = theirs["small_study"]["selection_step_025"]
    if ref is None or name == ONE_INTERVAL:
        return
    ours = selection_model(y, v, alternative=favoured(theirs), any_k=True)
    relative = STOPPED_SHORT.get(name, OPTIMISER)
    fields = {
        "estimate": ours.estimate, "se": ours.wald_z.se, "delta": ours.chances[1],
        "delta_se": ours.chances_se[1], "tau2": ours.tau2, "loglik": ours.log_likelihood,
        "LRT": ours.ratio, "LRT_p": ours.ratio_p,
    }  # fmt: skip
    for key, value in fields.items():
        target = ref[key][1] if key.startswith("delta") else ref[key]
        absolute = 1e-5 if key == "tau2" else NOTHING
        yield f"selection model: {key}", value, target, relative, absolute


def moderators(folder, coefficients):
    """Return the columns that the reference's coefficient names mean, NaN where a value lacks."""
    with (folder / "data.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    columns = []
    for name in coefficients[1:]:
        if name in rows[0]:
            columns.append([float(r[name]) if r[name] else np.nan for r in rows])
        else:
            (source,) = (c for c in rows[0] if name.startswith(c) and c != name)
            columns.append([float(r[source] == name.removeprefix(source)) for r in rows])
    return np.array(columns).T


def regressions(y, v, theirs, folder):
    for model in theirs.get("metareg", []):
        for method, ref in model["fits"].items():
            x = moderators(folder, ref["coef_names"])
            known = np.isfinite(x).all(axis=1)
            assert known.sum() == model["n_used"]
            names = tuple(ref["coef_names"][1:])
            data = y[known], v[known], x[known], names
            fit = fit_regression(*data, method=method)
            yield from regression(fit, ref, method)
            if "tau2_ci_qprofile" in ref:
                ours = regression_q_profile(*data)
                yield from profile(ours, ref, "regression: Q-profile", method)
            new = model.get("predict_REML_z")
            if new and method == "REML":
                yield from predictions(predict(fit, new["newmods"]), new)


def regression(fit, ref, method):
    relative = ITERATIVE if method in ITERATED else CLOSED
    left = fit.residual
    fields = {
        "tau2": left.tau2, "tau2_se": left.tau2_se, "tau": left.tau, "I2": left.i2_percent,
        "H2": left.h2, "QE": left.q, "QE_df": left.q_df, "QE_p": left.q_p,
        "loglik_ML": fit.log_likelihood_ml, "loglik_REML": fit.log_likelihood_reml,
        "estimate": fit.estimate, "vcov": fit.vcov, "R2": fit.r2_percent, "QM": fit.qm,
        "QM_df": fit.qm_df, "QM_p": fit.qm_p, "hk_F": fit.f, "hk_F_df": fit.f_df, "hk_F_p": fit.f_p,
    }  # fmt: skip
    for key, ours in fields.items():
        yield f"regression: {key}", ours, ref[key], relative, NOTHING
    kinds = {
        "wald_z": fit.wald_z, "wald_t": fit.wald_t, "hartung_knapp": fit.hartung_knapp,
        "hartung_knapp_adhoc": fit.hartung_knapp_guarded,
    }  # fmt: skip
    for kind, intervals in kinds.items():
        for i, ours in enumerate(intervals):
            one = {k: (b[i] if isinstance(b, list) else b) for k, b in ref[kind].items()}
            yield f"regression: {kind}", *interval(ours, one), relative, NOTHING


def predictions(ours, ref):
    fields = {
        "pred": [p.estimate for p in ours], "se": [p.se for p in ours],
        "ci_lb": [p.low for p in ours], "ci_ub": [p.high for p in ours],
        "pi_lb": [p.prediction[0] for p in ours], "pi_ub": [p.prediction[1] for p in ours],
    }  # fmt: skip
    for key, values in fields.items():
        yield f"regression: predicted {key}", values, ref[key], ITERATIVE, NOTHING


def subgroups(y, v, theirs, folder):
    ref = theirs.get("subgroup")
    if not ref:
        return
    with (folder / "data.csv").open(encoding="utf-8") as stream:
        groups = [r[ref["variable"]] for r in csv.DictReader(stream)]
    fit = fit_subgroups(y, v, groups)
    assert [g.name for g in fit.separate_tau2.groups] == ref["groups"]
    for group in fit.separate_tau2.groups:
        fields = {
            "k": group.studies, "estimate": group.estimate, "se": group.wald_z.se,
            "tau2": group.heterogeneity.tau2, "QE": group.heterogeneity.q,
            "I2": group.heterogeneity.i2_percent,
        }  # fmt: skip
        one = ref["separate_tau2"][group.name]
        for key, ours in fields.items():
            yield f"subgroups: {key}", ours, one[key], ITERATIVE, NOTHING
    apart, together = fit.separate_tau2, ref["common_tau2"]
    between = [ref[k] for k in ("Q_between_separate", "df", "p_between_separate")]
    yield "subgroups: Q between", [apart.q, apart.q_df, apart.q_p], between, ITERATIVE, NOTHING
    same = fit.common_tau2
    fields = {
        "estimate": [g.estimate for g in same.groups], "se": [g.wald_z.se for g in same.groups],
        "tau2": fit.heterogeneity.tau2, "QM": same.q, "QM_p": same.q_p,
    }  # fmt: skip
    for key, ours in fields.items():
        yield f"subgroups, common tau2: {key}", ours, together[key], ITERATIVE, NOTHING


PRIORS = {"half-normal": HalfNormal, "half-Cauchy": HalfCauchy}
NODES = 6001  # the reference's quantiles of tau are nodes of its grid, tau = end (i / 6000)²


def reference_end(y, v) -> float:
    """Return the tau at which the reference's quadrature ends."""
    return 12 * max(float(np.std(y, ddof=1)), float(np.median(np.sqrt(v))))


def bayes(y, v, theirs):
    end = reference_end(y, v)
    for ref in theirs["fits"]:
        kind, scale = re.fullmatch(r"(\S+)\(scale=(.*)\)", ref["prior_tau"]).groups()
        mu = None if ref["prior_mu"] == "flat" else NormalPrior(**ref["prior_mu"])
        levels = tuple(ref["quantile_levels"])
        ours = exact_bayes(
            y, v, prior=PRIORS[kind](scale=float(scale)), mu_prior=mu, levels=levels,
            longest_tau=end,
        )  # fmt: skip
        parts = {"mu": ours.mu, "predictive_new_study": ours.predictive, "tau": ours.tau}
        for part, values in parts.items():
            for key, value in (("mean", values.mean), ("sd", values.sd)):
                yield f"exact Bayes: {part} {key}", value, ref[part][key], ITERATIVE, 1e-10
            if part != "tau":
                label = f"exact Bayes: {part} quantiles"
                yield label, values.quantiles, ref[part]["q"], ITERATIVE, 1e-10
        for value, node in zip(ours.tau.quantiles, ref["tau"]["q"], strict=True):
            step = 2 * np.sqrt(end * node) / (NODES - 1)
            yield "exact Bayes: tau quantiles", value, node, 1e-3, step
        above = [ours.above_mu, ours.above_predictive]
        theirs_above = [ref[k]["prob_gt0"] for k in ("mu", "predictive_new_study")]
        yield "exact Bayes: probability above 0", above, theirs_above, ITERATIVE, 1e-10
        shrunk = ref["study_shrinkage"]
        yield "exact Bayes: study means", ours.shrunken, shrunk["mean"], ITERATIVE, 1e-10
        yield "exact Bayes: study sd", ours.shrunken_sd, shrunk["sd"], ITERATIVE, 1e-10
        evidence = ours.log_marginal_likelihood, ref["log_marginal_likelihood"]
        yield "exact Bayes: log marginal likelihood", *evidence, ITERATIVE, 1e-10
