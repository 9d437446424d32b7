"""A network of trials from their arms, independent or sites of the same people."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.network.build import (
    LARGEST,
    Array,
    Index,
    Network,
    in_order,
    places,
    read_names,
    read_numbers,
    refuse_scales,
    stack,
)


def network_from_arms(
    study: Sequence[str],
    treatment: Sequence[str],
    mean: ArrayLike,
    variance: ArrayLike,
    *,
    correlation: Mapping[str, float] | None = None,
    covariance: Mapping[str, ArrayLike] | None = None,
) -> Network:
    """Build a network from arms, one per row.

    Parameters
    ----------
    study, treatment:
        Names; rows of one study share its name.
    mean, variance:
        Of each arm; the variance is that of the mean (a standard error squared), above 0.
    correlation:
        For studies whose arms are sites of the same people (a split scalp): the correlation of any
        two arm means, by study. Arms of other studies are independent.
    covariance:
        The whole covariance matrix of a study's arm means, in the order of its rows, by study; it
        stands instead of the variances.

    Raises
    ------
    InputError
        If a study has one arm, a treatment twice, or a covariance that is not positive definite.
    """
    studies, given = read_names(study, "study"), read_names(treatment, "treatment", len(study))
    m, v = (
        read_numbers(mean, "mean", len(studies)),
        read_numbers(variance, "variance", len(studies)),
    )
    treatments, order = in_order(set(given)), list(dict.fromkeys(studies))
    n, s, t = len(treatments), places(studies, order), places(given, treatments)
    _check_arms(studies, given, m, v, s * n + t, order)
    sort = np.argsort(s * n + t)
    count = np.bincount(s)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    full = _covariances(s, v, order, correlation or {}, covariance or {})
    blocks, flags = [], []
    for a in np.unique(count):
        chosen = np.flatnonzero(count == a)
        rows = sort[begin[chosen][:, None] + np.arange(a)]
        value = m[rows]
        spread = np.zeros((chosen.size, a, a))
        spread[:, np.arange(a), np.arange(a)] = v[rows]
        for k in np.flatnonzero(np.isin(chosen, list(full))):
            here = np.searchsorted(np.flatnonzero(s == chosen[k]), rows[k])
            spread[k] = full[int(chosen[k])][np.ix_(here, here)]
        diagonal = np.diagonal(spread, axis1=1, axis2=2)
        pair = diagonal[:, :, None] + diagonal[:, None, :] - 2 * spread
        block, said = stack(chosen, t[rows], value[:, :, None] - value[:, None, :], pair, order)
        blocks.append(block)
        flags += said
    refuse_scales(blocks)
    return Network(tuple(treatments), tuple(order), tuple(blocks), tuple(flags))


def _check_arms(
    study: list[str], treatment: list[str], m: Array, v: Array, key: Index, order: list[str]
) -> None:
    wrong = np.flatnonzero(~((np.abs(m) < LARGEST) & (v > LARGEST**-2) & (v < LARGEST**2)))
    if wrong.size:
        k = int(wrong[0])
        raise InputError(
            f"arm {treatment[k]!r} of study {study[k]!r} needs a finite mean and a variance above "
            f"0, got {m[k]:g} and {v[k]:g}; correct it or leave the study out"
        )
    seen: set[int] = set()
    for k, value in enumerate(key.tolist()):
        if value in seen:
            raise InputError(
                f"study {study[k]!r} has two arms of {treatment[k]!r}; pool them or name them apart"
            )
        seen.add(value)
    arms = Counter(study)
    single = [name for name in order if arms[name] == 1]
    if single:
        raise InputError(
            f"study {single[0]!r} has one arm; a network needs two or more arms in every study"
        )


def _covariances(
    s: Index,
    v: Array,
    order: list[str],
    correlation: Mapping[str, float],
    covariance: Mapping[str, ArrayLike],
) -> dict[int, Array]:
    """Return the covariance of arm means of the studies whose arms are not independent."""
    full = {}
    for name in {**correlation, **covariance}:
        if name not in order:
            raise InputError(f"{name!r} has a correlation or covariance but is no study here")
        k = order.index(name)
        variance = v[s == k]
        if name in covariance:
            matrix = np.asarray(covariance[name], dtype=np.float64)
            if matrix.shape != (variance.size, variance.size) or not np.isfinite(matrix).all():
                raise InputError(
                    f"the covariance of study {name!r} must be {variance.size} × {variance.size} "
                    "finite numbers, one row for each of its arms"
                )
            if not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0):
                raise InputError(f"the covariance of study {name!r} is not symmetric; correct it")
        else:
            r = float(correlation[name])
            if not -1 < r < 1:
                raise InputError(
                    f"the correlation between arms of study {name!r} lies between -1 and 1, got {r}"
                )
            root = np.sqrt(variance)
            matrix = np.where(np.eye(variance.size) > 0, 1.0, r) * root[:, None] * root[None, :]
        full[k] = matrix
    return full
