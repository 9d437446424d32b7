"""The life of each follicle, and the hairs that it grows: the third engine over the one generator.

Time is continuous and random numbers belong to the follicle, so that two scenarios with one seed
differ by what acts in them alone, and the weeks at which one looks change nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError
from anagen.follicle.cycle import ROWS, CycleParameters, rates
from anagen.follicle.held import Cells, hold
from anagen.follicle.layout import SIZES, Layout
from anagen.follicle.mean_field import Drive, Moment
from anagen.follicle.units import DAYS_PER_YEAR, WEEKS_PER_YEAR, Array

Whole = NDArray[np.int64]
MOST_FOLLICLES = 100_000_000
GUIDE = 256
"""Equal parts of the shares at the start that say where to look for a state."""
CHUNK_HAIRS = 150_000
"""Rows of hairs that are held at once before they are handed on."""


@dataclass(frozen=True, slots=True, eq=False)
class Hairs:
    """One row a hair: H rows. Days count from the start of the run; some lie before it.

    `spread` is a standard normal number that says how thick the hair is among those of its size;
    `grown_day` and `shed_day` are infinite where growth or the hair has not ended.
    """

    follicle: Whole
    size: NDArray[np.int8]
    is_driven: NDArray[np.bool_]
    spread: Array
    begun_day: Array
    grown_day: Array
    shed_day: Array

    @classmethod
    def of(cls, rows: Array) -> Self:
        """Take the rows of the compiled loop."""
        return cls(
            rows[:, 0].astype(np.int64),
            rows[:, 1].astype(np.int8),
            rows[:, 2] > 0,
            rows[:, 3].copy(),
            rows[:, 4] * DAYS_PER_YEAR,
            rows[:, 5] * DAYS_PER_YEAR,
            rows[:, 6] * DAYS_PER_YEAR,
        )

    def take(self, mask: NDArray[np.bool_]) -> Self:
        """Return some of the hairs."""
        return type(self)(*(getattr(self, name)[mask] for name in self.__slots__))

    def visible_on(self, day: float) -> Self:
        """Return the hairs that are seen on a day."""
        return self.take((self.begun_day <= day) & (day < self.shed_day))

    def diameter_um(self, parameters: CycleParameters, spread_cv: float) -> Array:
        """Return the diameter of each, µm: normal about that of its size, within 3 SD (F23)."""
        mean = np.asarray(parameters.diam)[:, 0][self.size]
        return np.asarray(mean * (1 + spread_cv * np.clip(self.spread, -3, 3)))

    def length_mm(self, growth_mm_per_day: Array, day: float) -> Array:
        """Return the length of each on a day, mm, uncut since it began to grow (F24)."""
        grown = np.minimum(self.grown_day, day) - self.begun_day
        return np.asarray(growth_mm_per_day * np.maximum(grown, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class FollicleCourse:
    """What F follicles did: weeks of the reports (T), follicles in each phase and track, sheddings.

    `counts` is T x (7 x tracks + 1), phases in the order of `follicle_kernel`, the lost last;
    `shed_hairs` is how many hairs fell since the report before (T, the first 0).
    """

    layout: Layout
    follicles: int
    weeks: Array
    counts: Whole
    shed_hairs: Whole

    def side_by_side(self, stimulus: Array | None = None) -> Moment:
        """Return all reports as one moment whose columns are the weeks, to be observed at once.

        Stages are lumped into the first.
        """
        kind, track, stage = state_phases(self.layout).T
        first, column = np.flatnonzero(stage == 0), kind * self.layout.tracks + track
        state = np.zeros((self.layout.states, self.weeks.size))
        state[first] = self.counts[:, column[first]].T / self.follicles
        state[-1] = self.counts[:, -1] / self.follicles
        every_y = (self.weeks[1] - self.weeks[0]) / WEEKS_PER_YEAR
        shed_per_year = self.shed_hairs / (self.follicles * every_y)
        S = np.zeros(self.weeks.size) if stimulus is None else stimulus
        return Moment(float(self.weeks[0]), state, shed_per_year, S)

    def moments(self, stimulus: Array | None = None) -> list[Moment]:
        """Return the shares of each report as the other engines give them."""
        every = self.side_by_side(stimulus)
        columns = zip(self.weeks, every.state.T, every.shed_per_year, every.stimulus, strict=True)
        return [
            Moment(float(week), state[:, None], np.array([shed]), np.array([S]))
            for week, state, shed, S in columns
        ]


def _hazards(table: Array) -> Array:
    """Return the hazards of the compiled loop, per stage and year, hazards x C."""
    from anagen.follicle import follicle_kernel as k

    at = ROWS
    rate = np.zeros((k.HAZARDS, table.shape[1]))
    rate[k.H_EARLY] = table[at.early]
    rate[k.H_EARLY_DRIVEN] = table[at.early_driven]
    rate[k.H_CATAGEN] = table[at.catagen]
    rate[k.H_TELOGEN] = table[at.telogen]
    empty = table[at.wake : at.wake + SIZES] + table[at.wake_driven]
    empty[SIZES - 1] += table[at.empty_lost]
    rate[k.H_ANAGEN : k.H_ANAGEN + SIZES] = table[at.anagen : at.anagen + SIZES]
    rate[k.H_DRIVEN : k.H_DRIVEN + SIZES] = table[at.anagen_driven : at.anagen_driven + SIZES]
    rate[k.H_EMPTY : k.H_EMPTY + SIZES] = empty
    rate[k.H_FORCED] = table[at.push] + table[at.pluck]
    rate[k.H_LOSS] = table[at.loss]
    return rate


def _earlier(layout: Layout, parameters: CycleParameters, drive: Drive) -> Array:
    """Return the hazards before the start: of what acted already, in the mean of the seasons.

    What begins on week 0 has not begun for a step that began before it.
    """
    before = replace(drive(0.0, -1.0), season=1.0)
    return _hazards(rates(layout, parameters, before, 1))[:, 0]


def _pace(layout: Layout, cells: Cells) -> Array:
    """Return what the compiled loop reads of cells of time, edges x columns."""
    from anagen.follicle import follicle_kernel as k

    at, table = ROWS, cells.table[:, cells.column]
    edges_y = cells.edges_w / WEEKS_PER_YEAR
    pace = np.zeros((k.MOVE + len(layout.moves), edges_y.size))
    rate = pace[k.RATE : k.RATE + k.HAZARDS, :-1]
    rate[:] = _hazards(table)
    empty = rate[k.H_EMPTY : k.H_EMPTY + SIZES]
    pace[k.EDGE, :-1], pace[k.EDGE, -1] = edges_y[:-1], np.inf
    mean = pace[k.MEAN : k.MEAN + k.HAZARDS, :-1]
    mean[:] = np.divide(1.0, rate, out=np.full_like(rate, k.LONGEST_Y), where=rate > 0)
    np.cumsum(rate * np.diff(edges_y), axis=1, out=pace[k.SUM : k.SUM + k.HAZARDS, 1:])

    def share(part: Array, whole: Array) -> Array:
        return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)

    chance = pace[:, :-1]
    chance[k.B_EARLY] = table[at.shed_to_early] / table[at.telogen]
    chance[k.B_DRIVEN] = table[at.shed_to_driven] / table[at.telogen]
    chance[k.B_PUSH] = share(table[at.push], rate[k.H_FORCED])
    chance[k.B_WAKE : k.B_WAKE + SIZES] = share(table[at.wake : at.wake + SIZES], empty)
    driven = np.broadcast_to(table[at.wake_driven], empty.shape)
    chance[k.B_WAKE_DRIVEN : k.B_WAKE_DRIVEN + SIZES] = share(driven, empty)
    chance[k.MOVE :] = table[at.move :]
    for m in range(1, len(layout.moves)):
        if layout.moves[m][0] == layout.moves[m - 1][0]:
            chance[k.MOVE + m] += chance[k.MOVE + m - 1]
    return np.ascontiguousarray(pace.T)


def _guide(sums: Array, parts: int) -> Whole:
    """Return the cell in which each part of what a hazard adds up to begins, and the last cell."""
    marks = np.arange(parts + 1) / parts
    first = [np.searchsorted(row[:-1], row[-1] * marks, side="right") - 1 for row in sums]
    return np.asarray(np.maximum(first, 0), dtype=np.int64)


def live(
    layout: Layout,
    parameters: CycleParameters,
    start: Array,
    drive: Drive,
    end_w: float,
    events: Sequence[float] = (),
    *,
    follicles: int,
    seed: int,
    report_w: float = 1.0,
    first: int = 0,
    on_hairs: Callable[[Hairs], None] | None = None,
    refine: int = 1,
) -> FollicleCourse:
    """Live through the lives of follicles from week 0 to `end_w`, one set of parameters (F21).

    Memory does not grow with the number of follicles: hairs are handed on in chunks. Two scenarios
    of one seed are the same to the last follicle until their controls part, if each is given the
    events of both.

    Parameters
    ----------
    start:
        Shares of the states on week 0; they sum to 1.
    drive:
        The controls as a function of the week, for one column.
    report_w:
        Weeks between reports; they change nothing else.
    first:
        Number of the first follicle, so that parts of a population can be run apart.
    on_hairs:
        Called with every chunk of hairs, in the order of follicles.

    Raises
    ------
    InputError
        If the number of follicles, the time or the reports cannot be followed.
    """
    from anagen.follicle import follicle_kernel as k

    if not 0 < follicles <= MOST_FOLLICLES:
        raise InputError(f"{follicles} follicles cannot be followed; give 1 to {MOST_FOLLICLES}")
    if not 0 < report_w <= end_w:
        raise InputError(f"reports every {report_w:g} weeks do not fit into {end_w:g} weeks")
    if max(layout.anagen_stages, layout.telogen_stages) > k.STAGES_FIT:
        raise InputError(f"single follicles are followed with up to {k.STAGES_FIT} stages a phase")
    pace = _pace(layout, hold(layout, parameters, drive, end_w, events, refine=refine))
    earlier = _earlier(layout, parameters, drive)
    sums = pace[:, k.SUM : k.SUM + k.HAZARDS].T
    sources = np.array([move[0] for move in layout.moves])
    shares = np.cumsum(start)[:-1] / start.sum()
    reports = int(np.floor(end_w / report_w + 1e-9)) + 1
    seen = np.zeros((reports + 1, k.KINDS * layout.tracks + 1), dtype=np.int32)
    shed = np.zeros(reports + 1, dtype=np.int64)
    rows = np.empty((CHUNK_HAIRS if on_hairs else 1, k.HAIR_FIELDS))
    done = 0
    while done < follicles:
        lived, written = k.live_through(
            first + done,
            follicles - done,
            np.uint64(seed),
            shares,
            np.searchsorted(shares, np.arange(GUIDE) / GUIDE),
            earlier,
            state_phases(layout),
            (layout.anagen_stages, layout.telogen_stages),
            np.array(layout.shown),
            np.searchsorted(sources, np.arange(layout.tracks + 1)),
            np.array([move[1] for move in layout.moves]),
            pace,
            _guide(sums, 2 * len(pace)),
            bool(np.any(pace[:, k.RATE + k.H_FORCED])),
            end_w / WEEKS_PER_YEAR,
            WEEKS_PER_YEAR / report_w,
            seen,
            shed,
            rows,
            on_hairs is not None,
        )
        if lived < 0:
            raise InputError(
                f"a follicle grew more than {k.MOST_HAIRS} hairs; the rates of the scenario are "
                f"absurd, or the time of {end_w:g} weeks is too long"
            )
        if on_hairs is not None and written:
            on_hairs(Hairs.of(rows[:written]))
        done += lived
    weeks = np.arange(reports, dtype=np.float64) * report_w
    return FollicleCourse(layout, follicles, weeks, np.cumsum(seen[:-1], axis=0), shed[:-1])


def state_phases(layout: Layout) -> Whole:
    """Return phase, as in `follicle_kernel`, track and stage of each living state: states x 3."""
    from anagen.follicle import follicle_kernel as k

    kind = np.empty(layout.phases, dtype=np.int64)
    stage = np.zeros(layout.phases, dtype=np.int64)
    kind[0], kind[layout.catagen], kind[layout.kenogen] = k.EARLY, k.CATAGEN, k.KENOGEN
    kind[layout.early_driven], kind[layout.anagen_driven] = k.EARLY_DRIVEN, k.ANAGEN_DRIVEN
    for part, name in ((layout.anagen, k.ANAGEN), (layout.telogen, k.TELOGEN)):
        kind[part] = name
        stage[part] = np.arange(part.stop - part.start)
    track = np.tile(np.arange(layout.tracks), layout.phases)
    return np.stack([kind.repeat(layout.tracks), track, stage.repeat(layout.tracks)], axis=1)
