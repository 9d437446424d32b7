"""The plausibility bound against the printed specification and an independent solution."""

import numpy as np
import pytest
from scipy.linalg import expm

from anagen import facts
from anagen.follicle import (
    WEEKS_PER_YEAR,
    Controls,
    CycleParameters,
    Layout,
    generator,
    nonvellus_share,
    pattern_baseline,
    plausibility_bound,
    rates,
)

MODEL = facts.load().model
WEEKS = (3.0, 6.0, 12.0, 24.0)
PRINTED_NET_PERCENT = (-0.8, 6, 19, 26)
PRINTED_TO = (0.06, 0.5, 0.5, 0.5)
"""Half of the last printed digit; the first was printed to a tenth (its controls weekly, 52 to a
year, so −0.83 of ours is its −0.8)."""
SOLVER_POINTS = 0.02
"""Percentage points of the start between Runge-Kutta steps and matrix exponentials."""


@pytest.fixture(scope="module")
def bound():
    return plausibility_bound(MODEL, WEEKS, np.random.default_rng(4), draws=2)


def test_with_the_stimulus_held_the_net_course_is_the_one_of_the_specification(bound):
    for found, printed, to in zip(
        bound.held_net_percent, PRINTED_NET_PERCENT, PRINTED_TO, strict=True
    ):
        assert abs(found - printed) <= to


def test_the_bound_is_what_matrix_exponentials_give():
    layout, parameters = Layout.from_facts(MODEL), CycleParameters.from_facts(MODEL)
    years = MODEL["t_dis"].number()
    start = pattern_baseline(layout, parameters, np.ones(1), np.array([years]))[:, 0]

    def weekly(u, S):
        controls = Controls(u=np.array([u]), S=np.array([S]))
        q, _ = generator(layout, rates(layout, parameters, controls, 1))
        return expm(q[0] / WEEKS_PER_YEAR)

    cap, none = weekly(0.0, MODEL["stimulus_cap"].number()), weekly(0.0, 0.0)
    seen = nonvellus_share(layout, np.eye(layout.states))
    best = [0.0]
    for week in range(1, 25):
        courses = [
            start @ np.linalg.matrix_power(cap, week - k) @ np.linalg.matrix_power(none, k) @ seen
            for k in range(min(week, 4) + 1)
        ]
        best.append(max(best[-1], *(100 * (c / (start @ seen) - 1) for c in courses)))
    weeks = [float(week) for week in range(25)]
    found = plausibility_bound(MODEL, weeks, np.random.default_rng(4), draws=2)
    values = [estimate.value for estimate in found.average_percent]
    assert np.allclose(values, best, atol=SOLVER_POINTS)
