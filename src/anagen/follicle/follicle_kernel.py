"""The compiled loop of single follicles: from phase to phase, in continuous time.

One step of the loop is one phase, not one stage or one week: the stages of anagen, and those of
telogen, pass at one rate each, so their sum is a gamma number on the cumulated rate. Random numbers
belong to the follicle and the number of the phase (`chance`), so that two scenarios with one seed
part only where their rates do.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anagen.follicle.chance import gamma, normal, stream, uniform
from anagen.follicle.units import Array

Whole = NDArray[np.int64]
Tally = NDArray[np.int32]
Hairs = NDArray[np.float64]

EARLY, ANAGEN, CATAGEN, TELOGEN, KENOGEN, EARLY_DRIVEN, ANAGEN_DRIVEN, LOST = range(8)
"""The phases of a single follicle; Erlang stages are summed up."""
KINDS = 7
"""Phases of a living follicle."""
H_EARLY, H_EARLY_DRIVEN, H_CATAGEN, H_TELOGEN, H_ANAGEN, H_DRIVEN, H_EMPTY = 0, 1, 2, 3, 4, 7, 10
H_FORCED, H_LOSS = 13, 14
HAZARDS = 15
"""Rows of cumulated rates: of the common phases, of three sizes each, of what forces, of loss."""
B_EARLY, B_DRIVEN, B_PUSH, B_WAKE, B_WAKE_DRIVEN = 0, 1, 2, 3, 6
BRANCHES = 9
"""Rows of chances at the end of a phase."""
COUNTERS = 32
"""Counters of one phase of one follicle, in its stream."""
STAGES_FIT = 40
"""Stages of a phase whose random numbers fit the counters."""
MOST_HAIRS = 4096
"""Hairs that one follicle may grow in a run; a cycle takes months, so nobody's does."""
NEVER = math.inf
HAIR_FIELDS = 8
"""follicle, size, driven, spread, begun, growth end, shed (years; infinite if not), phase."""


@njit(cache=True, nogil=True)
def _reach(
    hazard: int, cumulated: Array, rate: Array, edges_y: Array, cell: int, now: float, need: float
) -> tuple[float, int]:
    """Return when a cumulated rate has grown by `need`, and the cell of that; infinity if never."""
    goal = cumulated[hazard, cell] + rate[hazard, cell] * (now - edges_y[cell]) + need
    if goal <= cumulated[hazard, cell + 1]:
        return now + need / rate[hazard, cell], cell
    last = edges_y.size - 1
    if goal > cumulated[hazard, last]:
        return math.inf, last - 1
    low, high, step = cell + 1, cell + 2, 1
    while high < last and cumulated[hazard, high] < goal:
        low = high
        step *= 2
        high = min(high + step, last)
    while high - low > 1:
        middle = (low + high) // 2
        if cumulated[hazard, middle] < goal:
            low = middle
        else:
            high = middle
    return edges_y[low] + (goal - cumulated[hazard, low]) / rate[hazard, low], low


@njit(cache=True, nogil=True)
def _begin(u: float, shares: Array) -> int:
    """Return the state whose cumulated share passes `u`."""
    low, high = -1, shares.size
    while high - low > 1:
        middle = (low + high) // 2
        if shares[middle] < u:
            low = middle
        else:
            high = middle
    return high


@njit(cache=True, nogil=True, inline="always")
def _note(now_y: float, reports_per_y: float, before: int, after: int, seen: Tally) -> int:
    """Note that a follicle changed its phase; return the first report that sees it."""
    report = int(now_y * reports_per_y - 1e-9) + 1
    if report < seen.shape[0]:
        seen[report, before] -= 1
        seen[report, after] += 1
    return report


@njit(cache=True, nogil=True)
def live_through(
    first: int,
    count: int,
    seed: np.uint64,
    begin_shares: Array,
    kind_of: Whole,
    track_of: Whole,
    stage_of: Whole,
    stages: tuple[int, int],
    shown: Whole,
    move_first: Whole,
    move_to: Whole,
    edges_y: Array,
    rate: Array,
    cumulated: Array,
    branch: Array,
    move: Array,
    is_forced: bool,
    reports_per_y: float,
    seen: Tally,
    shed: Whole,
    hairs: Hairs,
    wants_hairs: bool,
) -> tuple[int, int]:
    """Live through the lives of `count` follicles from number `first` on.

    Parameters
    ----------
    begin_shares:
        Cumulated shares of the states at the start.
    kind_of, track_of, stage_of:
        Phase, track and stage (from 0) of each state.
    stages:
        Erlang orders of anagen and telogen.
    shown, move_first, move_to:
        Size of each track; where its moves begin, and their targets.
    edges_y, rate, cumulated, branch, move:
        Cells of time, years (C+1); rates per stage and year, rows x C, and what they add up to at
        each edge; chances at the end of a phase, and cumulated chances of the moves, rows x C.
    reports_per_y:
        Reports a year.
    seen, shed:
        To be added to: changes of the number of follicles in each phase and track at each report,
        reports x (7 x tracks + 1); hairs shed between a report and the one before.
    hairs:
        To be filled, one row a hair (`HAIR_FIELDS`), where `wants_hairs`.

    Returns
    -------
    :
        The number of follicles that were lived through, which is below `count` where `hairs` has no
        room for those of another follicle (-1 where one grew more than fit), and the number of
        hairs written.
    """
    tracks, end_y = shown.size, edges_y[-1]
    lost_state, reports = KINDS * tracks, seen.shape[0]
    written = 0
    for number in range(count):
        if wants_hairs and written + MOST_HAIRS > hairs.shape[0]:
            return number, written
        mark, follicle = written, first + number
        key = stream(seed, follicle)
        row = _begin(uniform(key, 0), begin_shares)
        if row == kind_of.size:
            seen[0, lost_state] += 1
            continue
        kind, track = kind_of[row], track_of[row]
        need = -math.log(uniform(key, 1))
        death_y, _ = _reach(H_LOSS, cumulated, rate, edges_y, 0, 0.0, need)
        stop_y = min(death_y, end_y)
        size = shown[track]
        left, began_y, grown_y = _before(kind, stage_of[row], size, stages, rate, key)
        is_driven = kind == ANAGEN_DRIVEN
        size_of_hair = size
        seen[0, kind * tracks + track] += 1
        now, cell, phase = 0.0, 0, 0
        while True:
            if kind in (EARLY, EARLY_DRIVEN):
                phase += 1
                is_driven = kind == EARLY_DRIVEN
                need = gamma(key, phase * COUNTERS + 4, 1)
                hazard = H_EARLY_DRIVEN if is_driven else H_EARLY
                now, cell = _reach(hazard, cumulated, rate, edges_y, cell, now, need)
                if now >= stop_y:
                    break
                before = kind * tracks + track
                kind = ANAGEN_DRIVEN if is_driven else ANAGEN
                _note(now, reports_per_y, before, kind * tracks + track, seen)
                left = 1 if is_driven else stages[0]
                began_y, size_of_hair = now, size
            if kind in (ANAGEN, ANAGEN_DRIVEN):
                phase += 1
                at = phase * COUNTERS
                hazard = (H_DRIVEN if is_driven else H_ANAGEN) + size
                need = gamma(key, at + 4, left)
                then, where = _reach(hazard, cumulated, rate, edges_y, cell, now, need)
                is_plucked = False
                if is_forced:
                    need = -math.log(uniform(key, at))
                    soon, there = _reach(H_FORCED, cumulated, rate, edges_y, cell, now, need)
                    if soon < then:
                        then, where = soon, there
                        is_plucked = uniform(key, at + 1) >= branch[B_PUSH, where]
                now, cell = then, where
                if now >= stop_y:
                    break
                grown_y = now
                before = kind * tracks + track
                kind, left = KENOGEN if is_plucked else CATAGEN, 1
                report = _note(now, reports_per_y, before, kind * tracks + track, seen)
                if is_plucked:
                    if report < reports:
                        shed[report] += 1
                    if wants_hairs:
                        _write(
                            hairs,
                            written,
                            follicle,
                            size_of_hair,
                            is_driven,
                            key,
                            phase,
                            began_y,
                            grown_y,
                            now,
                        )
                        written += 1
            if kind == CATAGEN:
                phase += 1
                need = gamma(key, phase * COUNTERS + 4, 1)
                now, cell = _reach(H_CATAGEN, cumulated, rate, edges_y, cell, now, need)
                if now >= stop_y:
                    break
                _note(now, reports_per_y, CATAGEN * tracks + track, TELOGEN * tracks + track, seen)
                kind, left = TELOGEN, stages[1]
            if kind == TELOGEN:
                phase += 1
                at = phase * COUNTERS
                need = gamma(key, at + 4, left)
                now, cell = _reach(H_TELOGEN, cumulated, rate, edges_y, cell, now, need)
                if now >= stop_y:
                    break
                if wants_hairs:
                    if written - mark + 2 >= MOST_HAIRS:
                        return -1, mark
                    _write(
                        hairs,
                        written,
                        follicle,
                        size_of_hair,
                        is_driven,
                        key,
                        phase,
                        began_y,
                        grown_y,
                        now,
                    )
                    written += 1
                u = uniform(key, at + 1)
                to_early, to_driven = branch[B_EARLY, cell], branch[B_DRIVEN, cell]
                before = TELOGEN * tracks + track
                if u < to_early + to_driven:
                    kind = EARLY if u < to_early else EARLY_DRIVEN
                    track = _moved(uniform(key, at + 2), track, move_first, move_to, move, cell)
                    size = shown[track]
                else:
                    kind = KENOGEN
                report = _note(now, reports_per_y, before, kind * tracks + track, seen)
                if report < reports:
                    shed[report] += 1
            if kind == KENOGEN:
                phase += 1
                at = phase * COUNTERS
                need = gamma(key, at + 4, 1)
                now, cell = _reach(H_EMPTY + size, cumulated, rate, edges_y, cell, now, need)
                if now >= stop_y:
                    break
                u = uniform(key, at + 1)
                to_early = branch[B_WAKE + size, cell]
                before = KENOGEN * tracks + track
                if u >= to_early + branch[B_WAKE_DRIVEN + size, cell] and size == 2:
                    _note(now, reports_per_y, before, lost_state, seen)
                    stop_y = -1.0
                    break
                kind = EARLY if u < to_early else EARLY_DRIVEN
                track = _moved(uniform(key, at + 2), track, move_first, move_to, move, cell)
                size = shown[track]
                _note(now, reports_per_y, before, kind * tracks + track, seen)
        if stop_y < 0:
            continue
        is_growing = kind in (ANAGEN, ANAGEN_DRIVEN)
        is_seen = is_growing or kind in (CATAGEN, TELOGEN)
        shed_y = NEVER
        if death_y < end_y:
            shed_y = death_y
            report = _note(death_y, reports_per_y, kind * tracks + track, lost_state, seen)
            if is_seen and report < reports:
                shed[report] += 1
        if wants_hairs and is_seen:
            _write(
                hairs,
                written,
                follicle,
                size_of_hair,
                is_driven,
                key,
                phase,
                began_y,
                shed_y if is_growing else grown_y,
                shed_y,
            )
            written += 1
    return count, written


@njit(cache=True, nogil=True)
def _before(
    kind: int, stage: int, size: int, stages: tuple[int, int], rate: Array, key: np.uint64
) -> tuple[int, float, float]:
    """Return the stages left at the start, and when a hair began and ended to grow before it.

    Looked at backwards a steady chain has the same sojourns, so what has passed of a phase is a sum
    of as many stages as have been entered.
    """
    left, began_y, grown_y = 1, 0.0, 0.0
    if kind == ANAGEN:
        left = stages[0] - stage
        began_y = -gamma(key, 8, stage + 1) / rate[H_ANAGEN + size, 0]
    elif kind == ANAGEN_DRIVEN:
        began_y = math.log(uniform(key, 8)) / max(rate[H_DRIVEN + size, 0], 1e-9)
    elif kind in (CATAGEN, TELOGEN):
        if kind == TELOGEN:
            left = stages[1] - stage
            grown_y = -gamma(key, 8, stage + 1) / rate[H_TELOGEN, 0]
        grown_y += math.log(uniform(key, 2)) / rate[H_CATAGEN, 0]
        began_y = grown_y - gamma(key, COUNTERS - 1, stages[0]) / rate[H_ANAGEN + size, 0]
    return left, began_y, grown_y


@njit(cache=True, nogil=True)
def _moved(u: float, track: int, move_first: Whole, move_to: Whole, move: Array, cell: int) -> int:
    """Return the track of the next cycle."""
    own = move_first[track]
    while own + 1 < move_first[track + 1] and u >= move[own, cell]:
        own += 1
    return int(move_to[own])


@njit(cache=True, nogil=True)
def _write(
    hairs: Hairs,
    row: int,
    follicle: int,
    size: int,
    is_driven: bool,
    key: np.uint64,
    phase: int,
    began_y: float,
    grown_y: float,
    shed_y: float,
) -> None:
    """Write one hair; its spread is a standard normal number of its own."""
    out = hairs[row]
    out[0], out[1], out[2] = follicle, size, is_driven
    out[3] = normal(key, phase * COUNTERS + COUNTERS - 2)
    out[4], out[5], out[6], out[7] = began_y, grown_y, shed_y, phase
