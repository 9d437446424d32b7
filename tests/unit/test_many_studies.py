"""What happens beyond the size that people meet: blocks change no digit, k x k work has an end."""

import numpy as np
import pytest

from anagen.evidence import analysis
from anagen.evidence.analysis import analyse
from anagen.synthesis import bootstrap
from anagen.synthesis.influence import cumulative, leave_one_out

ARRAYS = ("estimate", "se", "tau2", "q", "studies", "typical")


def effects(k):
    rng = np.random.default_rng(k)
    v = rng.uniform(0.01, 0.3, k)
    return rng.normal(0.3, np.sqrt(v + 0.15)), v


@pytest.mark.parametrize("method", ["REML", "DL", "common"])
def test_sets_pooled_in_blocks_have_the_digits_of_sets_pooled_at_once(monkeypatch, method):
    rng = np.random.default_rng(5)
    y, v = rng.normal(size=(37, 11)), rng.uniform(0.1, 1, (37, 11))
    v[rng.random(v.shape) < 0.2] = np.inf
    v[:, 0] = 0.5
    whole = bootstrap.pool_sets(y, v, method=method)
    monkeypatch.setattr(bootstrap, "CELLS", 50)
    parts = bootstrap.pool_sets(y, v, method=method)
    for name in ARRAYS:
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


def test_one_at_a_time_is_not_made_for_very_many_studies_and_the_notes_say_so(monkeypatch):
    monkeypatch.setattr(analysis, "MOST_ONE_BY_ONE", 12)
    y, v = effects(13)
    many = analyse([f"s{i}" for i in range(13)], y, v, measure="MD", words="difference")
    assert (many.leave_one_out, many.cumulative, many.influence) == (None, None, None)
    assert many.small_studies.begg is None
    assert many.small_studies.egger is not None
    assert any("more than 12 studies" in note for note in many.notes)


def test_one_at_a_time_is_made_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(analysis, "MOST_ONE_BY_ONE", 12)
    y, v = effects(12)
    some = analyse([f"s{i}" for i in range(12)], y, v, measure="MD", words="difference")
    assert some.leave_one_out == leave_one_out(y, v)
    assert some.cumulative == cumulative(y, v)
    assert some.influence is not None
    assert some.small_studies.begg is not None
    assert some.notes == []
