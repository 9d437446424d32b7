"""Known covariances of k effects within studies: blocks V that grow with studies, not with k²."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class SamplingCovariance:
    """V of k effects as blocks: the rows of each block and its covariance; all other entries 0."""

    k: int
    blocks: tuple[tuple[Rows, Array], ...]


def listed(labels: Sequence[Hashable] | ArrayLike) -> list[Hashable]:
    """Return labels as a list of plain numbers or words."""
    if isinstance(labels, np.ndarray):
        return list(labels.tolist())
    if isinstance(labels, Sequence) and not isinstance(labels, str):
        return list(labels)
    raise InputError("labels must be a list with one label for each effect")


def codes(labels: Sequence[Hashable] | ArrayLike) -> NDArray[np.intp]:
    """Return 0, 1, 2 ... for labels in the order in which they first appear."""
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in listed(labels)], dtype=np.intp)


def rows_by_group(group: NDArray[np.intp]) -> list[Rows]:
    """Return the rows of each group, in the order of the codes."""
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))[:-1]
    return [np.asarray(part, dtype=np.intp) for part in np.split(order, ends)]


def _variances(v: ArrayLike) -> Array:
    values = np.asarray(v, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise InputError("variances must be one row of numbers, one for each effect")
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise InputError(f"variances[{i}] is {values[i]:g}, but a variance is finite and above 0")
    return values


def _checked(k: int, blocks: list[tuple[Rows, Array]]) -> SamplingCovariance:
    for rows, block in blocks:
        try:
            np.linalg.cholesky(block)
        except np.linalg.LinAlgError:
            raise InputError(
                f"the covariance of the effects {rows.tolist()} is not positive definite; "
                "lower their correlations or leave out an effect that others determine"
            ) from None
    return SamplingCovariance(k=k, blocks=tuple(blocks))


def independent(v: ArrayLike) -> SamplingCovariance:
    """Return V of effects from different persons.

    Parameters
    ----------
    v:
        Sampling variances, shape (k,).

    Raises
    ------
    InputError
        If a variance is not above 0.
    """
    values = _variances(v)
    blocks = [(np.array([i], dtype=np.intp), values[i : i + 1, None]) for i in range(values.size)]
    return SamplingCovariance(k=int(values.size), blocks=tuple(blocks))


def from_matrix(matrix: ArrayLike) -> SamplingCovariance:
    """Return V from a full matrix; rows that covary become a block.

    Parameters
    ----------
    matrix:
        Symmetric, shape (k, k).

    Raises
    ------
    InputError
        If it is not symmetric or not positive definite.
    """
    full = np.asarray(matrix, dtype=np.float64)
    if full.ndim != 2 or full.shape[0] != full.shape[1] or full.shape[0] == 0:
        raise InputError(f"the covariance of the effects must be square, got shape {full.shape}")
    if not np.isfinite(full).all() or not np.allclose(full, full.T, rtol=1e-8, atol=0):
        raise InputError("the covariance of the effects must be symmetric and finite; correct it")
    i, j = np.nonzero(np.triu(full))
    return from_upper_triangle(i, j, full[i, j], full.shape[0])


def from_upper_triangle(i: ArrayLike, j: ArrayLike, v: ArrayLike, k: int) -> SamplingCovariance:
    """Return V from the entries of its upper triangle that are not 0, the diagonal with them.

    Parameters
    ----------
    i, j:
        Row and column of each entry, counted from 0, i ≤ j.
    v:
        The entries.
    k:
        Number of effects.

    Raises
    ------
    InputError
        If an index is outside, an effect lacks a variance, or V is not positive definite.
    """
    a, b = np.asarray(i, dtype=np.intp), np.asarray(j, dtype=np.intp)
    values = np.asarray(v, dtype=np.float64)
    if not a.shape == b.shape == values.shape or a.ndim != 1:
        raise InputError("rows, columns and entries of V must be rows of one length")
    if a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= k):
        raise InputError(f"V of {k} effects has rows and columns 0 to {k - 1}; an index is outside")
    diagonal = np.zeros(k)
    diagonal[a[a == b]] = values[a == b]
    _variances(diagonal)
    group = connected(k, list(zip(a.tolist(), b.tolist(), strict=True)))
    blocks, place, home = [], np.empty(k, dtype=np.intp), rows_by_group(group)
    for rows in home:
        place[rows] = np.arange(rows.size)
        blocks.append((rows, np.zeros((rows.size, rows.size))))
    for row, column, value in zip(a, b, values, strict=True):
        block = blocks[group[row]][1]
        block[place[row], place[column]] = block[place[column], place[row]] = value
    return _checked(k, blocks)


def connected(k: int, edges: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """Return the block of each of k rows, where edges join rows."""
    parent = list(range(k))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in edges:
        parent[root(j)] = root(i)
    return codes([root(i) for i in range(k)])


def _correlated(
    v: ArrayLike, study: ArrayLike, shape: Array | None, r: float
) -> SamplingCovariance:
    values, group = _variances(v), codes(study)
    if group.size != values.size:
        raise InputError(f"{values.size} variances need a study each, got {group.size}")
    se, blocks = np.sqrt(values), []
    for rows in rows_by_group(group):
        gap = np.ones((rows.size, rows.size)) if shape is None else _gaps(shape[rows], rows)
        np.fill_diagonal(gap, 0.0)
        correlation = np.where(gap == 0, 1.0, float(r) ** gap)
        blocks.append((rows, np.outer(se[rows], se[rows]) * correlation))
    return _checked(int(values.size), blocks)


def _gaps(weeks: Array, rows: Rows) -> Array:
    gap = np.abs(weeks[:, None] - weeks[None, :])
    if (gap + np.eye(weeks.size) == 0).any():
        raise InputError(
            f"two of the effects {rows.tolist()} of one study are at the same time; "
            "leave one out or give the covariance as a matrix"
        )
    return np.asarray(gap)


def constant_correlation(v: ArrayLike, study: ArrayLike, r: float) -> SamplingCovariance:
    """Return V where any two effects of a study correlate by r.

    Parameters
    ----------
    v:
        Sampling variances, shape (k,).
    study:
        Label of the study of each effect, shape (k,).
    r:
        Correlation.

    Raises
    ------
    InputError
        If a variance is not above 0, shapes differ, or no such correlation can be.
    """
    if not -1 < r < 1:
        raise InputError(f"the correlation within studies is {r:g}; give one between -1 and 1")
    return _correlated(v, study, None, r)


def autoregressive(
    v: ArrayLike, study: ArrayLike, weeks: ArrayLike, r: float
) -> SamplingCovariance:
    """Return V where effects of a study correlate by r to the power of the time between them.

    Parameters
    ----------
    v:
        Sampling variances, shape (k,).
    study:
        Label of the study of each effect, shape (k,).
    weeks:
        Time of each effect, shape (k,), in weeks or in any unit for which r is meant; whole visit
        numbers give AR(1), times CAR.
    r:
        Correlation of two effects one unit of time apart, from 0 to below 1.

    Raises
    ------
    InputError
        If a variance is not above 0, shapes differ, times repeat within a study or r is outside.
    """
    if not 0 <= r < 1:
        raise InputError(f"the correlation one unit of time apart is {r:g}; give one from 0 to 1")
    times = np.asarray(weeks, dtype=np.float64)
    if times.ndim != 1 or times.shape != np.shape(v) or not np.isfinite(times).all():
        raise InputError("each effect needs a finite time; give as many times as variances")
    return _correlated(v, study, times, r)
