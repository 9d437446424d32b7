"""Columns are cut into blocks that take the least time."""

from itertools import combinations

import numpy as np
import pytest

from anagen.follicle import past


def time(speed, cuts):
    blocks = np.split(speed, cuts)
    if any(block.size > past.BLOCK for block in blocks):
        return np.inf
    return sum(block[-1] * (past.OVERHEAD + block.size) for block in blocks)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_cuts_take_less_time(seed, monkeypatch):
    monkeypatch.setattr(past, "GRAIN", 1)
    monkeypatch.setattr(past, "OVERHEAD", 3)
    monkeypatch.setattr(past, "BLOCK", 7)
    speed = np.sort(np.random.default_rng(seed).lognormal(size=10))
    every = (cuts for n in range(10) for cuts in combinations(range(1, 10), n))
    least = min(time(speed, list(cuts)) for cuts in every)
    assert time(speed, past._cuts(speed)) == pytest.approx(least)


def test_a_few_columns_that_are_many_times_faster_stand_by_themselves():
    speed = np.append(np.full(2000, 60.0), np.full(40, 240.0))
    assert past._cuts(speed) == [2000]
    assert past._cuts(np.full(500, 60.0)) == []
