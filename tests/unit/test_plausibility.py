"""The plausibility bound, and the published gains that lie beyond it."""

import datetime
import importlib.util
from pathlib import Path

import msgspec
import numpy as np
import pytest

from anagen import facts
from anagen.candidacy import read_person
from anagen.errors import InputError
from anagen.follicle import plausibility_bound, trial_drift_percent
from anagen.plan.assemble import make_plan
from anagen.plan.plausibility import flagged, judge, plausibility, said
from anagen.plan.reported import Report
from anagen.report.page import plan_page

ROOT = Path(__file__).parents[2]
PERSON = ROOT / "examples" / "01_man_nh3_vertex.yaml"
TODAY = datetime.date(2026, 11, 20)
WEEKS = (3.0, 6.0, 12.0, 24.0)


@pytest.fixture(scope="module")
def known():
    return facts.load()


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "plausibility", ROOT / "scripts" / "plausibility.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def findings(known):
    return plausibility(known)


@pytest.fixture(scope="module")
def plan(known):
    return make_plan(read_person(PERSON), known, seed=1, today=TODAY)


def bound(known, **keywords):
    return plausibility_bound(known.model, WEEKS, np.random.default_rng(3), **keywords)


def values(estimates):
    return np.array([estimate.value for estimate in estimates])


def errors(estimates):
    return np.array([estimate.se for estimate in estimates])


def report(**changes):
    fields = {
        "study": "somebody_2030", "arm": "treated", "label": "treated", "treatments": ["prp"],
        "measure": "nonvellus_density", "is_net": False, "is_percent": False,
        "condition": "androgenetic_alopecia", "source": ["ours"], "notes": [], "week": 12.0,
        "gain": 20.0, "se": 2.0, "baseline_per_cm2": 170.0,
    }  # fmt: skip
    return Report(**(fields | changes))


# The bound


def test_a_mean_is_bounded_more_closely_than_one_person(known):
    for density in (None, 60.0, 170.0):
        found = bound(known, density_per_cm2=density)
        assert np.all(errors(found.person_percent) > errors(found.average_percent))


def test_fewer_hairs_at_the_start_allow_more_percent_but_hardly_more_hairs(known):
    found = {m: bound(known, density_per_cm2=m) for m in (40.0, 80.0, 160.0)}
    percent = [values(found[m].average_percent) for m in found]
    assert np.all(percent[0] > percent[1])
    assert np.all(percent[1] > percent[2])
    hairs = [values(found[m].average_percent)[2] * m / 100 for m in found]
    assert max(hairs) < 1.5 * min(hairs)
    hidden = [found[m].hidden_percent for m in found]
    assert hidden == sorted(hidden, reverse=True)


def test_the_same_seed_gives_the_same_bound(known):
    assert bound(known) == bound(known)


def test_the_start_of_the_trials_is_that_of_the_model(known):
    found = bound(known)
    assert found.is_trial_average
    assert found.baseline_per_cm2 == pytest.approx(169.65, abs=0.01)


@pytest.mark.parametrize("density", [0.0, -3.0, np.inf, np.nan])
def test_a_density_that_is_none_is_refused_in_one_sentence(known, density):
    with pytest.raises(InputError, match="give a density above 0"):
        bound(known, density_per_cm2=density)


def test_weeks_out_of_order_and_a_single_draw_are_refused(known):
    rng = np.random.default_rng(1)
    with pytest.raises(InputError, match="ascend from 0 on"):
        plausibility_bound(known.model, (6.0, 3.0), rng)
    with pytest.raises(InputError, match="2 draws or more"):
        plausibility_bound(known.model, WEEKS, rng, draws=1)


def test_the_drift_of_a_trial_rises_and_is_never_taken_back(known):
    drift = [trial_drift_percent(known.model, week) for week in range(261)]
    assert drift[0].value == 0
    assert np.all(np.diff(values(drift)) >= 0)
    assert drift[24].value == pytest.approx(drift[260].value, abs=0.01)
    assert values(drift).max() < known.model["placebo_drift_percent"].number()


# The facts of it, and the page


def test_the_bounds_among_the_facts_are_what_the_model_gives(script, known):
    assert script.stale(known.plausible_gains, script.bounds(known)) == [], "run 'make docs'"


def test_a_changed_bound_is_noticed_and_a_rounding_is_not(script, known):
    kept = known.plausible_gains
    name = "nonvellus_density_trial_average"
    for change, is_noticed in ((0.01, False), (1.0, True)):
        percent = [value + change for value in kept[name].average_percent]
        other = msgspec.structs.replace(kept[name], average_percent=percent)
        assert bool(script.stale(kept, kept | {name: other})) is is_noticed
    assert script.stale(kept, {}) == sorted(kept)


def test_the_page_and_its_picture_are_those_that_the_facts_give(script, known):
    assert script.PAGE.read_text("utf-8") == script.page(known), "run 'make docs'"
    picture = script.bound_figure(script.numbered(known), known)
    assert script.PICTURE.read_text("utf-8") == picture, "run 'make docs'"


def test_the_picture_names_every_gain_beyond_the_bound(script, known):
    picture = script.bound_figure(script.numbered(known), known)
    for number, finding in script.numbered(known):
        if finding.verdict == "beyond" and not finding.report.is_net:
            assert f">{number} " in picture


# Published gains


def test_these_published_gains_lie_beyond_the_bound_and_no_others(findings):
    found = {(f.report.study, f.report.week, round(f.report.gain)) for f in flagged(findings)}
    assert found == {
        ("placenta_msc_2024_preprint", 3.0, 15),
        ("placenta_msc_2024_preprint", 6.0, 67),
        ("dhurat2013", 12.0, 91),
        ("rebora_2019", 130.0, 55),
        ("imcas_asia_2025_n300", 6.4, 20),
        ("faga_combo_2026_abstract", 24.0, 42),
        ("friedman2017_capillus", 17.0, 51),
    }


def test_the_gain_of_69_percent_is_too_large_even_if_counted_eight_weeks_later(known, findings):
    (found,) = (
        f for f in findings if f.report.week == 6.0 and f.report.study.startswith("placenta")
    )
    later = judge(msgspec.structs.replace(found.report, week=14.0), known)
    assert later.verdict == "beyond"


def test_large_trials_of_fitted_drugs_lie_within_it(findings):
    within = {f.report.study for f in findings if f.verdict == "within"}
    assert {"kaufman1998", "olsen2002", "olsen2007_foam", "vanneste2000", "olsen2006_dut"} <= within


@pytest.mark.parametrize(
    ("gain", "se", "verdict"),
    [(20.0, 2.0, "within"), (70.0, 2.0, "beyond"), (70.0, 15.0, "beyond_within_error"),
     (70.0, None, "beyond"), (-30.0, None, "within")],
)  # fmt: skip
def test_a_gain_is_beyond_only_past_its_own_error(known, gain, se, verdict):
    found = judge(report(gain=gain, se=se), known)
    assert found.verdict == verdict
    assert ("SE not reported" in found.notes) is (se is None)
    assert ("within its own error" in found.text) is (verdict == "beyond_within_error")
    assert ("likelier until repeated" in found.text) is (verdict == "beyond")


def test_the_same_gain_is_judged_alike_in_hairs_and_in_percent(known):
    hairs = judge(report(), known)
    percent = judge(report(is_percent=True, gain=100 * 20 / 170, se=100 * 2 / 170), known)
    assert percent.upper == pytest.approx(100 * hairs.upper / 170)


def test_from_an_unknown_start_hairs_are_held_against_the_largest_bound_of_any_start(known):
    unknown = judge(report(baseline_per_cm2=None), known)
    starts = [c.baseline_per_cm2 for c in known.plausible_gains.values()
              if c.measure == "nonvellus_density"]  # fmt: skip
    every = [judge(report(baseline_per_cm2=float(start)), known).upper for start in starts]
    assert unknown.upper == pytest.approx(max(every))
    assert "start not in the facts: held against the largest bound of any start" in unknown.notes


def test_a_percentage_from_an_unknown_start_says_from_how_few_hairs_it_would_be_allowed(findings):
    (rebora,) = (f for f in findings if f.report.study == "rebora_2019")
    (note,) = (n for n in rebora.notes if "hairs/cm² or fewer" in n)
    start = float(note.split(" hairs/cm² or fewer")[0].split()[-1])
    facts_ = facts.load()
    for at, verdict in ((start, "within"), (start + 1, "beyond")):
        report_ = msgspec.structs.replace(rebora.report, baseline_per_cm2=at)
        assert judge(report_, facts_).verdict == verdict


def test_a_difference_from_a_control_gets_no_drift(known):
    curve = known.plausible_gains["nonvellus_density_from_175"]
    at = curve.weeks.index(12)
    found = judge(report(baseline_per_cm2=175.0, is_net=True, is_percent=True), known)
    assert found.bound.value == curve.average_net_percent[at]
    over_start = judge(report(baseline_per_cm2=175.0, is_percent=True), known)
    drift = trial_drift_percent(known.model, 12.0)
    assert over_start.bound.value == pytest.approx(curve.average_percent[at] + drift.value)


def test_between_two_weeks_and_two_starts_the_bound_lies_between_theirs(known):
    low, middle, high = (
        judge(report(baseline_per_cm2=m, is_percent=True), known).upper
        for m in (175.0, 162.0, 150.0)
    )
    assert low < middle < high
    early, between, late = (judge(report(week=w), known).upper for w in (10.0, 11.0, 12.0))
    assert early < between < late


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"why_not": "its number was recalled, not read"}, "recalled"),
     ({"condition": "alopecia_areata"}, "pattern hair loss"),
     ({"week": 300.0}, "ends at week 260"),
     ({"baseline_per_cm2": 8.0}, "so low or so high a start"),
     ({"baseline_per_cm2": 900.0}, "so low or so high a start")],
)  # fmt: skip
def test_what_cannot_be_judged_says_why(known, changes, why):
    found = judge(report(**changes), known)
    assert found.verdict == "cannot_be_judged"
    assert why in found.text
    assert found.bound is None


def test_of_a_gain_that_is_said_twice_one_is_judged_from_the_start_that_both_give(findings):
    (wan,) = (f for f in findings if f.report.study == "wan_2025")
    assert not wan.report.is_percent
    assert wan.report.baseline_per_cm2 == pytest.approx(100 * 35 / 41.2)
    assert wan.report.se == pytest.approx(6.5 / 4)


def test_recalled_numbers_medians_and_changes_from_a_later_week_are_not_judged(known, findings):
    why = {(f.report.study, f.report.arm): f.text for f in findings
           if f.verdict == "cannot_be_judged"}  # fmt: skip
    assert "recalled" in why["gentile2015", "prp"]
    assert "median" in why["amini_2025_rct", "ecpe"]
    assert "from week 17" in why["minox_2v3_1980s", "min2"]
    assert known.studies["alleged_sctm_2022_n60"].never_use in why["alleged_sctm_2022_n60", "cm"]


def test_groups_without_an_active_treatment_are_not_listed(known, findings):
    for finding in findings:
        assert finding.report.treatments
    listed = {(f.report.study, f.report.arm) for f in findings}
    assert ("lucky2004", "pbo") not in listed


# The plan


def test_a_card_carries_the_flagged_results_that_it_shows(plan):
    beyond = {f.report.study for f in plan.option("exosome_injection").beyond_bound}
    assert beyond == {"placenta_msc_2024_preprint"}
    assert plan.option("finasteride_oral").beyond_bound == []
    assert plan.option("none").beyond_bound == []


def test_a_claim_of_efficacy_that_rests_on_a_flagged_result_says_so_and_others_do_not(plan):
    beyond = {claim.id: claim.beyond_bound for claim in plan.claims}
    assert any("+67 hairs/cm²" in words for words in beyond["000-04"])
    assert beyond["000-25"] == []  # cites the same conference, about pain


def test_the_page_says_it_in_words_beside_the_result(plan, findings):
    page = plan_page(plan)
    card = page[page.index('id="option-exosome_injection"') :]
    card = card[: card.index("</details>")]
    words = "larger than the model of hair growth allows by week 6 (at most +28 hairs/cm²"
    assert words in card
    assert words in page[page.index('<section id="claims">') :]
    (p_msc,) = (f for f in flagged(findings) if round(f.report.gain) == 67)
    assert words in said(p_msc)
