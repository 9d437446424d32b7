"""Where follicles stand in a drawn field."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from anagen import facts
from anagen.errors import InputError
from anagen.follicle import follicle_field

MODEL = facts.load().model
LEAST_MM = MODEL["unit_spacing_least_mm"].number()


def centres(field):
    size = np.bincount(field.unit)
    return np.stack(
        [np.bincount(field.unit, field.x_mm) / size, np.bincount(field.unit, field.y_mm) / size],
        axis=1,
    )


@settings(max_examples=40, deadline=None)
@given(
    follicles=st.integers(1, 3000),
    per_cm2=st.floats(20, 600),
    seed=st.integers(0, 2**32),
)
def test_every_follicle_stands_on_the_patch_in_a_unit_of_one_to_four(follicles, per_cm2, seed):
    field = follicle_field(MODEL, follicles, follicles / per_cm2, seed)
    assert field.follicles == follicles
    assert field.side_mm == pytest.approx(10 * (follicles / per_cm2) ** 0.5)
    for place in (field.x_mm, field.y_mm):
        assert place.min() >= 0
        assert place.max() <= field.side_mm
    sizes = np.bincount(field.unit)
    assert sizes.min() >= 1
    assert sizes.max() <= 4


@pytest.mark.parametrize("seed", range(6))
def test_units_keep_their_distance_where_there_is_room(seed):
    field = follicle_field(MODEL, 2650, 10.0, seed)
    nearest = cKDTree(centres(field)).query(centres(field), 2)[0][:, 1].min()
    assert nearest >= LEAST_MM - 1e-9
    own = np.stack([field.x_mm, field.y_mm], axis=1)
    assert cKDTree(own).query(own, 2)[0][:, 1].min() > 0.1


def test_units_are_as_dense_as_clinics_count_them():
    field = follicle_field(MODEL, 26_500, 100.0, 3)
    counted = facts.load().parameters["follicular_units_density"]
    per_cm2 = (field.unit[-1] + 1) / 100
    assert counted.low <= per_cm2 <= counted.high * 1.01
    mean = MODEL["follicles_per_graft"].number()
    assert np.bincount(field.unit)[:-1].mean() == pytest.approx(mean, abs=0.03)


def test_one_seed_gives_one_field_and_another_seed_another():
    one, again, other = (follicle_field(MODEL, 265, 1.0, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.x_mm, again.x_mm)
    assert not np.array_equal(one.x_mm, other.x_mm)


def test_follicles_that_come_later_stand_in_units_of_their_own():
    first, later = follicle_field(MODEL, 20, 1.0, 1), follicle_field(MODEL, 7, 1.0, 2)
    both = first.followed_by(later)
    assert both.follicles == 27
    assert set(both.unit[:20]).isdisjoint(both.unit[20:])


def test_follicles_can_be_told_from_the_middle_outwards():
    field = follicle_field(MODEL, 400, 1.0, 1)
    ordered = field.from_the_middle()
    far = np.hypot(ordered.x_mm - 5, ordered.y_mm - 5)
    assert (np.diff(far) >= 0).all()
    assert sorted(zip(field.x_mm, field.y_mm, field.unit, strict=True)) == sorted(
        zip(ordered.x_mm, ordered.y_mm, ordered.unit, strict=True)
    )
    later = follicle_field(MODEL, 300, 1.0, 2)
    for seed in range(4):  # the corner that lies farthest is now and then that of the last unit
        ordered = follicle_field(MODEL, 400, 1.0, seed).from_the_middle()
        assert set(ordered.followed_by(later).unit[400:]).isdisjoint(ordered.unit)


def test_no_follicles_make_no_field():
    with pytest.raises(InputError, match="make no field"):
        follicle_field(MODEL, 0, 1.0, 1)
