"""The table of a field on one day, from which pictures are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from anagen import facts
from anagen.errors import InputError
from anagen.follicle import (
    Controls,
    CycleParameters,
    Hairs,
    Layout,
    Regimen,
    Season,
    Therapy,
    acting,
    follicle_field,
    follicle_table,
    live,
    pattern_baseline,
)

MODEL = facts.load().model
LAYOUT = Layout.from_facts(MODEL)
P = CycleParameters.from_facts(MODEL)
CV = MODEL["diameter_cv"].number()
ONE = np.ones(1)
FOLLICLES = 400


def run():
    found = []
    start = pattern_baseline(LAYOUT, P, ONE, np.array([9.6]))[:, 0]
    course = live(
        LAYOUT, P, start, lambda w, b: Controls(u=ONE, S=0 * ONE), 104.0,
        follicles=FOLLICLES, seed=7, on_hairs=found.append,
    )  # fmt: skip
    (hairs,) = found
    return course, hairs


COURSE, HAIRS = run()
FIELD = follicle_field(MODEL, FOLLICLES, 1.5, 7)


def table(day, **given):
    return follicle_table(FIELD, HAIRS, P, CV, day, **given)


@pytest.mark.parametrize("week", [0, 13, 103])
def test_a_day_shows_as_many_hairs_as_the_course_of_its_week(week):
    moment = COURSE.moments()[week]
    x = LAYOUT.live(moment.state)[..., 0]
    visible = x[LAYOUT.anagen.start : LAYOUT.telogen.stop].sum() + x[LAYOUT.anagen_driven].sum()
    assert table(7.0 * week).has_hair.sum() == pytest.approx(visible * FOLLICLES)


def test_a_follicle_without_hair_shows_nothing():
    day = table(200.0)
    assert 0 < day.has_hair.sum() < FOLLICLES
    for name in ("length_mm", "diameter_um", "growth_mm_per_day"):
        assert np.all(getattr(day, name)[~day.has_hair] == 0)
    assert np.all(day.diameter_um[day.has_hair] > 5)
    assert np.all(day.growth_mm_per_day[day.has_hair & ~day.is_growing] == 0)


def test_two_days_after_shaving_only_growing_hairs_have_grown():
    day_0, day_2 = (table(d, shaved_day=100.0, stub_mm=0.3) for d in (100.0, 102.0))
    assert day_0.length_mm.max() == pytest.approx(0.3)
    stays = day_0.is_growing & day_2.is_growing & (day_0.length_mm > 0)
    gained = day_2.length_mm - day_0.length_mm
    np.testing.assert_allclose(gained[stays], 2 * day_2.growth_mm_per_day[stays])
    rests = day_0.has_hair & day_2.has_hair & ~day_0.is_growing
    np.testing.assert_allclose(gained[rests], 0, atol=1e-12)


def test_a_hair_grows_by_its_rate_and_thick_ones_faster():
    day = table(300.0)
    grows = day.is_growing
    rate = MODEL["g0"].number() + MODEL["g1"].number() * day.diameter_um
    np.testing.assert_allclose(day.growth_mm_per_day[grows], rate[grows])
    assert day.length_mm[grows].max() > 50


def test_impossible_tables_are_refused():
    with pytest.raises(InputError, match="before the shaving"):
        table(5.0, shaved_day=6.0)
    small = follicle_field(MODEL, 10, 1.0, 1)
    with pytest.raises(InputError, match="the field holds 10"):
        follicle_table(small, HAIRS, P, CV, 5.0)
    twice = Hairs(*(np.concatenate([getattr(HAIRS, n)] * 2) for n in Hairs.__slots__))
    with pytest.raises(InputError, match="two hairs on one day"):
        follicle_table(FIELD, twice, P, CV, 5.0)
    good = table(5.0)
    with pytest.raises(InputError, match="column length_mm"):
        replace(good, length_mm=good.length_mm[:-1])
    with pytest.raises(InputError, match="column diameter_um of a follicle table holds a negative"):
        replace(good, diameter_um=good.diameter_um - 1000)
    with pytest.raises(InputError, match="has no follicles on it"):
        replace(good, side_mm=0.0)
    assert good.area_cm2 == pytest.approx(1.5)


def hairs_until(week, drive=None, events=()):
    found = []
    start = pattern_baseline(LAYOUT, P, ONE, np.array([9.6]))[:, 0]
    drive = drive or (lambda w, b: Controls(u=ONE, S=0 * ONE))
    live(LAYOUT, P, start, drive, week, events, follicles=3000, seed=7, on_hairs=found.append)
    (hairs,) = found
    return {
        (int(f), round(float(b), 6)): (float(s), bool(d))
        for f, b, s, d in zip(
            hairs.follicle, hairs.begun_day, hairs.spread, hairs.is_driven, strict=True
        )
    }


def test_a_hair_is_as_thick_however_long_it_is_followed():
    short, long = hairs_until(26.0), hairs_until(52.0)
    assert len(short) > 2000
    assert all(long[hair] == what for hair, what in short.items())


@pytest.mark.parametrize("components", [("finasteride_oral",), ("exosome", "minoxidil_topical")])
def test_hairs_that_were_there_before_treatment_are_the_same_in_every_arm(components):
    values = {
        name: np.array([fact.number()])
        for name, fact in MODEL.items()
        if not isinstance(fact.value, str | list)
    }
    drive = Therapy.of(Regimen(components), MODEL, values, ONE, ONE, 26.0)
    treated = hairs_until(26.0, drive, drive.events)
    for hair, what in hairs_until(26.0).items():
        if hair[1] < 0:
            assert treated[hair] == what


@pytest.mark.parametrize("peak_w", [0.0, 13.0, 26.0])
def test_hairs_of_the_start_are_as_old_in_every_season(peak_w):
    def calm(week, begun):
        return Controls(u=ONE, S=0 * ONE)

    drive = acting(calm, (), [Season(0.5, peak_w, 0.0)])
    assert {hair for hair in hairs_until(8.0) if hair[1] < 0} == {
        hair for hair in hairs_until(8.0, drive) if hair[1] < 0
    }
