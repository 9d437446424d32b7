"""Multivariate and multilevel models against metafor's rma.mv and clubSandwich."""

import pytest

from tests.reference import multivariate_statistics as statistics


@pytest.fixture(scope="module")
def found(shared):
    return list(statistics.comparisons(shared))


@pytest.mark.parametrize("name", statistics.SETS)
def test_every_statistic_of_a_set_agrees(found, name):
    of_set = [row for row in found if row[1].split("/")[0] == name]
    assert len(of_set) > 30
    for what, label, ours, theirs, relative, absolute in of_set:
        assert ours == pytest.approx(theirs, rel=relative, abs=absolute), f"{label}: {what}"


def test_every_fit_of_the_reference_sets_is_compared(shared, found):
    fits = {f"{n}/{key}" for n in statistics.SETS for key in statistics.Data(shared, n).fits}
    assert fits == {row[1] for row in found if "/" in row[1]}
    assert len(fits) == 13
