"""The exact law of counts: how many of N follicles are in each state on arbitrary visit days.

Between two visits every follicle moves by the transition matrix of that time, on its own; those of
one state therefore move as one multinomial draw, whatever their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError
from anagen.follicle.cycle import ROWS, CycleParameters
from anagen.follicle.generator import chain
from anagen.follicle.held import hold
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import LONGEST_SUM, TAIL, Drive, fastest_per_year, with_loss
from anagen.follicle.units import DAYS_PER_WEEK, WEEKS_PER_YEAR, Array

Counts = NDArray[np.int64]
MOST_FOLLICLES = 10**10
"""Up to this many the law of the sampler was checked; far above it rounding spoils it."""


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Matrices between visits, K x states x states (rows sum to 1), and which acts in each."""

    matrices: Array
    of_interval: NDArray[np.int64]


def transitions(
    layout: Layout,
    parameters: CycleParameters,
    drive: Drive,
    days: Sequence[float],
    events: Sequence[float] = (),
    *,
    refine: int = 1,
) -> Transitions:
    """Return the transition matrices between visit days, of one set of parameters (F22).

    Parameters
    ----------
    drive:
        The controls as a function of the week; it may hold one column.
    days:
        Visits in ascending order, the first on day 0 or later; the state of the first is the start.
    events:
        Weeks at which a control jumps or starts to change.

    Raises
    ------
    InputError
        If there are fewer than two visits or their days do not ascend.
    """
    if len(days) < 2 or days[0] < 0 or np.any(np.diff(days) <= 0):
        raise InputError("visits need two days or more, ascending from day 0 on; sort them")
    weeks = np.asarray(days) / DAYS_PER_WEEK
    cells = hold(layout, parameters, drive, weeks[-1], events, refine=refine).cut(weeks)
    # cells of one length to a second have one matrix; so does every week of a steady year
    spans_w = np.round(np.diff(cells.edges_w), 6)
    keys = np.stack([cells.column, spans_w])
    _, first, kind = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    pieces = _exponentials(layout, cells.table[:, cells.column[first]], spans_w[first])
    ends = np.searchsorted(cells.edges_w, weeks - 1e-9)
    found: dict[tuple[int, ...], int] = {}
    matrices: list[Array] = []
    of_interval = np.empty(len(days) - 1, dtype=np.int64)
    for k in range(len(days) - 1):
        path = tuple(kind[ends[k] : ends[k + 1]].tolist())
        if path not in found:
            found[path] = len(matrices)
            matrices.append(reduce(np.matmul, [pieces[one] for one in path]))
        of_interval[k] = found[path]
    return Transitions(np.array(matrices), of_interval)


def _exponentials(layout: Layout, table: Array, spans_w: Array) -> Array:
    """Return the transition matrix of each cell, cells x states x states."""
    from anagen.follicle.kernels import uniformise

    n, cells = layout.states, spans_w.size
    x = np.tile(np.eye(n), (1, cells))
    wide = np.repeat(table, n, axis=1)
    years = np.repeat(spans_w / WEEKS_PER_YEAR, n)
    ways = chain(layout).opened(table)
    uniformise(x, wide, fastest_per_year(wide), years, LONGEST_SUM, TAIL, ways)
    full = with_loss(x, wide[ROWS.loss] * years)
    return full.reshape(n, cells, n).transpose(1, 2, 0)


def count_follicles(
    steps: Transitions, start: Array, follicles: int, seed: int, replicates: int = 1
) -> Counts:
    """Return counts of follicles, replicates x visits x states; each sums to `follicles`.

    One seed gives the same counts; as long as two scenarios agree, so do their counts.

    Parameters
    ----------
    start:
        Shares of the first visit, states; they sum to 1.

    Raises
    ------
    InputError
        If the number of follicles or of replicates is not positive, or too large to count.
    """
    from anagen.follicle.count_kernel import draw_counts

    if not 0 < follicles <= MOST_FOLLICLES:
        raise InputError(f"{follicles} follicles cannot be counted; give 1 to {MOST_FOLLICLES}")
    if replicates < 1:
        raise InputError(f"{replicates} replicates cannot be drawn; give 1 or more")
    order = np.argsort(-steps.matrices, axis=2, kind="stable")
    ranked = np.take_along_axis(steps.matrices, order, axis=2)
    rest = np.cumsum(ranked[:, :, ::-1], axis=2)[:, :, ::-1]
    chance = np.divide(ranked, rest, out=np.zeros_like(ranked), where=rest > 0)
    first = np.argsort(-start, kind="stable")
    left = np.cumsum(start[first][::-1])[::-1]
    begin = np.divide(start[first], left, out=np.zeros_like(left), where=left > 0)
    out = np.zeros((replicates, steps.of_interval.size + 1, start.size), dtype=np.int64)
    draw_counts(
        chance,
        order.astype(np.int64),
        steps.of_interval,
        begin,
        first.astype(np.int64),
        follicles,
        np.uint64(seed),
        out,
    )
    return out
