"""Effect sizes against metafor's escalc, recovered numbers against R and meta's metamean."""

import pytest

from anagen.synthesis.effects import MEASURES
from tests.reference import effects_statistics as statistics


def test_every_effect_and_variance_agrees_with_metafor(shared):
    found = list(statistics.effect_sizes_beside_metafor(shared))
    assert len(found) == 316
    for what, _, ours, theirs, relative, absolute in found:
        assert ours == pytest.approx(theirs, rel=relative, abs=absolute), what


def test_every_recovered_number_agrees_with_r(shared):
    found = list(statistics.recovery_beside_r(shared))
    assert len(found) == 36
    for what, _, ours, theirs, relative, absolute in found:
        assert ours == pytest.approx(theirs, rel=relative, abs=absolute), what


def test_every_item_of_the_reference_set_is_a_measure_of_ours(shared):
    items = [item["measure"] for item in statistics.read(shared)["items"]]
    assert len(items) == 26
    assert {statistics.OURS.get(name, name) for name in items} <= set(MEASURES)
