"""The study facts: complete against the collected files, consistent in themselves."""

import itertools
import math

import pytest
import yaml

from anagen import facts as facts_package
from anagen.errors import FactError, InputError
from anagen.facts import base, units
from anagen.facts.study import Arm, Component, Observation, Study

ROUNDING = 0.0051  # the collected densities are rounded to two decimals


@pytest.fixture(scope="module")
def facts():
    return facts_package.load()


@pytest.fixture(scope="module")
def collected(shared):
    def read(name):
        return yaml.safe_load((shared / name).read_text(encoding="utf-8"))

    return {
        "comparator": read("evidence/comparator_trials.yaml")["trials"],
        "exosome": read("evidence/exosome_studies.yaml"),
        "reviews": read("evidence/published_nma_results.yaml")["results"],
        "registry": read("clinic/registered_trials.yaml"),
    }


def of(facts, collection):
    return {k: s for k, s in facts.studies.items() if s.collection == collection}


def observations(study):
    return (*study.baseline, *study.observations)


def test_every_collected_study_has_a_fact_and_no_other_exists(facts, collected):
    assert set(of(facts, "comparator")) == {t["id"] for t in collected["comparator"]}
    assert set(of(facts, "exosome")) == {s["id"] for s in collected["exosome"]["studies"]}
    assert len(facts.studies) == 98


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("observations", 218),
        ("baseline", 24),
        ("adverse_events", 61),
        ("dropouts", 14),
        ("arms", 143),
    ],
)
def test_no_entry_of_a_comparator_trial_was_dropped(facts, collected, kind, count):
    for trial in collected["comparator"]:
        assert len(getattr(facts.studies[trial["id"]], kind)) == len(trial[kind]), trial["id"]
    assert sum(len(getattr(s, kind)) for s in of(facts, "comparator").values()) == count


def test_no_outcome_harm_flag_or_recalled_number_of_an_exosome_study_was_dropped(facts, collected):
    for study in collected["exosome"]["studies"]:
        ours = facts.studies[study["id"]]
        assert len(ours.observations) == len(study["outcomes"])
        assert len(ours.adverse_events) == int(study["adverse_events"] is not None)
        assert ours.flags == study["flags"]
        assert [r.text for r in ours.remembered] == [
            r["value"] for r in study["remembered_unverified"]
        ]
        assert set(ours.bias.domains) == set(study["risk_of_bias"]["domains"])
        assert ours.use == study["use_in_model"]
        assert ours.funding == study["funding_coi"]
        assert ours.registration == study["registration"]
    assert sum(len(s.observations) for s in of(facts, "exosome").values()) == 54
    assert sum(len(s.remembered) for s in of(facts, "exosome").values()) == 5


def test_raw_values_and_units_are_those_of_the_collected_files(facts, collected):
    for trial in collected["comparator"]:
        ours = facts.studies[trial["id"]]
        for mine, theirs in itertools.chain(
            zip(ours.observations, trial["observations"], strict=True),
            zip(ours.baseline, trial["baseline"], strict=True),
        ):
            wanted = [3, 9] if theirs["value"] == "3-9" else theirs["value"]
            assert mine.value == wanted
            assert mine.unit == theirs["unit"]
            assert mine.arm == theirs["arm"]
            assert mine.week == theirs.get("week", 0)
            assert mine.n == theirs.get("n")
    for study in collected["exosome"]["studies"]:
        ours = facts.studies[study["id"]]
        for mine, theirs in zip(ours.observations, study["outcomes"], strict=True):
            assert (mine.value, mine.unit, mine.week, mine.n) == (
                theirs["value"], theirs["unit"], theirs["timepoint_weeks"], theirs["n"],
            )  # fmt: skip
            assert mine.p_value == theirs["p_value"]


def test_densities_agree_with_those_of_the_collected_files(facts, collected):
    compared = 0
    for trial in collected["comparator"]:
        ours = facts.studies[trial["id"]]
        for mine, theirs in itertools.chain(
            zip(ours.observations, trial["observations"], strict=True),
            zip(ours.baseline, trial["baseline"], strict=True),
        ):
            if theirs.get("value_per_cm2") is None:
                assert mine.value_per_cm2 is None
                continue
            assert mine.value_per_cm2 == pytest.approx(theirs["value_per_cm2"], abs=ROUNDING)
            compared += 1
            for name in ("value_per_cm2", "low_per_cm2", "high_per_cm2"):
                spread = theirs.get("dispersion", {}).get(name)
                if spread is not None:
                    assert getattr(mine.dispersion, name) == pytest.approx(spread, abs=ROUNDING)
    assert compared == 96


def test_what_was_not_read_is_not_measured(facts, collected):
    for trial in collected["comparator"]:
        ours = facts.studies[trial["id"]]
        for mine, theirs in zip(ours.observations, trial["observations"], strict=True):
            assert (mine.status in ("measured", "derived")) is theirs["verified"]
            assert (mine.via == "secondary") is theirs.get("secondary_source", False)
    for study in collected["exosome"]["studies"]:
        ours = facts.studies[study["id"]]
        for mine, theirs in zip(ours.observations, study["outcomes"], strict=True):
            assert (mine.status == "remembered") is not theirs["verified"]
            assert (mine.status == "derived") is bool(theirs.get("derived"))


def test_the_four_assumed_areas_stay_marked(facts):
    marked = [
        (name, o.arm)
        for name, study in facts.studies.items()
        for o in observations(study)
        if o.conversion and o.conversion.how == "assumed_area"
    ]
    assert sorted(marked) == [
        ("piraccini2022_topfin", "pbo"),
        ("piraccini2022_topfin", "topfin"),
        ("price2000_women", "fin1"),
        ("price2000_women", "pbo"),
    ]


def test_a_count_is_divided_by_its_recorded_area_and_by_nothing_else(facts):
    converted = 0
    for study in facts.studies.values():
        for o in observations(study):
            if o.conversion is None or o.conversion.how == "area_unknown":
                assert o.value_per_cm2 is None
                continue
            if o.value_per_cm2 is None:
                continue
            if o.conversion.how == "assumed_area":
                wanted = o.value / o.conversion.area_cm2
            else:
                wanted = units.convert(o.value, o.unit, "hairs/cm2")
            assert o.value_per_cm2 == pytest.approx(wanted, abs=1e-4)
            converted += 1
    assert converted > 90


def test_a_field_of_unknown_size_is_never_turned_into_a_density():
    with pytest.raises(FactError, match="'hairs/field' cannot be turned into 'hairs/cm2'"):
        units.convert(12, "hairs/field", "hairs/cm2")


def test_a_wrong_unit_names_both_units():
    with pytest.raises(FactError, match="'um' cannot be turned into 'hairs/cm2'"):
        units.convert(1, "um", "hairs/cm2")
    with pytest.raises(FactError, match="unit 'bananas' is not known"):
        units.convert(1, "bananas", "um")


@pytest.mark.parametrize(
    ("value", "start", "goal", "wanted"),
    [
        (107, "hairs per 5.1 cm2 circle", "hairs/cm2", 107 / 5.067),
        (12.52, "hairs per 1 inch2 (6.4516 cm2)", "hairs/cm2", 12.52 / 6.4516),
        (228.7, "hairs per 2.85 cm2", "hairs/cm2", 228.7 / 2.85),
        (8, "mg bid", "mg/d", 16),
        (12, "months", "years", 1),
        (10, "mm/month", "mm/day", 120 / 365.25),
    ],
)
def test_conversions_agree_with_hand_calculation(value, start, goal, wanted):
    assert units.convert(value, start, goal) == pytest.approx(wanted, rel=1e-12)


def test_the_circle_of_one_inch_has_the_area_that_its_unit_says():
    area = math.pi * 2.54**2 / 4
    assert units.convert(1, "hairs per 5.1 cm2 circle", "hairs/cm2") == pytest.approx(
        1 / area, rel=1e-4
    )


def test_every_unit_of_the_vocabulary_parses(facts):
    for name, unit in facts.vocabulary.units.items():
        assert units.is_known(name), name
        assert units.is_known(unit.definition), unit.definition


def test_every_unit_of_the_collected_files_is_in_the_vocabulary(shared):
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("unit", "dose_unit") and isinstance(inner, str):
                    found.add(inner)
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for path in shared.glob("*/*.yaml"):
        walk(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert len(found) >= 60
    assert {unit for unit in found if unit not in units.words()} == set()


def test_every_id_of_a_study_is_in_the_vocabulary(facts):
    words = facts.vocabulary
    for name, study in facts.studies.items():
        assert study.condition in words.conditions, name
        for o in observations(study):
            assert o.measure in words.measures, (name, o.measure)
            assert o.statistic in words.statistics, (name, o.statistic)
            assert o.unit is None or units.is_known(o.unit), (name, o.unit)
        for arm in study.arms.values():
            assert arm.components, name
            for component in arm.components:
                assert component.treatment in words.treatments, (name, component.treatment)
                assert component.route is None or component.route in words.routes, name
                assert component.dose_unit is None or units.is_known(component.dose_unit), name


def test_every_source_key_of_the_study_facts_exists(facts):
    def sources(value):
        for field in value.__struct_fields__:
            inner = getattr(value, field)
            if field == "source":
                yield from inner
            elif hasattr(inner, "__struct_fields__"):
                yield from sources(inner)
            elif isinstance(inner, list | dict):
                entries = inner.values() if isinstance(inner, dict) else inner
                for entry in entries:
                    if hasattr(entry, "__struct_fields__"):
                        yield from sources(entry)

    topics = (facts.studies, facts.syntheses, facts.background, facts.registered_trials)
    for topic in topics:
        for name, record in topic.items():
            keys = list(sources(record))
            assert keys, name
            assert [key for key in keys if key not in facts.sources] == [], name


def test_every_entry_names_an_arm_of_its_study(facts):
    for name, study in facts.studies.items():
        for arm, where in study.arm_ids_named():
            assert arm == "all" or arm in study.arms, (name, where, arm)


def test_every_measure_and_statistic_of_the_vocabulary_is_labelled_and_spelled_once(facts):
    for terms in (facts.vocabulary.measures, facts.vocabulary.statistics):
        spelled = [word for term in terms.values() for word in term.also]
        assert len(spelled) == len(set(spelled))
        assert all(term.label for term in terms.values())


def test_reviews_background_and_registered_trials_came_across(facts, collected):
    exosome, registry = collected["exosome"], collected["registry"]
    by_kind = {"systematic_review": 0, "meta_analysis": 0}
    for synthesis in facts.syntheses.values():
        by_kind[synthesis.kind] += 1
    assert by_kind == {
        "systematic_review": len(exosome["systematic_reviews"]),
        "meta_analysis": len(collected["reviews"]),
    }
    pooled = [
        *(p for r in exosome["systematic_reviews"] for p in r["pooled"] or []),
        *(p for r in collected["reviews"] for p in r.get("pairwise", [])),
    ]
    assert sum(len(s.results) for s in facts.syntheses.values()) == len(pooled)
    for kind, key in (
        ("comparator_anchor", "comparator_anchors"),
        ("preclinical", "preclinical"),
        ("safety_report", "safety_reports"),
    ):
        texts = [b.text for b in facts.background.values() if b.kind == kind]
        assert texts == [r["what"] for r in exosome[key]]
    not_found = [b for b in facts.background.values() if b.kind == "registry_search"]
    assert len(not_found) == 1 + len(registry["not_found"])
    for kind, key in (
        ("exosome", "trials"),
        ("adjacent", "adjacent"),
        ("endpoint_anchor", "endpoint_anchors"),
    ):
        trials = [t for t in facts.registered_trials.values() if t.kind == kind]
        assert len(trials) == len(registry[key])


def test_review_results_keep_their_numbers(facts, collected):
    for review in collected["reviews"]:
        ours = facts.syntheses[review["id"]]
        for mine, theirs in zip(ours.results, review.get("pairwise", []), strict=True):
            names = ("md", "md_pct", "rr", "smd", "smd_labelled_OR")
            values = [theirs[n] for n in names if n in theirs]
            assert mine.value == (values[0] if values else None)
            assert [mine.low, mine.high] == (theirs.get("ci95") or [None, None])
            assert (mine.status == "measured") is theirs["verified"]


def test_hand_counts_and_the_quarantined_study_are_marked(facts):
    by_hand = {name for name, s in facts.studies.items() if s.method == "hand_count"}
    assert by_hand == {"minox_2v3_1980s", "olsen1990_5y"}
    assert {name for name, s in facts.studies.items() if s.never_use} == {"alleged_sctm_2022_n60"}


def test_a_crossover_arm_changes_its_treatment_at_the_stated_week(facts):
    arm = facts.studies["minox_2v3_1980s"].arms["pbo_to_min3"]
    assert arm.active(17) == frozenset()
    assert arm.active(52) == {"minoxidil_topical"}
    stopped = facts.studies["brave_aa1_withdrawal"].arms["bari4_stop"]
    assert stopped.active(52) == {"baricitinib"}
    assert stopped.active(60) == frozenset()


def test_amini_is_a_mixture_and_its_field_is_unknown(facts):
    study = facts.studies["amini_2025_rct"]
    assert study.arms["ecpe"].active(16) == {"exosome", "botanical_extract"}
    assert study.arms["placebo"].active(16) == frozenset()
    assert all(o.value_per_cm2 is None for o in study.observations)


def test_kaufman_net_gain_at_one_year_is_read_and_its_parts_are_only_recalled(facts):
    found = {
        (o.arm, o.statistic): o for o in facts.studies["kaufman1998"].observations
        if o.week == 52 and o.measure == "total_hair_density"
    }  # fmt: skip
    net = found["fin1", "net_difference"]
    assert (net.value, net.versus, net.status) == (107, "pbo", "measured")
    assert net.value_per_cm2 == pytest.approx(21.117, abs=1e-3)
    assert found["fin1", "mean_change"].status == "remembered"
    assert found["pbo", "mean_change"].status == "remembered"


def test_an_unknown_key_in_a_study_is_refused():
    with pytest.raises(InputError, match="unknown key"):
        base.convert({"arm": "a", "colour": "red"}, Observation, "a study")


def test_a_component_without_dates_is_always_given():
    arm = Arm(label="x", components=[Component(treatment="prp"), Component(treatment="saline")])
    assert arm.active(0) == arm.active(100) == {"prp"}


def test_a_study_record_is_frozen(facts):
    study: Study = next(iter(facts.studies.values()))
    with pytest.raises(AttributeError):
        study.sex = "male"


def test_every_study_that_was_collected_as_an_outlier_has_a_reason_and_no_other_has(
    facts, collected
):
    said = {t["id"] for t in collected["comparator"] if "treat as outlier" in (t["notes"] or "")}
    said |= {
        s["id"] for s in collected["exosome"]["studies"]
        if any("treat as outlier" in flag for flag in s["flags"])
    }  # fmt: skip
    assert said == {name for name, study in facts.studies.items() if study.outlier}
    assert said == {"yoon2020", "wan_2025"}


def test_an_assumed_split_of_people_adds_up_to_the_total_that_was_read(facts):
    arms = facts.studies["jimenez2014_f"].arms
    assert arms["lllt12"].n_randomised + arms["sham12"].n_randomised == 63
    assert arms["lllt12"].n_randomised_status == "assumed"
