"""Random terms of a multivariate model: intercepts of groups, and vectors over outcomes or times.

A term gives every pair of rows of one group the covariance G[a, b] of their levels a and b.
Variances are optimised as logarithms and correlations through Fisher's z, so that every step stays
within bounds; a parameter may be held at its bound.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.sampling_covariance import Array, codes, listed

Structure = Literal["ID", "DIAG", "CS", "HCS", "AR", "HAR", "CAR", "UN"]
SEPARATE = {"DIAG", "HCS", "HAR", "UN"}  # a variance for each level
CORRELATED = {"CS", "HCS", "AR", "HAR", "CAR", "UN"}


@dataclass(frozen=True, slots=True, eq=False)
class RandomTerm:
    """A random term: which rows share a group, and how its levels vary and correlate.

    `levels` are the names of the levels; a random intercept has one.
    """

    name: str
    structure: Structure
    group: NDArray[np.intp]
    level: NDArray[np.intp]
    levels: tuple[Hashable, ...]
    gap: Array

    @property
    def variances(self) -> int:
        """How many variances the term has."""
        return len(self.levels) if self.structure in SEPARATE else 1

    @property
    def correlations(self) -> int:
        """How many correlations the term has."""
        q = len(self.levels)
        if q == 1 or self.structure not in CORRELATED:
            return 0
        return q * (q - 1) // 2 if self.structure == "UN" else 1

    @property
    def least_correlation(self) -> float:
        """The lowest correlation that the structure allows."""
        if self.structure in {"CS", "HCS"}:
            return -1 / (len(self.levels) - 1)
        return 0.0 if self.structure == "CAR" else -1.0


def random_intercept(groups: ArrayLike | Sequence[Hashable], name: str = "study") -> RandomTerm:
    """Return a variance between groups: all rows of one group share a deviation.

    For nested levels give one term per level, the inner one with labels that are unique over all
    outer groups (such as pairs of district and school).

    Parameters
    ----------
    groups:
        Label of the group of each effect, shape (k,).
    name:
        What the groups are, in words.

    Raises
    ------
    InputError
        If there is no label.
    """
    group = codes(groups)
    if group.size == 0:
        raise InputError(f"the random intercept of {name} needs a group for each effect, got none")
    return RandomTerm(
        name=name, structure="ID", group=group, level=np.zeros_like(group), levels=("",),
        gap=np.zeros((1, 1)),
    )  # fmt: skip


def random_vector(
    groups: ArrayLike | Sequence[Hashable],
    levels: ArrayLike | Sequence[Hashable],
    structure: Structure,
    name: str = "study",
) -> RandomTerm:
    """Return true effects that vary between groups and correlate over levels within a group.

    Parameters
    ----------
    groups:
        Label of the group of each effect, shape (k,).
    levels:
        Outcome or time of each effect, shape (k,). AR and HAR count the distinct times in order;
        CAR takes them as numbers.
    structure:
        `ID` and `DIAG`: no correlation, one variance or one per level; `CS` and `HCS`: one
        correlation for all pairs; `AR`, `HAR` and `CAR`: to the power of the distance; `UN`: a
        correlation for each pair.
    name:
        What the groups are, in words.

    Raises
    ------
    InputError
        If shapes differ, the structure is not known, or times are not numbers where needed.
    """
    if structure not in SEPARATE | CORRELATED | {"ID"}:
        raise InputError(
            f"the structure {structure!r} is not known; "
            "choose ID, DIAG, CS, HCS, AR, HAR, CAR or UN"
        )
    values = listed(levels)
    group = codes(groups)
    if group.size == 0 or group.size != len(values):
        raise InputError(f"{len(values)} levels need a group each, got {group.size}")
    try:
        distinct = sorted(set(values))  # type: ignore[type-var]  # what cannot be sorted is caught
    except TypeError:
        raise InputError(
            "levels must be all numbers or all words, so that they have an order"
        ) from None
    place = {value: i for i, value in enumerate(distinct)}
    at = np.arange(len(distinct), dtype=np.float64)
    if structure == "CAR":
        try:
            at = np.asarray(distinct, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError("the structure CAR needs times that are numbers") from None
    return RandomTerm(
        name=name, structure=structure, group=group,
        level=np.array([place[v] for v in values], dtype=np.intp), levels=tuple(distinct),
        gap=np.abs(at[:, None] - at[None, :]),
    )  # fmt: skip


def correlation_of(term: RandomTerm, z: float) -> tuple[float, float]:
    """Return the correlation at a free parameter z, and its derivative."""
    low = term.least_correlation
    t = float(np.tanh(z))
    return low + (1 - low) * (1 + t) / 2, (1 - low) / 2 * (1 - t * t)


def free_of(term: RandomTerm, r: float) -> float:
    """Return the free parameter z of a correlation strictly within its bounds."""
    low = term.least_correlation
    return float(np.arctanh(2 * (r - low) / (1 - low) - 1))


def _correlation_matrix(term: RandomTerm, r: Array) -> tuple[Array, list[Array]]:
    """Return R and its derivative by each correlation."""
    q = len(term.levels)
    if r.size == 0:
        return np.eye(q), []
    if term.structure == "UN":
        full, parts = np.eye(q), []
        for (i, j), value in zip(zip(*np.triu_indices(q, 1), strict=True), r, strict=True):
            full[i, j] = full[j, i] = value
            part = np.zeros((q, q))
            part[i, j] = part[j, i] = 1.0
            parts.append(part)
        return full, parts
    rho, off = float(r[0]), ~np.eye(q, dtype=bool)
    power = term.gap if term.structure in {"AR", "HAR", "CAR"} else np.ones((q, q))
    base = rho if rho != 0 else 1e-300  # 0 to a power below 1 has no derivative
    full = np.where(off, np.sign(base) ** np.rint(power) * np.abs(base) ** power, 1.0)
    slope = np.where(off, power * full / base, 0.0)
    return full, [slope]


def covariance_of(
    term: RandomTerm, variances: Array, r: Array, steps: Array
) -> tuple[Array, list[Array]]:
    """Return G and its derivatives: by each log variance, then by each free z of a correlation.

    Parameters
    ----------
    term:
        The random term.
    variances:
        One, or one for each level.
    r:
        Its correlations.
    steps:
        Derivative of each correlation by its z.
    """
    q = len(term.levels)
    s = np.sqrt(np.broadcast_to(variances, (q,)))
    shape, parts = _correlation_matrix(term, r)
    scale = np.outer(s, s)
    g = scale * shape
    if term.variances == 1:
        slopes = [g]
    else:
        half = np.eye(q)
        slopes = [(half[:, [a]] + half[[a], :]) / 2 * g for a in range(q)]
    return g, slopes + [scale * part * d for part, d in zip(parts, steps, strict=True)]
