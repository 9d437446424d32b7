"""A network of trials from contrasts or from arms; every study keeps its full covariance.

S studies, n treatments, a arms in a study, q = a − 1 contrasts against the study's first arm.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]

LOOP_TOLERANCE = 0.05  # of a standard error: rounding in print stays far below it
POSITIVE = 1e-10  # smallest share of the largest variance that still counts as above 0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """All studies with a arms, stacked.

    `study` (S,) and `arms` (S, a) are positions; arms ascend. `y` (S, q) are the contrasts of the
    later arms minus the first and `v` (S, q, q) their covariance. `pair_effect` and `pair_variance`
    (S, a, a) hold each contrast as it was given, [row, col] = row minus column.
    """

    study: Index
    arms: Index
    y: Array
    v: Array
    pair_effect: Array
    pair_variance: Array


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Trials that compare treatments; `treatments` are in alphabetical order, whatever their case.

    `flags` say in words what was met while it was built.
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    blocks: tuple[Block, ...]
    flags: tuple[str, ...] = ()


def _numbers(values: ArrayLike, what: str, size: int) -> Array:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"a network needs a number for every {what}; correct the data") from None
    if array.shape != (size,):
        raise InputError(f"a network needs one {what} per row: {size} rows, got {array.size}")
    return array


def _names(values: Sequence[str], what: str, size: int | None = None) -> list[str]:
    names = [str(value).strip() for value in values]
    if size is not None and len(names) != size:
        raise InputError(f"a network needs one {what} per row: {size} rows, got {len(names)}")
    if not names:
        raise InputError("a network needs at least one study, got no row")
    if "" in names:
        raise InputError(f"row {names.index('') + 1} of the network names no {what}; name it")
    return names


def _ordered(names: set[str]) -> list[str]:
    return sorted(names, key=lambda name: (name.casefold(), name))


def _codes(names: Sequence[str], order: Sequence[str]) -> Index:
    place = {name: i for i, name in enumerate(order)}
    return np.array([place[name] for name in names], dtype=np.intp)


def _local(study: Index, treatment: Index, n: int) -> tuple[Index, Index, Index]:
    """Return the arms (sorted study × treatment), where each study's begin, and how many it has."""
    arms = np.unique(study * n + treatment)
    first = np.searchsorted(arms // n, np.arange(study.max() + 1))
    return arms, first, np.diff(np.append(first, arms.size))


def network_from_contrasts(
    study: Sequence[str],
    treatment_1: Sequence[str],
    treatment_2: Sequence[str],
    effect: ArrayLike,
    se: ArrayLike,
    *,
    shared_variance: ArrayLike | None = None,
) -> Network:
    """Build a network from contrasts, one per row.

    A study with a arms gives all its a(a−1)/2 contrasts, from which its covariances follow:
    Cov(d_1j, d_1k) = (v_1j + v_1k − v_jk)/2. Where it gives only the a−1 against one arm, the
    variance of that arm must be told as well.

    Parameters
    ----------
    study, treatment_1, treatment_2:
        Names; rows of one study share its name.
    effect:
        Treatment 1 minus treatment 2; ratios on the log scale.
    se:
        Standard error of each effect, finite and above 0. A study of which nothing is known (an
        infinite standard error) is refused: leave it out.
    shared_variance:
        Variance of the arm of treatment 2, for studies of three and more arms that give only their
        contrasts against it; NaN elsewhere.

    Raises
    ------
    InputError
        If a row cannot be used, contrasts of a study are missing or twice there, do not agree with
        each other, or have no positive definite covariance; the study is named.
    """
    studies, first = _names(study, "study"), _names(treatment_1, "treatment 1", len(study))
    second = _names(treatment_2, "treatment 2", len(study))
    y, e = _numbers(effect, "effect", len(studies)), _numbers(se, "standard error", len(studies))
    _check_rows(studies, first, second, y, e)
    rows = _Rows(studies, first, second, y, e**2)
    if shared_variance is not None:
        rows = _completed(rows, _numbers(shared_variance, "shared variance", len(studies)))
    treatments, order = _ordered({*first, *second}), list(dict.fromkeys(studies))
    n, s = len(treatments), _codes(rows.study, order)
    i, j = _codes(rows.first, treatments), _codes(rows.second, treatments)
    arms, begin, count = _local(np.tile(s, 2), np.concatenate([i, j]), n)
    _check_contrasts(s, i, j, count, order, treatments)
    at_i = np.searchsorted(arms, s * n + i) - begin[s]
    at_j = np.searchsorted(arms, s * n + j) - begin[s]
    blocks, flags = [], []
    for a in np.unique(count):
        chosen = np.flatnonzero(count == a)
        place = np.full(len(order), -1)
        place[chosen] = np.arange(chosen.size)
        r = np.flatnonzero(count[s] == a)
        d, v = np.zeros((2, chosen.size, a, a))
        cell, mirrored = (place[s[r]], at_i[r], at_j[r]), (place[s[r]], at_j[r], at_i[r])
        d[cell], d[mirrored] = rows.effect[r], -rows.effect[r]
        v[cell] = v[mirrored] = rows.variance[r]
        names = arms[begin[chosen][:, None] + np.arange(a)] % n
        block, said = _block(chosen, names, d, v, order)
        blocks.append(block)
        flags += said
    return Network(tuple(treatments), tuple(order), tuple(blocks), tuple(flags))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    study: list[str]
    first: list[str]
    second: list[str]
    effect: Array
    variance: Array


def _check_rows(study: list[str], first: list[str], second: list[str], y: Array, e: Array) -> None:
    wrong = np.flatnonzero(~(np.isfinite(y) & np.isfinite(e) & (np.abs(e) < 1e150) & (e > 1e-150)))
    if wrong.size:
        k = int(wrong[0])
        raise InputError(
            f"study {study[k]!r} ({first[k]} : {second[k]}) needs a finite effect and a finite "
            f"standard error above 0, got {y[k]:g} and {e[k]:g}; correct it or leave it out"
        )
    same = [k for k, (a, b) in enumerate(zip(first, second, strict=True)) if a == b]
    if same:
        raise InputError(
            f"study {study[same[0]]!r} compares {first[same[0]]!r} with itself; pool the two arms "
            "or name them apart"
        )


def _completed(rows: _Rows, shared: Array) -> _Rows:
    """Return the rows with those contrasts added that follow from a shared arm and its variance."""
    by_study: dict[str, list[int]] = {}
    for k, name in enumerate(rows.study):
        by_study.setdefault(name, []).append(k)
    study, first, second = list(rows.study), list(rows.first), list(rows.second)
    effect, variance = list(rows.effect), list(rows.variance)
    for name, members in by_study.items():
        known = {rows.second[k] for k in members}
        if len(members) < 2 or len(known) > 1:
            continue
        for place, j in enumerate(members):
            for k in members[place + 1 :]:
                if not (np.isfinite(shared[j]) and shared[j] > 0 and shared[j] == shared[k]):
                    raise InputError(
                        f"study {name!r} needs one variance above 0 of its shared arm "
                        f"{rows.second[j]!r} in all its rows"
                    )
                study.append(name)
                first.append(rows.first[j])
                second.append(rows.first[k])
                effect.append(rows.effect[j] - rows.effect[k])
                variance.append(rows.variance[j] + rows.variance[k] - 2 * shared[j])
    return _Rows(study, first, second, np.array(effect), np.array(variance))


def _check_contrasts(
    s: Index, i: Index, j: Index, count: Index, order: list[str], treatments: list[str]
) -> None:
    n = len(treatments)
    key = (s * n + np.minimum(i, j)) * n + np.maximum(i, j)
    found, often = np.unique(key, return_counts=True)
    if (often > 1).any():
        twice = int(found[often > 1][0])
        pair = f"{treatments[twice // n % n]} : {treatments[twice % n]}"
        raise InputError(
            f"study {order[twice // n // n]!r} gives the contrast {pair} more than once; keep one, "
            "or name the studies apart"
        )
    given = np.bincount(s, minlength=count.size)
    lacking = np.flatnonzero(given != count * (count - 1) // 2)
    if lacking.size:
        k = int(lacking[0])
        raise InputError(
            f"study {order[k]!r} has {count[k]} arms and gives {given[k]} of their "
            f"{count[k] * (count[k] - 1) // 2} contrasts; give all, or the variance of the shared "
            "arm, or the arms themselves"
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
    studies, given = _names(study, "study"), _names(treatment, "treatment", len(study))
    m, v = _numbers(mean, "mean", len(studies)), _numbers(variance, "variance", len(studies))
    treatments, order = _ordered(set(given)), list(dict.fromkeys(studies))
    n, s, t = len(treatments), _codes(studies, order), _codes(given, treatments)
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
        block, said = _block(chosen, t[rows], value[:, :, None] - value[:, None, :], pair, order)
        blocks.append(block)
        flags += said
    return Network(tuple(treatments), tuple(order), tuple(blocks), tuple(flags))


def _check_arms(
    study: list[str], treatment: list[str], m: Array, v: Array, key: Index, order: list[str]
) -> None:
    wrong = np.flatnonzero(~(np.isfinite(m) & np.isfinite(v) & (v > 0)))
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


def _block(
    study: Index, arms: Index, d: Array, pair: Array, order: list[str]
) -> tuple[Block, list[str]]:
    """Return the stacked studies, with the contrasts made consistent by least squares."""
    v = (pair[:, 1:, :1] + pair[:, :1, 1:] - pair[:, 1:, 1:]) / 2
    scale = pair.max(axis=(1, 2))
    least = np.linalg.eigvalsh(v / scale[:, None, None])[:, 0]
    bad = np.flatnonzero(~(least > POSITIVE))
    if bad.size:
        raise InputError(
            f"the contrasts of study {order[study[bad[0]]]!r} have no positive definite "
            "covariance: their standard errors contradict each other; check them"
        )
    if arms.shape[1] == 2:
        return Block(study, arms, d[:, 1, :1], v, d, pair), []
    weight = edge_weights(np.asarray(np.linalg.inv(v), dtype=np.float64))
    y = np.einsum("sij,sj->si", v, (weight * d).sum(axis=2)[:, 1:])
    level = np.concatenate([np.zeros((len(y), 1)), y], axis=1)
    open_by = np.abs(d - level[:, :, None] + level[:, None, :])
    share = (open_by / np.sqrt(np.where(pair > 0, pair, scale[:, None, None]))).max(axis=(1, 2))
    worst = int(np.argmax(share))
    if share[worst] > LOOP_TOLERANCE:
        raise InputError(
            f"the contrasts of study {order[study[worst]]!r} do not add up around their loop: "
            f"one is off by {open_by[worst].max():.3g}; check signs and rounding"
        )
    flags = [
        f"the contrasts of study {order[study[k]]!r} add up only to rounding "
        f"({open_by[k].max():.2g}); they were made consistent by least squares"
        for k in np.flatnonzero(share > 1e-9)
    ]
    return Block(study, arms, y, v, d, pair), flags


def edge_weights(inverse: Array) -> Array:
    """Return the adjusted weights (S, a, a) of all edges between the arms of multi-arm studies.

    They are minus the off-diagonal elements of the study's Laplacian, whose reduced form is
    `inverse` (S, q, q), the inverse covariance of its contrasts against the first arm.

    References
    ----------
    Rücker & Schwarzer (2014), Statistics in Medicine 33:4353-4369.
    """
    q = inverse.shape[1]
    weight = np.zeros((inverse.shape[0], q + 1, q + 1))
    weight[:, 1:, 1:] = -inverse
    weight[:, 0, 1:] = weight[:, 1:, 0] = inverse.sum(axis=2)
    weight[:, np.arange(q + 1), np.arange(q + 1)] = 0
    return weight


def inverse_covariance(block: Block, tau2: float) -> Array:
    """Return the inverse covariance (S, q, q) under heterogeneity tau2, equal for all contrasts."""
    q = block.y.shape[1]
    return np.asarray(np.linalg.inv(block.v + tau2 * (np.eye(q) + 1) / 2), dtype=np.float64)
