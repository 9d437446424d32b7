"""Every multivariate fit of the reference sets, ours beside metafor's and clubSandwich's."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from anagen.synthesis.multivariate import MultivariateFit, fit, predict
from anagen.synthesis.random_terms import RandomTerm, random_intercept, random_vector
from anagen.synthesis.robust import robust
from anagen.synthesis.sampling_covariance import (
    SamplingCovariance,
    autoregressive,
    from_upper_triangle,
    independent,
)

Row = tuple[str, str, float, float, float, float]

COMPONENT = 1e-3  # two optimisers on a flat surface
AT_BOUND = 1e-3  # a correlation or variance at its bound, absolute
COEFFICIENT = 1e-4  # what follows from the components
SQUARED = 2e-4  # squares of what follows from them
CLOSED = 1e-8  # no component enters
LOGLIK = 1e-5  # absolute: at a maximum it moves with the square of a component's error; ML at a
# REML maximum (and the other way round) moves with its first power
ARE_ZERO = 1e-6  # a variance below it means 0
SETS = (
    "berkey1998", "dagostino1998_phi05", "ishak2007_phi05", "ishak2007_phi097",
    "konstantopoulos2011",
)  # fmt: skip
TIME_ERRORS = {"ishak2007_phi05": 0.5, "ishak2007_phi097": 0.97, "dagostino1998_phi05": 0.5}


class Data:
    """One reference set: rows, effects, covariance and theirs."""

    def __init__(self, shared: Path, name: str) -> None:
        folder = shared / "stats" / "reference" / "sets" / "multivariate" / name
        with (folder / "data.csv").open(encoding="utf-8") as stream:
            self.rows = list(csv.DictReader(stream))
        self.fits = json.loads((folder / "reference.json").read_text(encoding="utf-8"))["fits"]
        self.y = np.array([float(r["yi"]) for r in self.rows])
        self.vi = np.array([float(r["vi"]) for r in self.rows])
        self.name, self.v = name, self._covariance(folder / "V_upper_sparse.csv")

    def _covariance(self, path: Path) -> SamplingCovariance:
        if not path.exists():
            return independent(self.vi)
        with path.open(encoding="utf-8") as stream:
            entries = list(csv.DictReader(stream))
        i, j = ([int(e[c]) - 1 for e in entries] for c in ("i", "j"))
        return from_upper_triangle(i, j, [float(e["v"]) for e in entries], len(self.rows))

    def column(self, name: str) -> list[str]:
        return [r[name] for r in self.rows]

    def indicators(self, name: str) -> np.ndarray:
        values = self.column(name)
        return np.array([[float(a == b) for b in sorted(set(values))] for a in values])

    def years(self, centre: float | None) -> np.ndarray:
        year = np.array([float(a) for a in self.column("year")])
        return year - (year.mean() if centre is None else centre)


def models(d: Data) -> Iterator[tuple[str, np.ndarray, list[RandomTerm], str]]:
    """Yield the name of each reference fit, its design, its random terms and its method."""
    if d.name == "berkey1998":
        x, term = (
            d.indicators("outcome"),
            random_vector(d.column("trial"), d.column("outcome"), "UN"),
        )
        yield "UN_REML", x, [term], "REML"
        yield "UN_ML", x, [term], "ML"
        yield "UN_ML_year", np.hstack([x, x * d.years(1983)[:, None]]), [term], "ML"
    elif d.name == "konstantopoulos2011":
        schools = list(zip(d.column("district"), d.column("school"), strict=True))
        terms = [random_intercept(d.column("district")), random_intercept(schools)]
        one = np.ones(len(d.rows))
        yield "three_level", one[:, None], terms, "REML"
        yield "three_level_year", np.column_stack([one, d.years(None)]), terms, "REML"
    else:
        x, study, time = d.indicators("time"), d.column("study"), d.column("time")
        for structure in ("UN", "HAR", "CS"):
            if structure in d.fits:
                yield structure, x, [random_vector(study, time, structure)], "REML"
        if d.name.startswith("dagostino"):
            x = np.column_stack([np.ones(len(d.rows)), x[:, 1]])
        yield "study_intercept", x, [random_intercept(study)], "REML"


def each(what: str, name: str, ours, theirs, relative: float, absolute: float = 0.0):
    mine, other = np.atleast_1d(ours).ravel(), np.atleast_1d(theirs).ravel()
    assert mine.size == other.size
    for a, b in zip(mine, other, strict=True):
        yield what, name, float(a), float(b), relative, absolute


def components(label: str, ours: MultivariateFit, theirs: dict) -> Iterator[Row]:
    variances = np.concatenate([c.variances for c in ours.components])
    expected = np.atleast_1d(theirs["sigma2"] if theirs["sigma2"] is not None else theirs["tau2"])
    tiny = ARE_ZERO * float(max(expected.max(), 1.0))
    yield from each("variance component", label, variances, expected, COMPONENT, tiny * 1e-2)
    correlations = np.concatenate([c.correlations for c in ours.components])
    if theirs["rho"] is not None:
        bound = AT_BOUND if abs(abs(theirs["rho"]) - 1) < AT_BOUND else 0.0
        yield from each("correlation", label, correlations, theirs["rho"], COMPONENT, bound)


def inference(label: str, ours: MultivariateFit, theirs: dict) -> Iterator[Row]:
    wide = float(np.max(np.atleast_1d(theirs["se"])))
    for what, mine in (
        ("estimate", ours.coefficients), ("se", ours.se), ("stat", ours.statistic),
        ("ci_lb", ours.low), ("ci_ub", ours.high),
    ):  # fmt: skip
        yield from each(what, label, mine, theirs[what], COEFFICIENT, COEFFICIENT * wide)
    yield from each("p (log)", label, np.log(ours.p), np.log(theirs["p"]), COEFFICIENT, COEFFICIENT)
    yield from each("vcov", label, ours.vcov, theirs["vcov"], SQUARED, SQUARED * wide**2)
    yield from each("QE", label, ours.q_e, theirs["QE"], CLOSED)
    yield from each("QE df", label, ours.q_e_df, theirs["QE_df"], 0.0)
    yield from each("QE p (log)", label, np.log(ours.q_e_p), np.log(theirs["QE_p"]), CLOSED)
    yield from each("QM", label, ours.q_m, theirs["QM"], SQUARED)
    yield from each("QM df", label, ours.q_m_df, theirs["QM_df"][0], 0.0)
    yield from each("QM p (log)", label, np.log(ours.q_m_p), np.log(theirs["QM_p"]), SQUARED)
    yield from each(
        "log likelihood REML", label, ours.loglik_reml, theirs["loglik_REML"], 0, LOGLIK
    )
    yield from each("log likelihood ML", label, ours.loglik_ml, theirs["loglik_ML"], 0, LOGLIK)


def by_t(label: str, ours: MultivariateFit, theirs: dict) -> Iterator[Row]:
    yield from each("t df", label, ours.df, theirs["df"], 0.0)
    yield from each("t p (log)", label, np.log(ours.p), np.log(theirs["p"]), COEFFICIENT)
    yield from each("t ci_lb", label, ours.low, theirs["ci_lb"], COEFFICIENT)
    yield from each("t ci_ub", label, ours.high, theirs["ci_ub"], COEFFICIENT)


def by_cluster(label: str, model: MultivariateFit, cluster, theirs: list) -> Iterator[Row]:
    for reference in theirs:
        kind = reference["vcov"][:3]
        ours = robust(model, cluster, correction=kind)
        df = np.broadcast_to(reference["df"], ours.df.shape)
        wide = COEFFICIENT * float(np.max(ours.se))
        yield from each(f"{kind} se", label, ours.se, reference["se"], COEFFICIENT)
        yield from each(f"{kind} df", label, ours.df, df, COEFFICIENT)
        p = np.log(np.atleast_1d(reference["p"]))
        yield from each(f"{kind} p (log)", label, np.log(ours.p), p, COEFFICIENT)
        if "ci_lb" in reference:
            yield from each(f"{kind} ci_lb", label, ours.low, reference["ci_lb"], COEFFICIENT, wide)
            yield from each(
                f"{kind} ci_ub", label, ours.high, reference["ci_ub"], COEFFICIENT, wide
            )


def one_fit(d: Data, name: str, x: np.ndarray, terms: list[RandomTerm], method: str):
    label, theirs = f"{d.name}/{name}", d.fits[name]
    ours = fit(d.y, x, d.v, terms, method=method)
    yield from each("k", label, ours.k, theirs["k"], 0.0)
    yield from components(label, ours, theirs)
    yield from inference(label, ours, theirs)
    if "contrast_1_minus_2" in theirs:
        contrast, reference = predict(ours, [1.0, -1.0]), theirs["contrast_1_minus_2"]
        yield from each("contrast", label, contrast.mean, reference["est"], COEFFICIENT)
        yield from each("contrast se", label, contrast.se, reference["se"], COEFFICIENT)
    if "t_contain" in theirs:
        yield from by_t(label, fit(d.y, x, d.v, terms, test="t"), theirs["t_contain"])
    for key, cluster in (("robust", "study"), ("robust_district", "district")):
        if key in theirs:
            yield from by_cluster(label, ours, d.column(cluster), theirs[key])


def built(d: Data) -> Iterator[Row]:
    """Yield the entries of V as our builder makes them, beside those of the file."""
    if d.name not in TIME_ERRORS:
        return
    time = [float(t) for t in d.column("time")]
    ours = autoregressive(d.vi, d.column("study"), time, TIME_ERRORS[d.name])
    for (_, a), (_, b) in zip(ours.blocks, d.v.blocks, strict=True):
        yield from each("known covariance", d.name, a, b, CLOSED)


def comparisons(shared: Path) -> Iterator[Row]:
    """Yield (statistic, set, ours, theirs, relative tolerance, absolute tolerance)."""
    for name in SETS:
        data = Data(shared, name)
        yield from built(data)
        for model in models(data):
            yield from one_fit(data, *model)
