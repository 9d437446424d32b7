"""A network of trials; every study keeps its full covariance.

S studies, n treatments, a arms in a study, q = a − 1 contrasts against the study's first arm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.orders import refuse_far_apart

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]

LOOP_TOLERANCE = 0.05  # of a standard error: rounding in print stays far below it
LARGEST = 1e50  # of an effect, a standard error or its inverse: powers of them stay finite
POSITIVE = 1e-12  # smallest share of the largest variance that still counts as above 0


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


def read_numbers(values: ArrayLike, what: str, size: int) -> Array:
    """Return one number per row."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"a network needs a number for every {what}; correct the data") from None
    if array.shape != (size,):
        raise InputError(f"a network needs one {what} per row: {size} rows, got {array.size}")
    return array


def read_names(values: Sequence[str], what: str, size: int | None = None) -> list[str]:
    """Return one name per row, without blanks around it."""
    names = [str(value).strip() for value in values]
    if size is not None and len(names) != size:
        raise InputError(f"a network needs one {what} per row: {size} rows, got {len(names)}")
    if not names:
        raise InputError("a network needs at least one study, got no row")
    if "" in names:
        raise InputError(f"row {names.index('') + 1} of the network names no {what}; name it")
    return names


def in_order(names: set[str]) -> list[str]:
    """Return names in alphabetical order, whatever their case."""
    return sorted(names, key=lambda name: (name.casefold(), name))


def places(names: Sequence[str], order: Sequence[str]) -> Index:
    """Return the place of each name in an order."""
    place = {name: i for i, name in enumerate(order)}
    return np.array([place[name] for name in names], dtype=np.intp)


def stack(
    study: Index, arms: Index, d: Array, pair: Array, order: list[str]
) -> tuple[Block, list[str]]:
    """Return the stacked studies, with the contrasts made consistent by least squares."""
    v = (pair[:, 1:, :1] + pair[:, :1, 1:] - pair[:, 1:, 1:]) / 2
    scale = np.abs(pair).max(axis=(1, 2))
    scale = np.where(scale > 0, scale, 1.0)
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


def refuse_scales(blocks: Sequence[Block]) -> None:
    """Refuse a network whose contrasts lie too many orders of magnitude apart.

    Raises
    ------
    InputError
        If sums over them cannot hold both.
    """
    effects, variances = [], []
    for block in blocks:
        i, j = np.triu_indices(block.arms.shape[1], 1)
        effects.append(block.pair_effect[:, i, j].ravel())
        variances.append(block.pair_variance[:, i, j].ravel())
    refuse_far_apart(np.concatenate(effects), np.sqrt(np.concatenate(variances)))


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
