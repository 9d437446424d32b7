"""Effects pooled by subgroup, with a test between: each group its own tau2, or one for all."""

import math

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.heterogeneity import Heterogeneity, Method, describe, variance
from anagen.synthesis.pairwise import Interval, normal_interval
from anagen.synthesis.regression import check_ratio
from anagen.synthesis.weighted import Effects, check_level, checked, chi2_p, normal_quantile


class Subgroup(Record):
    """One group's pooled effect with a normal interval; no heterogeneity of its own if common."""

    name: str
    studies: int
    estimate: float
    wald_z: Interval
    heterogeneity: Heterogeneity | None = None


class Between(Record):
    """The groups under one assumption of tau2, and the test that all have one effect."""

    groups: tuple[Subgroup, ...]
    q: float
    q_df: int
    q_p: float


class Subgroups(Record):
    """The groups with a tau2 of their own and with a common one (`heterogeneity`, within groups).

    `common_tau2` is None where every group is a single study.
    """

    separate_tau2: Between
    common_tau2: Between | None = None
    heterogeneity: Heterogeneity | None = None


def _between(groups: list[Subgroup]) -> Between:
    estimate = np.array([g.estimate for g in groups])
    w = np.array([g.wald_z.se for g in groups]) ** -2.0
    q = float(w @ (estimate - w @ estimate / w.sum()) ** 2)
    df = len(groups) - 1
    return Between(groups=tuple(groups), q=q, q_df=df, q_p=chi2_p(q, df))


def _alone(name: str, data: Effects, method: Method, z: float) -> Subgroup:
    k = int(data.y.size)
    if k == 1:
        estimate, se, found = float(data.y[0]), math.sqrt(data.v[0]), None
    else:
        result = variance(data, method)
        estimate, se = float(result.at.coefficients[0]), math.sqrt(1 / result.at.w_sum)
        found = describe(data, method, result)
    return Subgroup(
        name=name, studies=k, estimate=estimate, heterogeneity=found,
        wald_z=normal_interval(estimate, se, z),
    )  # fmt: skip


def fit_subgroups(
    effects: ArrayLike,
    variances: ArrayLike,
    groups: list[str] | tuple[str, ...],
    *,
    method: Method = "REML",
    level: float = 0.95,
) -> Subgroups:
    """Pool k effects by group and test the difference between groups.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    groups:
        The group of each study; two or more different ones.
    method:
        Estimator of tau2; see `heterogeneity`.
    level:
        Of the normal intervals.

    Raises
    ------
    InputError
        If there is one group only, a study has none, or numbers cannot be used.

    References
    ----------
    Borenstein & Higgins (2013), Prevention Science 14:134-143.
    """
    check_level(level)
    data = checked(effects, variances, least=2)
    check_ratio(data)
    if len(groups) != data.y.size:
        raise InputError(
            f"{data.y.size} studies need {data.y.size} groups, got {len(groups)}; name one for each"
        )
    names = sorted({str(g) for g in groups})
    if len(names) < 2:
        raise InputError(f"all studies are in group '{names[0]}'; pool them without subgroups")
    member = np.array([[str(g) == n for n in names] for g in groups])
    z = normal_quantile(level)
    separate = [
        _alone(name, Effects(data.y[inside], data.v[inside]), method, z)
        for name, inside in zip(names, member.T, strict=True)
    ]
    if data.y.size == len(names):
        return Subgroups(separate_tau2=_between(separate))
    size = np.sqrt(member.sum(axis=0))
    whole = Effects(data.y, data.v, member / size)
    found = variance(whole, method)
    estimates = (found.at.coefficients / size).tolist()
    ses = (np.sqrt(np.diag(found.at.covariance)) / size).tolist()
    common = [
        Subgroup(name=g.name, studies=g.studies, estimate=b, wald_z=normal_interval(b, s, z))
        for g, b, s in zip(separate, estimates, ses, strict=True)
    ]
    return Subgroups(
        separate_tau2=_between(separate),
        common_tau2=_between(common),
        heterogeneity=describe(whole, method, found),
    )
