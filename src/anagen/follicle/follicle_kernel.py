"""The compiled loop of single follicles: from phase to phase, in continuous time.

One step of the loop is one phase, not one stage or one week: the stages of anagen, and those of
telogen, pass at one rate each, so their sum is a gamma number on the cumulated rate. Random numbers
belong to the follicle, the number of its cycle and what they are drawn for, so that two scenarios
with one seed part only where their rates do.
"""

import math

import numpy as np
from numpy.typing import NDArray

from anagen.follicle.chance import gamma, minus_logs, normal, product, stream, uniform
from anagen.follicle.compiled import compiled
from anagen.follicle.units import Array

Whole = NDArray[np.int64]
Tally = NDArray[np.int32]

EARLY, EARLY_DRIVEN, ANAGEN, ANAGEN_DRIVEN, CATAGEN, TELOGEN, KENOGEN, LOST = range(8)
"""The phases of a single follicle; Erlang stages are summed up."""
KINDS = 7
"""Phases of a living follicle."""
H_EARLY, H_EARLY_DRIVEN, H_CATAGEN, H_TELOGEN, H_ANAGEN, H_DRIVEN, H_EMPTY = 0, 1, 2, 3, 4, 7, 10
H_FORCED, H_LOSS = 13, 14
HAZARDS = 15
"""Hazards: of the common phases, of three sizes each, of what forces, of loss."""
EDGE, MEAN, RATE, SUM = 0, 1, 1 + HAZARDS, 1 + 2 * HAZARDS
"""Columns of a pace: edges, mean of each hazard (one over its rate), rate, what it adds up to."""
B_EARLY, B_DRIVEN, B_PUSH, B_WAKE = (1 + 3 * HAZARDS + k for k in range(4))
B_WAKE_DRIVEN, MOVE = B_WAKE + 3, B_WAKE + 6
"""Columns of chances at the end of a phase, then cumulated chances of the moves."""
STAGES_FIT = 40
"""Stages of a phase whose random numbers fit the counters."""
N_EARLY, N_DRIVEN, N_CATAGEN, N_EMPTY, N_SHED, N_WAKE, N_MOVE, N_FORCED, N_PLUCKED = range(9)
N_SPREAD, N_ANAGEN, N_TELOGEN, NUMBERS = 10, 12, 12 + STAGES_FIT // 2, 12 + STAGES_FIT
"""Counters of the numbers of one cycle. Cycle 0 is what was before the start."""
N_BEGIN, N_DEATH = N_SHED, N_EMPTY
W_EARLY, W_DRIVEN, W_CATAGEN, W_EMPTY, W_ANAGEN, W_TELOGEN, WAITS = range(7)
"""How much of its hazard each phase of a cycle waits for."""
AHEAD = 2
"""Cycles whose waits are drawn at once."""
MOST_HAIRS = 4096
"""Hairs that one follicle may grow in a run; a cycle takes months, so nobody's does."""
NEVER, LONGEST_Y = math.inf, 1e300
"""When what never happens does, and the mean of what has no rate."""
HAIR_FIELDS = 7
"""follicle, size, driven, spread, begun, growth end, shed (years; infinite if not)."""


@compiled(forceinline=True)
def _whole(n: int) -> int:
    """Return a number that is not negative, told so that no index is tested for it."""
    return n & 0x7FFFFFFF


@compiled(forceinline=True)
def _reach(
    hazard: int, pace: Array, guide: Whole, cell: int, now: float, need: float
) -> tuple[float, int]:
    """Return when a cumulated rate has grown by `need`, and the cell of that.

    One loop without a branch before it: numba then counts no references to the arrays, which would
    cost more than all the rest.
    """
    at, column, parts = _whole(cell), SUM + hazard, guide.shape[1] - 1
    then = now + need * pace[at, MEAN + hazard]
    goal = pace[at, column] + pace[at, RATE + hazard] * (now - pace[at, EDGE]) + need
    while then > pace[at + 1, EDGE]:
        part = _whole(int(min(goal / pace[-1, column], 1.0) * parts))
        at = _whole(max(guide[hazard, part], at + 1))
        then = pace[at, EDGE] + max(goal - pace[at, column], 0.0) * pace[at, MEAN + hazard]
    return then, at


@compiled(forceinline=True)
def _draw_ahead(key: np.uint64, at: int, stages: tuple[int, int], waits: Array) -> None:
    """Draw the waits of the next cycles, the first with its counters from `at` on."""
    for k in range(AHEAD):
        first, place = k * WAITS, at + k * NUMBERS
        waits[first + W_EARLY] = uniform(key, place + N_EARLY)
        waits[first + W_DRIVEN] = uniform(key, place + N_DRIVEN)
        waits[first + W_CATAGEN] = uniform(key, place + N_CATAGEN)
        waits[first + W_EMPTY] = uniform(key, place + N_EMPTY)
        waits[first + W_ANAGEN] = product(key, place + N_ANAGEN, stages[0])
        waits[first + W_TELOGEN] = product(key, place + N_TELOGEN, stages[1])
    minus_logs(waits)


@compiled(forceinline=True)
def _note(now_y: float, reports_per_y: float, before: int, after: int, seen: Tally) -> int:
    """Note that a follicle changed its phase; return the first report that sees it, or none."""
    report = _whole(min(int(now_y * reports_per_y - 1e-9) + 1, seen.shape[0] - 1))
    seen[report, _whole(before)] -= 1
    seen[report, _whole(after)] += 1
    return report


@compiled()
def live_through(
    first: int,
    count: int,
    seed: np.uint64,
    begin_shares: Array,
    begin_guide: Whole,
    earlier: Array,
    states: Whole,
    stages: tuple[int, int],
    shown: Whole,
    move_first: Whole,
    move_to: Whole,
    pace: Array,
    guide: Whole,
    is_forced: bool,
    end_y: float,
    reports_per_y: float,
    seen: Tally,
    shed: Whole,
    hairs: Array,
    wants_hairs: bool,
) -> tuple[int, int]:
    """Live through the lives of `count` follicles from number `first` on.

    Parameters
    ----------
    begin_shares, begin_guide:
        Cumulated shares of the states at the start; the first state of each of equal parts.
    earlier:
        Rates before the start, per stage and year: hazards.
    states:
        Phase, track and stage (from 0) of each state, states x 3.
    stages:
        Erlang orders of anagen and telogen.
    shown, move_first, move_to:
        Size of each track; where its moves begin, and their targets.
    pace, guide:
        One row for each edge of the cells of time (C+1), the last for ever: columns as above, per
        stage and year, for the cell that begins there; the cell in which each of equal parts of
        what a hazard adds up to begins, hazards x (parts + 1).
    reports_per_y:
        Reports a year.
    seen, shed:
        To be added to: changes of the number of follicles in each phase and track at each report,
        reports x (7 x tracks + 1); hairs shed between a report and the one before. A last row
        takes what no report sees.
    hairs:
        To be filled, one row a hair (`HAIR_FIELDS`), where `wants_hairs`.

    Returns
    -------
    :
        The number of follicles that were lived through, which is below `count` where `hairs` has no
        room for those of another follicle (-1 where one grew more than fit), and the number of
        hairs written.
    """
    tracks, lost = shown.size, KINDS * shown.size
    waits, written = np.empty(AHEAD * WAITS), 0
    for number in range(count):
        if wants_hairs and written + MOST_HAIRS > hairs.shape[0]:
            return number, written
        mark, follicle = written, first + number
        key = stream(seed, follicle)
        u = uniform(key, N_BEGIN)
        state = _whole(begin_guide[_whole(int(u * begin_guide.size))])
        while state < begin_shares.size and begin_shares[state] < u:
            state += 1
        if state == states.shape[0]:
            seen[0, lost] += 1
            continue
        kind, track, stage = _whole(states[state, 0]), _whole(states[state, 1]), states[state, 2]
        size = _whole(shown[track])
        seen[0, kind * tracks + track] += 1
        stop_y, _ = _reach(H_LOSS, pace, guide, 0, 0.0, gamma(key, N_DEATH, 1))
        stop_y = min(stop_y, end_y)
        is_driven = kind in (EARLY_DRIVEN, ANAGEN_DRIVEN)
        began_y, grown_y, size_of_hair = 0.0, 0.0, size
        if wants_hairs:
            began_y, grown_y = _before(kind, stage, size, stages[0], earlier, key)
        now, cell, at, next_ = 0.0, 0, NUMBERS, 0
        _draw_ahead(key, at, stages, waits)
        if kind == ANAGEN:
            waits[W_ANAGEN] = gamma(key, at + N_ANAGEN, stages[0] - stage)
        elif kind == TELOGEN:
            waits[W_TELOGEN] = gamma(key, at + N_TELOGEN, stages[1] - stage)
        while True:
            if next_ == AHEAD * WAITS:
                next_ = 0
                _draw_ahead(key, at, stages, waits)
            if kind <= EARLY_DRIVEN:
                is_driven = kind == EARLY_DRIVEN
                hazard = H_EARLY_DRIVEN if is_driven else H_EARLY
                now, cell = _reach(hazard, pace, guide, cell, now, waits[next_ + W_EARLY])
                if now >= stop_y:
                    break
                before = kind * tracks + track
                kind = ANAGEN_DRIVEN if is_driven else ANAGEN
                _note(now, reports_per_y, before, kind * tracks + track, seen)
                began_y, size_of_hair = now, size
            if kind <= ANAGEN_DRIVEN:
                wait = waits[next_ + (W_DRIVEN if is_driven else W_ANAGEN)]
                hazard = (H_DRIVEN if is_driven else H_ANAGEN) + size
                then, where = _reach(hazard, pace, guide, cell, now, wait)
                is_plucked = False
                if is_forced:
                    wait = gamma(key, at + N_FORCED, 1)
                    soon, there = _reach(H_FORCED, pace, guide, cell, now, wait)
                    if soon < then:
                        then, where = soon, there
                        push = pace[where, B_PUSH]
                        is_plucked = uniform(key, at + N_PLUCKED) >= push
                now, cell = then, where
                if now >= stop_y:
                    break
                grown_y = now
                before = kind * tracks + track
                kind = KENOGEN if is_plucked else CATAGEN
                report = _note(now, reports_per_y, before, kind * tracks + track, seen)
                if is_plucked:
                    shed[report] += 1
                    if wants_hairs:
                        hair = (began_y, now, now)
                        _write(hairs[written], follicle, size_of_hair, is_driven, key, at, hair)
                        written += 1
            if kind == CATAGEN:
                wait = waits[next_ + W_CATAGEN]
                now, cell = _reach(H_CATAGEN, pace, guide, cell, now, wait)
                if now >= stop_y:
                    break
                _note(now, reports_per_y, CATAGEN * tracks + track, TELOGEN * tracks + track, seen)
                kind = TELOGEN
            if kind == TELOGEN:
                wait = waits[next_ + W_TELOGEN]
                now, cell = _reach(H_TELOGEN, pace, guide, cell, now, wait)
                if now >= stop_y:
                    break
                if wants_hairs:
                    hair = (began_y, grown_y, now)
                    _write(hairs[written], follicle, size_of_hair, is_driven, key, at, hair)
                    written += 1
                u = uniform(key, at + N_SHED)
                to_early, to_driven = pace[cell, B_EARLY], pace[cell, B_DRIVEN]
                before = TELOGEN * tracks + track
                kind = KENOGEN
                if u < to_early + to_driven:
                    kind = EARLY if u < to_early else EARLY_DRIVEN
                    track = _moved(
                        uniform(key, at + N_MOVE), track, move_first, move_to, pace, cell
                    )
                    size = _whole(shown[track])
                shed[_note(now, reports_per_y, before, kind * tracks + track, seen)] += 1
            if kind == KENOGEN:
                wait = waits[next_ + W_EMPTY]
                now, cell = _reach(H_EMPTY + size, pace, guide, cell, now, wait)
                if now >= stop_y:
                    break
                u = uniform(key, at + N_WAKE)
                to_early = pace[cell, B_WAKE + size]
                before = KENOGEN * tracks + track
                if u >= to_early + pace[cell, B_WAKE_DRIVEN + size] and size == 2:
                    _note(now, reports_per_y, before, lost, seen)
                    kind = LOST
                    break
                kind = EARLY if u < to_early else EARLY_DRIVEN
                track = _moved(uniform(key, at + N_MOVE), track, move_first, move_to, pace, cell)
                size = _whole(shown[track])
                _note(now, reports_per_y, before, kind * tracks + track, seen)
            if written - mark + 2 >= MOST_HAIRS:
                return -1, mark
            at += NUMBERS
            next_ += WAITS
        if kind == LOST:
            continue
        is_growing = kind in (ANAGEN, ANAGEN_DRIVEN)
        is_seen = is_growing or kind in (CATAGEN, TELOGEN)
        if stop_y < end_y:
            report = _note(stop_y, reports_per_y, kind * tracks + track, lost, seen)
            shed[report] += is_seen
        if wants_hairs and is_seen:
            shed_y = stop_y if stop_y < end_y else NEVER
            hair = (began_y, shed_y if is_growing else grown_y, shed_y)
            _write(hairs[written], follicle, size_of_hair, is_driven, key, at, hair)
            written += 1
    return count, written


@compiled()
def _before(
    kind: int, stage: int, size: int, anagen_stages: int, earlier: Array, key: np.uint64
) -> tuple[float, float]:
    """Return when a hair began and ended to grow before the start.

    Looked at backwards a steady chain has the same sojourns, so what has passed of a phase is a sum
    of as many stages as have been entered.
    """
    began_y, grown_y = 0.0, 0.0
    if kind == ANAGEN:
        began_y = -gamma(key, N_ANAGEN, stage + 1) / earlier[H_ANAGEN + size]
    elif kind == ANAGEN_DRIVEN:
        began_y = -gamma(key, N_ANAGEN, 1) / max(earlier[H_DRIVEN + size], 1e-9)
    elif kind in (CATAGEN, TELOGEN):
        if kind == TELOGEN:
            grown_y = -gamma(key, N_TELOGEN, stage + 1) / earlier[H_TELOGEN]
        grown_y -= gamma(key, N_CATAGEN, 1) / earlier[H_CATAGEN]
        anagen = gamma(key, N_ANAGEN, anagen_stages)
        began_y = grown_y - anagen / earlier[H_ANAGEN + size]
    return began_y, grown_y


@compiled(forceinline=True)
def _moved(u: float, track: int, move_first: Whole, move_to: Whole, pace: Array, cell: int) -> int:
    """Return the track of the next cycle."""
    own, last = _whole(move_first[track]), move_first[track + 1] - 1
    while own < last and u >= pace[cell, MOVE + own]:
        own += 1
    return _whole(move_to[own])


@compiled()
def _write(
    row: Array,
    follicle: int,
    size: int,
    is_driven: bool,
    key: np.uint64,
    at: int,
    years: tuple[float, float, float],
) -> None:
    """Write one hair, begun, grown and shed; its spread is a standard normal number of its own."""
    row[0], row[1], row[2] = follicle, size, is_driven
    row[3] = normal(key, at + N_SPREAD)
    row[4], row[5], row[6] = years
