"""Controls held in cells of time: what the two engines of chance run on.

A cell ends where a control has moved by more than a tolerance, and at every event. Within it the
rates are their mean over the cell by Simpson's rule, so that what a rate adds up to is exact to
fourth order; what is lost is the order of things within a cell (F21).

**Stated error bound**: 5e-4 in the share of any phase of any size. The worst seen over 60 random
scenarios (drawn persons and Erlang orders, both memories, sessions, effluvium, areata, pulling,
scarring and season) was 2.1e-4, and 0.7e-4 with half the tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from anagen.errors import InputError
from anagen.follicle.cycle import Controls, CycleParameters, rates
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import SAME, Drive
from anagen.follicle.units import Array, Index

TOLERANCE = 0.02
"""Largest change of a control within a cell: of a drive, or of a hazard relative to 1 a year."""
SHORTEST_W = 1 / 56
FIRST_W = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Edges of C cells, weeks (C+1), the column of each in `table`, rates of one set: rows x K."""

    edges_w: Array
    column: Index
    table: Array

    def cut(self, marks_w: Array) -> Self:
        """Return the same cells, cut at these weeks as well."""
        inside = marks_w[(marks_w > self.edges_w[0]) & (marks_w < self.edges_w[-1])]
        edges = np.union1d(self.edges_w, inside)
        home = np.searchsorted(self.edges_w, edges[:-1], side="right") - 1
        return type(self)(edges, self.column[home], self.table)


def hold(
    layout: Layout,
    parameters: CycleParameters,
    drive: Drive,
    end_w: float,
    events: Sequence[float] = (),
    *,
    refine: int = 1,
) -> Cells:
    """Return cells that hold the controls of one set of parameters from week 0 to `end_w`.

    Parameters
    ----------
    refine:
        Divides the tolerance by this number; for the test of the error bound.

    Raises
    ------
    InputError
        If there is no time to follow.
    """
    if not end_w > 0:
        raise InputError(f"the end, week {end_w:g}, must lie after week 0")
    marks = sorted({float(w) for w in events if 0 < w < end_w} | {float(end_w)})
    edges, nodes = [0.0], []
    now, length = 0.0, FIRST_W
    for mark in marks:
        while now < mark:
            here = drive(now, now)
            end, length = _cell_end(drive, here, now, mark, length, TOLERANCE / refine)
            nodes += [here, drive((now + end) / 2, now), drive(end, now)]
            edges.append(end)
            now = end
    every: dict[str, Any] = {field.name: _row(nodes, field.name) for field in fields(Controls)}
    table = rates(layout, parameters, Controls(**every), len(nodes))
    mean = (table[:, 0::3] + 4 * table[:, 1::3] + table[:, 2::3]) / 6
    return _merged(np.array(edges), mean.T)


def _row(nodes: Sequence[Controls], name: str) -> Array:
    """Return one control at every node."""
    return np.array([np.ravel(getattr(node, name))[0] for node in nodes])


def _merged(edges_w: Array, columns: Array) -> Cells:
    """Return cells, with neighbours of the same rates made one."""
    new = np.ones(len(columns), dtype=bool)
    new[1:] = np.abs(np.diff(columns, axis=0)).max(axis=1) > SAME
    edges = np.append(edges_w[:-1][new], edges_w[-1])
    return Cells(edges, np.arange(new.sum()), np.ascontiguousarray(columns[new].T))


def _cell_end(
    drive: Drive, here: Controls, now: float, mark: float, length: float, tolerance: float
) -> tuple[float, float]:
    """Return the end of a cell that begins now, and the length to try for the next."""
    length = min(2 * length, mark - now)
    while length > SHORTEST_W:
        end = mark if now + length > mark - SHORTEST_W else now + length
        nodes = drive(end, now), drive((now + end) / 2, now)
        if all(here.is_near(at, tolerance) for at in nodes):
            return end, length
        length /= 2
    return min(now + SHORTEST_W, mark), SHORTEST_W
