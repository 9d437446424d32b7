"""Where the follicles of a patch of scalp stand: in follicular units, on a jittered grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.units import Array

Whole = NDArray[np.int64]
MOST_IN_A_UNIT = 4
MM_PER_CM = 10.0
ROW_HEIGHT = np.sqrt(3) / 2
"""Distance of rows of a hexagonal grid, relative to the distance of neighbours."""
TIGHTER = 0.99
"""Factor on the distance of neighbours until a grid has room for all units."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """F follicles on a square patch: position, and the follicular unit of each, from 0 on."""

    side_mm: float
    x_mm: Array
    y_mm: Array
    unit: Whole

    @property
    def follicles(self) -> int:
        """Number of follicles."""
        return self.unit.size

    def followed_by(self, other: Self) -> Self:
        """Return this field with the follicles of another after it, on the same patch."""
        later = other.unit + (self.unit.max() + 1 if self.follicles else 0)
        return type(self)(
            self.side_mm,
            np.concatenate([self.x_mm, other.x_mm]),
            np.concatenate([self.y_mm, other.y_mm]),
            np.concatenate([self.unit, later]),
        )

    def from_the_middle(self) -> Self:
        """Return the same follicles, those nearest to the middle of the patch first."""
        middle = self.side_mm / 2
        far = (self.x_mm - middle) ** 2 + (self.y_mm - middle) ** 2
        order = np.argsort(far, kind="stable")
        return type(self)(self.side_mm, self.x_mm[order], self.y_mm[order], self.unit[order])


def follicle_field(
    model: Mapping[str, ModelParameter], follicles: int, area_cm2: float, seed: int
) -> Field:
    """Return a field of follicles on a square of some area; one seed gives one field.

    A unit holds one follicle and up to three more, as many as keep the mean of the facts; units
    stand on a hexagonal grid, each moved at random but never closer to another than the facts
    allow, where there is room. This is for pictures: follicles do not influence each other.

    Raises
    ------
    InputError
        If there is no follicle or no area.
    """
    if follicles < 1 or not area_cm2 > 0:
        raise InputError(f"{follicles} follicles on {area_cm2:g} cm2 make no field; give more")
    rng = np.random.default_rng(seed)
    unit = _units(rng, follicles, model["follicles_per_graft"].number())
    side = np.sqrt(area_cm2) * MM_PER_CM
    radius = model["unit_radius_mm"].number()
    centre = _centres(rng, unit[-1] + 1, side, model["unit_spacing_least_mm"].number(), radius)
    place = np.arange(follicles) - np.searchsorted(unit, unit)  # of a follicle within its unit
    size = np.bincount(unit)[unit]
    turn = rng.random(unit[-1] + 1)[unit] + place / size
    off = np.where(size > 1, min(radius, side / 4), 0.0)
    return Field(
        float(side),
        centre[unit, 0] + off * np.cos(2 * np.pi * turn),
        centre[unit, 1] + off * np.sin(2 * np.pi * turn),
        unit,
    )


def _units(rng: np.random.Generator, follicles: int, mean: float) -> Whole:
    """Return the unit of each follicle; units hold 1 + a binomial number, the last what is left."""
    share = (mean - 1) / (MOST_IN_A_UNIT - 1)
    sizes = 1 + rng.binomial(MOST_IN_A_UNIT - 1, share, follicles)
    return np.repeat(np.arange(follicles), sizes)[:follicles].astype(np.int64)


def _centres(
    rng: np.random.Generator, units: int, side: float, least: float, radius: float
) -> Array:
    """Return the centres of units, units x 2, mm: points of a hexagonal grid, moved at random."""
    apart = np.sqrt(side**2 / (ROW_HEIGHT * units))
    grid = _grid(side, apart, radius)
    while len(grid) < units:
        apart *= TIGHTER
        grid = _grid(side, apart, radius)
    kept = np.sort(rng.permutation(len(grid))[:units])
    far = max(0.0, apart - least) / 2 * np.sqrt(rng.random(units))
    turn = 2 * np.pi * rng.random(units)
    moved = grid[kept] + far[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    edge = min(radius, side / 4)
    return np.asarray(np.clip(moved, edge, side - edge))


def _grid(side: float, apart: float, radius: float) -> Array:
    """Return the points of a hexagonal grid on a square, points x 2, mm."""
    edge = min(radius, side / 4)
    rows = []
    for k, y in enumerate(np.arange(edge + apart / 4, side - edge + 1e-9, apart * ROW_HEIGHT)):
        first = edge + apart * (0.25 + 0.5 * (k % 2))
        x = np.arange(first, side - edge + 1e-9, apart)
        rows.append(np.stack([x, np.full(x.size, y)], axis=1))
    return np.concatenate(rows) if rows else np.empty((0, 2))
