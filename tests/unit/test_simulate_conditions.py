"""Scenarios of patches, chance and age, of a whole scalp, and what is read off them."""

from itertools import pairwise

import numpy as np
import pytest

from anagen import facts
from anagen.errors import InputError
from anagen.follicle import REGIONS, Regions, Sinks, run_scenario, scenario_from
from anagen.follicle.areata_draws import AreataDraws
from anagen.report.course_table import as_csv
from anagen.report.simulation_figure import simulation_figure
from anagen.report.simulation_text import simulation_page, terminal_text

MODEL = facts.load().model
ENGINES = ("mean_field", "counts", "follicles")
COUNTED = ("counts", "follicles")
HEALTHY = {"state": "healthy"}
SPELL = [{"from_week": 8, "to_week": 60}]


def areata(**rest):
    return {"what": "alopecia_areata", "episodes": SPELL, **rest}


def scenario(*arms, **rest):
    named = [{"name": f"arm {k}", **arm} for k, arm in enumerate(arms)]
    return scenario_from({"name": "ours", "years": 1, "people": 20, **rest, "arms": named}, "ours")


def under(*conditions, **rest):
    """Return a healthy scalp with an arm for each condition; None is an arm without one."""
    arms = [{"conditions": [one] if one else []} for one in conditions]
    return scenario(*arms, **{"start": HEALTHY, **rest})


def run(one, engine, seed=1, **rest):
    return run_scenario(one, MODEL, engine, seed, {}, "", **rest)


def values(found, arm, measure):
    return np.array(found.arms[arm].measures[measure].value, dtype=float)


# patches


def test_a_patch_takes_its_share_of_the_hair_and_spares_the_rest():
    found = run(under(None, areata(scalp_percent=40), areata()), "mean_field")
    spared, patch, bald = (values(found, k, "nonvellus_per_cm2") for k in range(3))
    assert patch == pytest.approx(0.4 * bald + 0.6 * spared, rel=1e-5)
    assert bald[-1] < 0.1 * spared[-1]


@pytest.mark.parametrize("engine", COUNTED)
def test_a_patch_that_is_not_attacked_changes_no_follicle(engine):
    found = run(under(None, areata(scalp_percent=37, attack_percent=0)), engine)
    assert found.arms[0].measures == found.arms[1].measures


@pytest.mark.parametrize("engine", COUNTED)
def test_patches_of_any_size_share_their_follicles_until_the_attack(engine):
    one = under(areata(scalp_percent=10), areata(scalp_percent=73), None, years=2, area_cm2=4)
    found = run(one, engine)
    small, large, none = (values(found, k, "nonvellus_per_cm2") for k in range(3))
    before = np.array(found.weeks) <= 8
    assert np.array_equal(small[before], none[before])
    assert np.array_equal(large[before], none[before])
    assert large[10] < small[10] < none[10]


@pytest.mark.parametrize("engine", COUNTED)
def test_attacked_and_spared_follicles_are_whole_and_add_up(engine):
    percents = (0.1, 33.3, 50, 66.6, 99.9)
    one = under(*(areata(scalp_percent=p) for p in percents), area_cm2=0.05, people=1)
    found = run(one, engine)
    for arm in range(len(percents)):
        hairs = values(found, arm, "total_per_cm2") * 0.05
        empty = values(found, arm, "kenogen_percent") / 100 * found.follicles
        for count in (hairs, empty):
            assert count == pytest.approx(np.rint(count), abs=1e-3)
        assert (hairs + empty <= found.follicles + 1e-3).all()


def test_single_follicles_of_a_patch_lie_about_its_middle():
    fields, tables = [], []
    one = under(areata(scalp_percent=30), area_cm2=30)
    sinks = Sinks(lambda arm, field: fields.append(field), tables.append)
    found = run(one, "follicles", sinks=sinks)
    (field,) = fields
    far = np.hypot(field.x_mm - field.side_mm / 2, field.y_mm - field.side_mm / 2)
    has_hair = np.zeros(found.follicles, dtype=bool)
    for table in tables:
        has_hair[table.hairs.visible_on(50 * 7).follicle] = True
    radius = field.side_mm * np.sqrt(0.3 / np.pi)
    assert has_hair[far < 0.97 * radius].mean() < 0.05
    assert has_hair[far > 1.03 * radius].mean() > 0.85


# chance

BY_CHANCE = areata(episodes="by_chance", scalp_percent=60)


def test_a_person_has_the_same_attacks_however_long_one_looks_and_at_however_many():
    few, more = (AreataDraws.of(MODEL, 5, count, weeks) for count, weeks in ((3, 200), (6, 2000)))
    assert few.episodes[1:4] == few.episodes[4:]
    assert len(more.episodes) == more.relief.size == 13
    for k in range(4):
        long = [span for span in more.episodes[k] if span[0] < 200]
        assert [span[0] for span in few.episodes[k]] == [span[0] for span in long]
        assert few.episodes[k][:-1] == tuple(long[:-1])
    assert few.relief[1:4].tolist() == few.relief[4:].tolist()
    assert len(set(more.episodes[:7])) == 7


def test_attacks_last_and_come_back_as_the_facts_say():
    draws = AreataDraws.of(MODEL, 3, 3000, 4000.0)
    weeks_per_year = 365.25 / 7
    ill = [last - first for own in draws.episodes for first, last in own if last < 4000]
    assert np.mean(ill) / weeks_per_year == pytest.approx(
        1 / MODEL["aa_remission_per_y"].number(), rel=0.05
    )
    well = [b[0] - a[1] for own in draws.episodes for a, b in pairwise(own)]
    assert np.mean(well) / weeks_per_year == pytest.approx(
        1 / MODEL["aa_relapse_per_y"].number(), rel=0.15
    )
    logit = np.log(draws.relief / (1 - draws.relief))
    assert np.mean(logit) == pytest.approx(MODEL["aa_relief_logit_mean"].number(), abs=0.02)
    assert np.std(logit) == pytest.approx(MODEL["aa_relief_logit_sd"].number(), rel=0.02)


@pytest.mark.parametrize("engine", ENGINES)
def test_arms_share_the_attacks_that_chance_makes(engine):
    relieved = {**BY_CHANCE, "relief_percent": "by_chance", "relief_from_week": 20}
    found = run(under(BY_CHANCE, relieved, BY_CHANCE), engine)
    assert found.arms[0].measures == found.arms[2].measures
    ill, treated = (values(found, k, "nonvellus_per_cm2") for k in range(2))
    until = np.array(found.weeks) <= 20
    assert ill[until] == pytest.approx(treated[until], rel=1e-3 if engine == "mean_field" else 0)
    assert treated[-1] > ill[-1]


def test_the_line_is_then_the_mean_over_persons():
    found = run(under(BY_CHANCE, None, people=1), "mean_field")
    assert found.is_mean_of_persons
    for arm in found.arms:
        course = arm.measures["nonvellus_per_cm2"]
        assert course.person_low is course.person_high is None
        assert course.average_low is course.average_high is None
    many = run(under(BY_CHANCE, years=4, people=60), "mean_field")
    course = many.arms[0].measures["nonvellus_per_cm2"]
    assert course.person_low[-1] < course.value[-1] < course.person_high[-1]
    assert not run(under(areata()), "mean_field").is_mean_of_persons


@pytest.mark.parametrize("engine", ENGINES)
def test_bars_are_drawn_for_the_attacks_of_one_person_alone(engine):
    found = run(under(BY_CHANCE, BY_CHANCE, years=6), engine)
    bars = [[e for e in arm.events if e.what == "alopecia_areata"] for arm in found.arms]
    assert bars[0] == bars[1]
    assert bool(bars[0]) is (engine != "mean_field")
    assert found.is_mean_of_persons is (engine == "mean_field")
    if bars[0]:
        density = values(found, 0, "nonvellus_per_cm2")
        assert bars[0][0].from_week == 0
        assert density[2] < density[0]
        other = run(under(BY_CHANCE, BY_CHANCE, years=6), engine, seed=2)
        assert [e.to_week for e in other.arms[0].events] != [e.to_week for e in bars[0]]


def test_a_simulation_by_chance_is_told_as_one():
    relieved = {**BY_CHANCE, "relief_percent": "by_chance", "relief_from_week": 20}
    found = run(under(BY_CHANCE, relieved), "mean_field")
    page = simulation_page(found, simulation_figure(found), ["course.csv"])
    assert "mean over single persons" in page
    assert "average person" not in page
    assert "aa_relief_logit_mean" in page
    assert "relief by chance from week 20" in page
    assert "mean over single persons" in terminal_text(found)
    assert b"nan" not in as_csv(found).lower()
    assert "attack of alopecia areata" in page
    rates = ["aa_attack_per_y", "aa_remission_per_y", "aa_relapse_per_y"]
    assert found.arms[0].assumed == rates
    assert found.arms[1].assumed == [*rates, "aa_relief_logit_mean", "aa_relief_logit_sd"]


def test_relief_by_chance_makes_some_answer_and_others_not():
    ill = areata(episodes=[{"from_week": 0, "to_week": 150}], relief_from_week=52)
    drawn = under({**ill, "relief_percent": "by_chance"}, ill, years=2.5, people=400)
    found = run(drawn, "mean_field")
    answer, none = (values(found, k, "responders_salt20_percent") for k in range(2))
    assert answer[0] == none[0] == 100
    assert answer[13] == none[13] == none[-1] == 0
    week_36 = found.weeks.index(52 + 36)
    # baricitinib: 38.8 %; the specification's 38 % came of controls rounded to fortieths
    assert 38 < answer[week_36] < 50
    salt = found.arms[0].measures["salt_percent"]
    assert salt.person_low[-1] < 20
    assert salt.person_high[-1] > 90


def test_responders_are_counted_where_there_is_areata_and_more_than_one_person():
    def is_counted(one, engine="mean_field"):
        found = run(one, engine)
        return {"responders_salt20_percent" in arm.measures for arm in found.arms}

    assert is_counted(under(areata(), None)) == {True}
    assert is_counted(under(None)) == {False}
    assert is_counted(under(areata(), people=1)) == {False}
    assert is_counted(under(areata()), "counts") == {False}


# age


def test_age_thins_shafts_by_what_the_facts_say_and_loses_no_hair():
    found = run(under(None, {"what": "ageing"}, years=5), "mean_field")
    young, old = (values(found, k, "shaft_diameter_um") for k in range(2))
    rate = MODEL["diam_age_um_per_y"].number()
    years = np.array(found.weeks) * 7 / 365.25
    assert old == pytest.approx(young + rate * years, rel=1e-5)
    assert found.arms[0].measures["total_per_cm2"] == found.arms[1].measures["total_per_cm2"]
    for measure in ("uncut_length_mm", "growth_mm_per_day"):
        assert values(found, 1, measure)[-1] < 0.99 * values(found, 0, measure)[-1], measure
    thin = [values(found, k, "thin_hair_percent")[-1] for k in range(2)]
    assert thin[1] > 1.1 * thin[0]


def test_a_stated_thinning_of_an_arm_adds_to_that_of_all():
    slow = {"what": "ageing", "diameter_um_per_year": -0.5}
    one = scenario({"conditions": [slow]}, {}, conditions=[slow], start=HEALTHY, years=4)
    both, common = (values(run(one, "mean_field"), k, "shaft_diameter_um") for k in range(2))
    lost = common[0] - common
    assert both[0] - both == pytest.approx(2 * lost, abs=1e-3)
    assert lost[-1] == pytest.approx(0.5 * one.years, rel=0.02)


def test_a_hair_has_the_calibre_of_the_day_on_which_it_began():
    tables = {}
    sinks = Sinks(
        lambda arm, field: None, lambda table: tables.setdefault(table.arm, []).append(table)
    )
    one = under(None, {"what": "ageing", "diameter_um_per_year": -2}, years=10)
    run(one, "follicles", sinks=sinks)
    (young,), (old,) = tables["arm 0"], tables["arm 1"]
    years = np.maximum(young.hairs.begun_day, 0) / 365.25
    assert old.diameter_um == pytest.approx(young.diameter_um * (1 - 2 * years / 72))
    assert (old.growth_mm_per_day[years > 1] < young.growth_mm_per_day[years > 1]).all()


# what is read off


def test_hair_that_is_missing_is_told_in_percent_and_never_below_nothing():
    found = run(under(None, areata(), {"what": "season"}), "mean_field")
    assert values(found, 0, "salt_percent") == pytest.approx(0, abs=1)
    salt, density = values(found, 1, "salt_percent"), values(found, 1, "nonvellus_per_cm2")
    assert salt == pytest.approx(100 * (1 - density / density[0]), abs=1e-3)
    assert salt[-1] > 90
    assert values(found, 2, "salt_percent").min() == 0
    start = {"density_per_cm2": 150}
    lost = values(run(scenario({}, start=start), "mean_field"), 0, "salt_percent")[0]
    usual = values(run(scenario({}), "mean_field"), 0, "salt_percent")[0]
    assert lost == pytest.approx(usual, rel=1e-4)  # the same follicles, healthy, are the measure


def test_the_average_patient_has_the_grade_of_the_rule_and_only_the_top_has_one():
    _, average = MODEL["grade_ranks_norwood_hamilton"].numbers()
    rank = "norwood_hamilton_rank"
    for region in ("vertex", "whole_scalp"):
        found = run(scenario({}, region=region), "mean_field")
        assert values(found, 0, rank)[0] == pytest.approx(average, abs=0.02)
    dense = run(scenario({}, start={"density_per_cm2": 120}), "mean_field")
    assert values(dense, 0, rank)[0] == pytest.approx(average, abs=0.02)
    assert rank not in run(scenario({}, region="occipital"), "mean_field").arms[0].measures
    assert rank not in run(under(None), "mean_field").arms[0].measures


def test_pattern_loss_has_more_thin_hairs():
    ill, well = (run(one, "mean_field") for one in (scenario({}), under(None)))
    assert values(ill, 0, "thin_hair_percent")[0] > 10 > values(well, 0, "thin_hair_percent")[0]


def test_the_length_of_single_hairs_is_their_mean_on_that_day():
    tables = []
    one = scenario({"treatments": [{"what": "minoxidil_topical"}]}, area_cm2=5, years=2)
    found = run(one, "follicles", sinks=Sinks(lambda arm, field: None, tables.append))
    (table,) = tables
    for k in (0, 7, -1):
        day = found.weeks[k] * 7
        there = (table.hairs.begun_day <= day) & (day < table.hairs.shed_day)
        length = table.hairs.length_mm(table.growth_mm_per_day, day)[there].mean()
        assert values(found, 0, "uncut_length_mm")[k] == pytest.approx(length, rel=1e-4)
    alone = run(one, "follicles")
    assert alone.arms[0].measures["uncut_length_mm"] == found.arms[0].measures["uncut_length_mm"]


def test_engines_agree_on_the_length_of_hair_in_a_steady_cycle():
    one = under(None, area_cm2=40)
    mean, counted, lived = (values(run(one, e), 0, "uncut_length_mm").mean() for e in ENGINES)
    assert counted == pytest.approx(mean, rel=0.01)
    assert lived == pytest.approx(mean, rel=0.03)


# the whole scalp


def test_a_whole_scalp_sheds_what_its_regions_shed():
    arms = [{}, {"treatments": [{"what": "finasteride_oral", "mg": 1}]}]
    regions = Regions.from_facts(MODEL)
    found = run(scenario(*arms, region="whole_scalp"), "mean_field")
    parts = {name: run(scenario(*arms, region=name), "mean_field") for name in REGIONS}
    for arm in range(2):
        shed = sum(
            values(parts[name], arm, "shed_hairs_per_day") * count / 100_000
            for name, count in regions.follicles.items()
        )
        whole = values(found, arm, "whole_scalp_shed_hairs_per_day")
        assert whole == pytest.approx(shed, rel=1e-3)
        per_100000 = values(found, arm, "shed_hairs_per_day")
        assert per_100000 * regions.follicles_of_scalp / 1e5 == pytest.approx(whole, rel=1e-4)
        area = regions.area_cm2
        for measure in ("salt_percent", "nonvellus_per_cm2"):
            own = sum(values(parts[name], arm, measure) * area[name] for name in REGIONS)
            assert values(found, arm, measure) == pytest.approx(
                own / sum(area.values()), rel=1e-3
            ), measure


def test_a_healthy_scalp_sheds_as_many_hairs_as_people_do():
    found = run(under(None, region="whole_scalp"), "mean_field")
    assert 70 < values(found, 0, "whole_scalp_shed_hairs_per_day")[0] < 100
    assert "whole_scalp_shed_hairs_per_day" not in run(under(None), "mean_field").arms[0].measures


def test_counts_of_a_whole_scalp_have_the_mean_of_the_mean_field():
    one = scenario({}, conditions=[areata(scalp_percent=25)], region="whole_scalp", area_cm2=20)
    expected, counted = (run(one, engine) for engine in ("mean_field", "counts"))
    for measure in ("nonvellus_per_cm2", "whole_scalp_shed_hairs_per_day", "salt_percent"):
        off = values(counted, 0, measure) / np.maximum(values(expected, 0, measure), 1)
        assert off == pytest.approx(1, abs=0.12), measure


def test_a_stated_density_of_a_whole_scalp_is_its_mean():
    start = {"density_per_cm2": 160}
    found = run(scenario({}, region="whole_scalp", start=start), "mean_field")
    course = found.arms[0].measures["nonvellus_per_cm2"]
    assert course.value[0] == course.person_high[0] == pytest.approx(160)
    whole, per_100000 = (
        values(found, 0, name) for name in ("whole_scalp_shed_hairs_per_day", "shed_hairs_per_day")
    )
    usual = values(run(scenario({}, region="whole_scalp"), "mean_field"), 0, "nonvellus_per_cm2")
    follicles = Regions.from_facts(MODEL).follicles_of_scalp * 160 / usual[0]
    assert whole == pytest.approx(per_100000 * follicles / 1e5, rel=1e-3)


def test_single_follicles_are_not_followed_over_a_whole_scalp():
    with pytest.raises(InputError, match="stand in one region, not on the whole scalp"):
        run(scenario({}, region="whole_scalp"), "follicles")


def test_areas_weigh_the_regions_as_salt_does():
    published = facts.load().scales["salt"].weights
    for name, weight in Regions.from_facts(MODEL).salt_weights.items():
        assert weight == pytest.approx(published[name].number(), abs=0.005)
