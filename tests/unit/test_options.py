"""For whom an option is one, its harms, its approval and what it costs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anagen import facts
from anagen.errors import InputError
from anagen.plan.costs import cost_per_year
from anagen.plan.options import (
    approval_of,
    harms_of,
    onset_of,
    options_for,
    regimens_of,
    zero_event_upper_percent,
)

EXOSOMES = ("exosome_topical", "exosome_microneedling", "exosome_injection")
JURISDICTIONS = ("US", "EU", "UK", "CA", "AU", "KR", "JP", "TW", "SA")
DETAIL = ("label", "short_label", "how", "lasting", "on_stopping", "course", "cost_basis")


@pytest.fixture(scope="module")
def known():
    return facts.load()


def fits(condition, sex, known):
    return {answer.option: answer.fits for answer in options_for(condition, sex, known)}


def test_every_option_has_the_same_detail(known):
    assert len(known.options) >= 24
    for name, option in known.options.items():
        for field in DETAIL:
            assert getattr(option, field), (name, field)
        assert 80 <= len(option.how) <= 400, (name, len(option.how))
        assert all(part in known.treatments for part in option.components), name
        assert set(option.backbone) < {*option.components, ""}, name


def test_exosomes_and_prp_and_light_and_needling_are_assumed_and_the_drugs_fitted(known):
    status = {name: option.course.status for name, option in known.options.items()}
    for name in (*EXOSOMES, "prp", "lllt", "microneedling", "minoxidil_oral"):
        assert status[name] == "assumed"
    for name in ("finasteride_oral", "dutasteride", "minoxidil_topical", "none"):
        assert status[name] == "fitted"


def test_a_man_with_pattern_loss_has_the_drugs_and_no_jak_inhibitor(known):
    answers = fits("androgenetic_alopecia", "male", known)
    assert answers["finasteride_oral"] == answers["dutasteride"] == "yes"
    assert answers["spironolactone"] == "not_known"
    assert answers["baricitinib"] == "not_known"


def test_finasteride_is_refused_to_a_woman_with_the_trial_that_says_so(known):
    answers = options_for("androgenetic_alopecia", "female", known)
    answer = next(entry for entry in answers if entry.option == "finasteride_oral")
    assert answer.fits == "no"
    assert "postmenopausal" in answer.reason
    assert answer.source == ["PMC7060023_T0001"]
    assert fits("androgenetic_alopecia", "female", known)["spironolactone"] == "yes"


def test_only_alopecia_areata_has_jak_inhibitors(known):
    answers = fits("alopecia_areata", "female", known)
    assert {answers[name] for name in ("baricitinib", "ritlecitinib", "deuruxolitinib")} == {"yes"}
    assert answers["exosome_injection"] == "not_known"
    assert answers["minoxidil_topical"] == "not_known"


def test_telogen_effluvium_speaks_against_exosomes_and_for_waiting(known):
    answers = fits("telogen_effluvium", "female", known)
    assert answers["none"] == "yes"
    assert {answers[name] for name in EXOSOMES} == {"no"}


def test_nothing_fits_where_no_facts_were_collected(known):
    assert "yes" not in fits("chemotherapy_or_radiotherapy_alopecia", "male", known).values()


def test_of_ringworm_only_the_treatment_of_its_cause_is_known(known):
    answers = fits("tinea_capitis", "male", known)
    assert [name for name, answer in answers.items() if answer == "yes"] == ["treat_cause"]


def test_a_first_step_names_a_condition_of_its_option_and_none_is_for_pattern_loss(known):
    steps = [(o, c) for o in known.options.values() for c in o.first_steps]
    assert {c for _, c in steps} == {
        "telogen_effluvium", "deficiency_alopecia", "traction_alopecia", "scarring_alopecia",
        "drug_induced_alopecia", "tinea_capitis", "syphilitic_or_malnutrition_alopecia",
        "alopecia_areata",
    }  # fmt: skip
    assert all(condition in option.conditions for option, condition in steps)


def test_a_reason_about_sex_is_not_given_for_another_condition(known):
    answers = options_for("telogen_effluvium", "female", known)
    answer = next(entry for entry in answers if entry.option == "finasteride_oral")
    assert answer.fits == "not_known"
    assert "postmenopausal" not in answer.reason


@pytest.mark.parametrize("condition", ["", "baldness"])
def test_an_unknown_condition_is_named(condition, known):
    with pytest.raises(InputError, match="there is no condition"):
        options_for(condition, "male", known)


def test_an_unknown_sex_is_named(known):
    with pytest.raises(InputError, match="the sex is 'm'"):
        options_for("alopecia_areata", "m", known)


def test_every_option_has_an_approval_or_not_known_in_every_jurisdiction(known):
    for name in known.options:
        for jurisdiction in JURISDICTIONS:
            answer = approval_of(name, jurisdiction, known)
            assert (answer.option, answer.jurisdiction) == (name, jurisdiction)
            assert answer.text


def test_approvals_are_stored_under_their_option_and_jurisdiction(known):
    for key, entry in known.approvals.items():
        assert key == f"{entry.option}.{entry.jurisdiction}"
        assert entry.option in known.options


@pytest.mark.parametrize("option", EXOSOMES)
def test_no_exosome_is_approved_anywhere(option, known):
    standings = {approval_of(option, place, known).standing for place in JURISDICTIONS}
    assert not standings & {"approved", "approved_for_other_use", "cleared_device"}


def test_the_three_exosome_options_differ_in_law(known):
    assert approval_of("exosome_topical", "SA", known).standing == "restricted"
    assert approval_of("exosome_injection", "SA", known).standing == "unlawful"
    assert approval_of("exosome_microneedling", "SA", known).standing == "not_known"


def test_what_is_said_without_a_territory_does_not_become_an_approval(known):
    answer = approval_of("clascoterone_topical", "US", known)
    assert answer.standing == "not_known"
    assert "nvestigational" in answer.text


def test_an_unknown_option_or_jurisdiction_is_named(known):
    with pytest.raises(InputError, match="there is no option 'exosomes'"):
        approval_of("exosomes", "US", known)
    with pytest.raises(InputError, match="there is no jurisdiction 'Mars'"):
        approval_of("prp", "Mars", known)


def test_zero_events_in_thirty_still_allow_nine_and_a_half_percent():
    assert zero_event_upper_percent(30, 95.0) == pytest.approx(9.503, abs=0.001)
    assert zero_event_upper_percent(125, 95.0) == pytest.approx(2.368, abs=0.001)


@given(st.integers(1, 5000), st.floats(50.0, 99.9))
def test_the_upper_bound_is_the_rate_at_which_nothing_is_just_unlikely(n, confidence):
    rate = zero_event_upper_percent(n, confidence) / 100
    assert math.isclose((1 - rate) ** n, 1 - confidence / 100, rel_tol=1e-6)
    assert zero_event_upper_percent(n + 1, confidence) < 100 * rate


@pytest.mark.parametrize(("n", "confidence"), [(0, 95.0), (-1, 95.0), (3, 0.0), (3, 100.0)])
def test_a_bound_without_people_or_confidence_is_refused(n, confidence):
    with pytest.raises(InputError):
        zero_event_upper_percent(n, confidence)


def test_a_harm_of_injection_is_not_one_of_intact_skin(known):
    injected = [line.event for line in harms_of("exosome_injection", known)]
    topical = [line.event for line in harms_of("exosome_topical", known)]
    assert any("granuloma" in event for event in injected)
    assert not any("granuloma" in event for event in topical)
    assert any("Nebraska" in event for event in injected)
    assert any("Nebraska" in event for event in topical)


def test_zero_events_are_never_shown_without_their_upper_bound(known):
    for name in known.options:
        for line in harms_of(name, known):
            if line.events == 0 and line.n:
                assert line.upper_bound_percent is not None
                assert line.percent_low == 0.0
            else:
                assert line.upper_bound_percent is None


def test_serious_events_that_happened_come_first(known):
    flags = [line.is_serious and line.events != 0 for line in harms_of("exosome_injection", known)]
    assert flags == sorted(flags, reverse=True)
    assert flags[0]


def test_a_share_is_computed_from_events_where_the_source_gives_none(known):
    lines = harms_of("minoxidil_oral+spironolactone", known)
    whole = next(line for line in lines if line.event == "any side effect")
    assert (whole.treatment, whole.percent_low, whole.n) == (None, 8.0, 100)
    assert {line.treatment for line in lines} == {None, "minoxidil_oral", "spironolactone"}


def test_the_grade_beside_a_harm_is_that_of_its_best_source(known):
    lines = {line.event: line for line in harms_of("exosome_injection", known)}
    nebraska = next(line for event, line in lines.items() if "Nebraska" in event)
    assert nebraska.grade == "regulator"
    (light,) = harms_of("lllt", known)
    assert {known.sources[key].grade for key in light.source} == {"journal", "mirror"}
    assert light.grade == "journal"


def test_an_article_price_is_multiplied_by_the_sessions_it_names(known):
    cost = cost_per_year("exosome_injection", known)
    line = next(
        price
        for entry in cost.ranges
        for price in entry.prices
        if (price.price_low, price.price_high) == (1500.0, 3000.0)
    )
    assert (line.first_year_low, line.first_year_high) == (1500.0, 9000.0)
    assert (line.dated, line.grade, line.per) == ("undated", "vendor", "session")
    assert line.later_year_low is None


def test_conflicting_exosome_prices_are_all_listed(known):
    cost = cost_per_year("exosome_injection", known)
    shown = {(p.price_low, p.price_high, p.currency) for r in cost.ranges for p in r.prices}
    assert shown == {
        (price.low, price.high, price.currency) for price in known.treatments["exosome"].prices
    }
    assert {entry.currency for entry in cost.ranges} == {"USD", "EUR"}
    dollars = next(entry for entry in cost.ranges if entry.currency == "USD")
    assert dollars.is_vendor_only
    # one source names "more than 1,000": the range stays open, and says how far the others reach
    assert (dollars.first_year_low, dollars.first_year_high) == (1000.0, None)
    assert dollars.first_year_named_high == 15000.0


def test_prp_costs_low_by_low_and_high_by_high(known):
    (entry,) = cost_per_year("prp", known).ranges
    # 3 sessions at 400 to 6 at 2,000; later 1 at 400 to 4 at 2,000
    assert (entry.first_year_low, entry.first_year_high) == (1200.0, 12000.0)
    assert (entry.later_year_low, entry.later_year_high) == (400.0, 8000.0)


def test_monthly_and_yearly_prices_meet_in_one_range(known):
    (entry,) = cost_per_year("finasteride_oral", known).ranges
    assert (entry.first_year_low, entry.first_year_high) == (9 * 12, 158 * 12)
    assert entry.later_year_low == entry.first_year_low


def test_the_parts_of_a_combination_are_added(known):
    both = cost_per_year("finasteride_oral+minoxidil_topical", known).ranges[0]
    one = cost_per_year("finasteride_oral", known).ranges[0]
    other = cost_per_year("minoxidil_topical", known).ranges[0]
    assert both.first_year_low == one.first_year_low + other.first_year_low
    assert both.first_year_high == one.first_year_high + other.first_year_high
    assert len(both.prices) == len(one.prices) + len(other.prices)


def test_a_capsule_price_agrees_with_the_yearly_price_of_another_source(known):
    ranges = cost_per_year("ritlecitinib", known).ranges
    dollars = next(entry for entry in ranges if entry.currency == "USD")
    capsules = next(price for price in dollars.prices if price.per == "28 capsules")
    assert capsules.first_year_low == pytest.approx(49000, rel=0.01)


def test_a_device_has_no_upper_end_in_later_years(known):
    (entry,) = cost_per_year("lllt", known).ranges
    assert (entry.first_year_low, entry.first_year_high) == (500.0, 3000.0)
    assert (entry.later_year_low, entry.later_year_high) == (0.0, None)


def test_a_pack_of_unknown_size_gives_no_yearly_cost_and_says_why(known):
    cost = cost_per_year("spironolactone", known)
    assert "none that a year's cost can be computed from" in cost.text
    assert cost.ranges[0].first_year_low is None
    assert "how much a pack holds is not stated" in cost.ranges[0].prices[0].note


@pytest.mark.parametrize("option", ["microneedling", "minoxidil_oral", "deuruxolitinib"])
def test_no_price_found_is_said_in_words(option, known):
    cost = cost_per_year(option, known)
    assert (cost.ranges, cost.text) == ([], "No price found.")


def test_a_part_without_a_price_is_named_with_the_sum(known):
    cost = cost_per_year("finasteride_topical+minoxidil_topical", known)
    assert cost.ranges[0].without_price == ["finasteride_topical"]
    assert cost.text.startswith("Without finasteride spray")


def test_doing_nothing_costs_nothing(known):
    cost = cost_per_year("none", known)
    assert (cost.basis, cost.ranges) == ("nothing", [])


def test_no_range_runs_backwards(known):
    for name in known.options:
        for entry in cost_per_year(name, known).ranges:
            for low, high in (
                (entry.first_year_low, entry.first_year_high),
                (entry.later_year_low, entry.later_year_high),
            ):
                assert low is None or high is None or low <= high, name


def test_the_sessions_of_a_route_replace_those_of_no_route(known):
    injected = regimens_of(known.options["exosome_injection"], known)
    assert all("intradermal_injection" in regimen.routes for _, regimen in injected)
    topical = [
        regimen.source for _, regimen in regimens_of(known.options["exosome_topical"], known)
    ]
    assert ["article_002"] in topical


def test_a_combination_shows_its_own_onset_before_that_of_its_parts(known):
    (own,) = onset_of(known.options["minoxidil_oral+spironolactone"], known)
    assert "Sinclair" in own.text
    assert onset_of(known.options["exosome_topical"], known) == []
