"""What options cost in money and time, per extra hair, and against what a person wishes."""

import datetime
import functools
import re
from pathlib import Path

import msgspec
import pytest

from anagen import facts
from anagen.candidacy import UsedTreatment, Wishes, read_person
from anagen.plan.as_now import cost_of
from anagen.plan.assemble import make_plan
from anagen.plan.burden import burden_of
from anagen.plan.cost_per_hair import (
    IN_USE,
    NO_GAIN,
    NO_GAIN_MODELLED,
    NO_UPPER_END_OF_FEW,
    NO_UPPER_END_OF_GAIN,
    NO_UPPER_END_OF_ONE,
    Gain,
    cost_per_hair,
    gain_measured,
)
from anagen.plan.costs import NOTHING_MORE, cost_per_year, session_price, total, with_paid_now
from anagen.plan.order import UNSORTED
from anagen.plan.wishes_fit import wishes_fit
from anagen.report import cost_figure
from anagen.report.money_words import (
    first_year_said,
    local_price_said,
    offer_line,
    spent,
    time_said,
)
from anagen.report.page import plan_page

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = datetime.date(2026, 11, 20)
NO_MODEL = "not known: no course"


@pytest.fixture(scope="module")
def known():
    return facts.load()


@functools.cache
def plan_for(name="01_man_nh3_vertex", **wishes):
    person = read_person(EXAMPLES / f"{name}.yaml")
    person = msgspec.structs.replace(person, wishes=Wishes(**wishes) if wishes else None)
    return make_plan(person, facts.load(), seed=1, today=TODAY)


def fit_of(option, known, uses=(), **wishes):
    cost, burden = cost_per_year(option, known, uses), burden_of(option, known)
    return wishes_fit(Wishes(**wishes), cost, burden)


def in_currency(option, currency, known):
    return next(r for r in cost_per_year(option, known).ranges if r.currency == currency)


# Five years and the bill


def test_five_years_are_the_first_and_four_later_ones(known):
    entry = in_currency("prp", "USD", known)
    # first year 1,200 to 12,000, each later one 400 to 8,000
    assert (entry.five_years_low, entry.five_years_high) == (1200 + 4 * 400, 12000 + 4 * 8000)
    assert entry.five_years_note is None
    assert total(entry, 2) == (1600, 20000)


def test_a_later_year_that_is_not_known_leaves_the_total_open_and_says_so(known):
    entry = in_currency("exosome_injection", "USD", known)
    assert (entry.five_years_low, entry.five_years_high) == (1000.0, None)
    assert entry.five_years_note == "what later years cost is not known"


@pytest.mark.parametrize("option", ["lllt", "hair_transplant"])
def test_a_later_year_without_an_upper_end_leaves_the_total_open(option, known):
    entry = in_currency(option, "USD", known)
    assert entry.five_years_low == entry.first_year_low
    assert entry.five_years_high is None
    assert "no upper end" in entry.five_years_note


def test_a_price_that_makes_no_year_makes_no_five_years(known):
    entry = in_currency("spironolactone", "USD", known)
    assert entry.five_years_low is None
    assert entry.five_years_note.startswith("not known")


def test_the_bill_has_a_line_for_each_part_and_each_kind_of_year(known):
    entry = in_currency("prp+minoxidil_topical", "USD", known)
    assert [(line.treatment, line.item) for line in entry.lines] == [
        ("prp", "first_year"), ("prp", "later_years"),
        ("minoxidil_topical", "first_year"), ("minoxidil_topical", "later_years"),
    ]  # fmt: skip
    assert "maintenance" in entry.lines[1].label
    for item, low, high in (
        ("first_year", entry.first_year_low, entry.first_year_high),
        ("later_years", entry.later_year_low, entry.later_year_high),
    ):
        lines = [line for line in entry.lines if line.item == item]
        assert sum(line.low for line in lines) == low
        assert sum(line.high for line in lines) == high


def test_every_line_of_a_bill_has_numbers_or_says_why_not_and_names_its_source(known):
    for name in known.options:
        cost = cost_per_year(name, known)
        for line in [*cost.besides, *(line for r in cost.ranges for line in r.lines)]:
            assert (line.low is None) == line.text.startswith("not known"), (name, line.label)
            assert all(key in known.sources for key in line.source)
            assert line.source


def test_the_years_of_prices_are_told(known):
    (line, _) = in_currency("hair_transplant", "USD", known).lines
    assert line.dated == "2013 and undated"


def test_no_price_of_a_consultation_or_a_photograph_is_made_up(known):
    for name in known.options:
        cost = cost_per_year(name, known)
        if cost.basis == "nothing":
            continue
        assert [(line.item, line.low) for line in cost.besides] == [
            ("consultation", None), ("photographs", None),
        ]  # fmt: skip
        assert "consultations" in cost.leaves_out


def test_insurance_is_not_known_and_the_article_that_claims_otherwise_is_cited(known):
    plan = plan_for()
    assert plan.insurance.text.startswith("Not known")
    assert plan.insurance.source == ["article_002"]


# Visits, doses, hours


def test_sessions_are_counted_as_visits_and_minutes_only_where_collected(known):
    prp = burden_of("prp", known)
    assert (prp.visits_first_year.low, prp.visits_first_year.high) == (3, 6)
    assert (prp.visits_per_later_year.low, prp.visits_per_later_year.high) == (1, 4)
    assert prp.hours_per_year is None
    light = burden_of("lllt", known)
    assert not light.has_sessions
    # 156 times 10 minutes to 182 times 30 minutes
    assert (light.hours_per_year.low, light.hours_per_year.high) == (26.0, 91.0)


def test_the_sessions_of_exosomes_with_needling_are_those_of_that_route(known):
    both = burden_of("exosome_microneedling", known)
    assert both.visits_first_year.high < 52  # not needling by itself, every week
    assert both.visits_per_later_year is None


@pytest.mark.parametrize(
    ("option", "demands"),
    [
        ("none", []),
        ("exosome_topical", []),
        ("exosome_injection", ["needles"]),
        ("exosome_microneedling", ["needles"]),
        ("prp+minoxidil_topical", ["needles", "daily_treatment"]),
        ("finasteride_oral", ["daily_treatment", "tablets"]),
        ("hair_transplant", ["surgery"]),
        ("lllt", []),
        ("spironolactone", ["daily_treatment", "tablets"]),
        ("baricitinib", ["daily_treatment", "tablets"]),
    ],
)
def test_what_an_option_asks_a_person_to_accept(option, demands, known):
    assert burden_of(option, known).demands == demands


def test_every_tablet_is_named_as_one(known):
    for name, option in known.options.items():
        if option.route == "oral":
            assert "tablets" in burden_of(name, known).demands, name


def test_time_is_said_in_words(known):
    assert time_said(burden_of("prp", known)) == [
        "3 to 6 visits in the first year; then 1 to 4 a year"
    ]
    assert time_said(burden_of("hair_transplant", known)) == ["1 to 3 operations in all"]
    assert time_said(burden_of("baricitinib", known)) == ["daily; how many times was not collected"]
    assert time_said(burden_of("none", known)) == []


# An extra hair


def gain(low, mean, high):
    return Gain(low_per_cm2=low, mean_per_cm2=mean, high_per_cm2=high, basis="x", source=["ours"])


def test_an_extra_hair_costs_the_least_price_over_the_greatest_gain_and_the_other_way(known):
    (entry, _) = cost_per_hair(
        cost_per_year("minoxidil_topical", known), gain(10, 15, 20), NO_MODEL
    )
    assert (entry.low, entry.high, entry.central) == (240 / 20, 720 / 10, None)
    assert (entry.months, entry.currency, entry.text) == (12, "USD", "")


def test_two_years_are_held_against_the_gain_of_two_years(known):
    cost = cost_per_year("prp", known)
    (_, entry) = cost_per_hair(cost, "not known: x", gain(10, 15, 20))
    assert (entry.low, entry.high) == ((1200 + 400) / 20, (12000 + 8000) / 10)


def test_a_gain_that_may_be_none_leaves_no_upper_end(known):
    (entry, _) = cost_per_hair(cost_per_year("prp", known), gain(-5, 15, 20), NO_MODEL)
    assert (entry.low, entry.high, entry.text) == (60.0, None, NO_UPPER_END_OF_GAIN)
    (none, _) = cost_per_hair(cost_per_year("prp", known), gain(-9, -4, -1), NO_MODEL)
    assert (none.low, none.high, none.text) == (None, None, NO_GAIN)


def test_a_central_value_needs_one_price(known):
    pounds = next(
        entry
        for entry in cost_per_hair(cost_per_year("ritlecitinib", known), gain(5, 10, 20), "x")
        if entry.currency == "GBP"
    )
    assert pounds.central == pytest.approx(949 * 12 / 10)


def test_a_part_without_a_price_makes_the_cost_of_a_hair_not_known(known):
    cost = cost_per_year("finasteride_topical+minoxidil_topical", known)
    (entry, _) = cost_per_hair(cost, gain(10, 15, 20), NO_MODEL)
    assert entry.low is None
    assert entry.text.startswith("not known: without finasteride spray")


def test_the_gain_of_a_plan_is_the_pooled_controlled_result_and_says_which():
    card = plan_for().option("finasteride_oral")
    at_12, at_24 = card.cost_per_hair
    pooled = card.evidence.pooled
    assert (at_12.gain.low_per_cm2, at_12.gain.high_per_cm2) == (
        pooled.low_per_cm2, pooled.high_per_cm2,
    )  # fmt: skip
    assert at_12.gain.basis == "2 controlled trials, weeks 48 to 52"
    assert at_12.low == pytest.approx(108 / pooled.high_per_cm2)
    assert pooled.guarded_low_per_cm2 < 0 < pooled.low_per_cm2
    assert (at_12.high, at_12.text) == (None, NO_UPPER_END_OF_FEW)
    net = next(entry for entry in card.course.net if entry.month == 24)
    start = card.course.density_per_cm2.mean[0]
    assert at_24.gain.mean_per_cm2 == pytest.approx(net.mean_percent / 100 * start)
    assert "modelled" in at_24.gain.basis


def test_an_assumed_course_never_gives_a_cost_per_hair():
    plan = plan_for()
    for card in plan.options:
        for entry in card.cost_per_hair:
            if entry.months == 24 and entry.low is not None:
                assert card.course.status == "fitted"
            if entry.low is not None and entry.months == 12:
                assert card.evidence.pooled is not None
                assert not card.evidence.pooled.conflict


def test_an_add_on_trial_gives_a_combination_no_gain_over_going_on_as_now():
    card = plan_for().option("microneedling+minoxidil_topical")
    assert all(entry.low is None for entry in card.cost_per_hair)
    agreed = msgspec.structs.replace(card.evidence.pooled, conflict=False)
    evidence = msgspec.structs.replace(card.evidence, pooled=agreed)
    assert isinstance(gain_measured(evidence, []), Gain)
    said = gain_measured(evidence, ["minoxidil_topical"], "minoxidil lotion")
    assert said.startswith("not known: the trials held the combination against minoxidil lotion")
    assert "contradict" in gain_measured(card.evidence, [])


def test_exosomes_have_no_cost_per_hair():
    for name in ("exosome_topical", "exosome_injection", "exosome_microneedling"):
        for entry in plan_for().option(name).cost_per_hair:
            assert entry.low is None
            assert entry.text.startswith("not known")


# Against the wishes

BUDGET = {"budget_currency": "USD"}


@pytest.mark.parametrize(
    ("option", "wishes", "fit"),
    [
        ("minoxidil_topical", {"budget_per_year": 720}, "within"),
        ("minoxidil_topical", {"budget_per_year": 719}, "partly"),
        ("minoxidil_topical", {"budget_per_year": 239}, "above"),
        ("minoxidil_topical", {"budget_total": 3600, "horizon_years": 5}, "within"),
        ("minoxidil_topical", {"budget_total": 3600, "horizon_years": 1}, "within"),
        ("minoxidil_topical", {"budget_total": 1199, "horizon_years": 5}, "above"),
        ("prp", {"budget_per_year": 12000}, "within"),
        ("prp", {"budget_per_year": 500, "horizon_years": 5}, "above"),
        ("prp", {"budget_per_year": 8000, "horizon_years": 5}, "partly"),
        ("lllt", {"budget_per_year": 3000}, "within"),
        ("lllt", {"budget_per_year": 3000, "horizon_years": 5}, "partly"),
        ("exosome_injection", {"budget_per_year": 15000}, "partly"),
        ("exosome_injection", {"budget_per_year": 999}, "above"),
        ("exosome_injection", {"budget_per_year": 15000, "horizon_years": 5}, "not_known"),
        ("exosome_injection", {"budget_total": 999, "horizon_years": 5}, "above"),
        ("finasteride_topical", {"budget_per_year": 900}, "not_known"),
        ("finasteride_topical+minoxidil_topical", {"budget_per_year": 900}, "not_known"),
        ("finasteride_topical+minoxidil_topical", {"budget_per_year": 9}, "above"),
        ("spironolactone", {"budget_per_year": 900}, "not_known"),
        ("none", {"budget_per_year": 0}, "within"),
    ],
)
def test_a_budget_is_held_against_the_whole_range(option, wishes, fit, known):
    assert fit_of(option, known, **BUDGET, **wishes).budget == fit


def test_a_budget_in_another_currency_is_never_converted(known):
    fit = fit_of("prp", known, budget_per_year=5000, budget_currency="KRW")
    assert fit.budget == "not_known"
    assert fit.budget_text == "Prices were found in USD only, and nothing is converted."


@pytest.mark.parametrize(
    ("key", "option", "sentence"),
    [
        ("accepts_needles", "exosome_injection", "You do not want needles."),
        ("accepts_tablets", "finasteride_oral", "You do not want tablets or capsules."),
        ("accepts_surgery", "hair_transplant", "You do not want an operation."),
        ("accepts_daily_treatment", "minoxidil_topical", "You do not want a treatment for every"),
    ],
)
def test_what_a_person_does_not_want_is_named_and_closes_nothing(key, option, sentence, known):
    plain, plan = plan_for(), plan_for(**{key: "no"})
    assert plan.option(option).wishes_fit.unwanted[0].startswith(sentence)
    assert plan.open_options == plain.open_options
    assert [card.id for card in plan.options] == [card.id for card in plain.options]
    for answer in ("yes", "unknown"):
        assert fit_of(option, known, **{key: answer}) is None


@pytest.mark.parametrize(
    ("most", "says"),
    [(6, []), (3, ["It may take 6 visits in the first year"]), (1, ["It takes at least 3 visits"])],
)
def test_more_visits_than_wanted_are_named(most, says, known):
    unwanted = fit_of("prp", known, most_visits_per_year=most).unwanted
    assert len(unwanted) == len(says)
    for sentence, words in zip(unwanted, says, strict=True):
        assert sentence.startswith(words)


def test_visits_of_later_years_that_are_not_known_are_said_to_be_so(known):
    wishes = {"most_visits_per_year": 9, "horizon_years": 5}
    fit = fit_of("exosome_injection", known, **wishes)
    assert fit.not_known == ["How many visits it takes in a later year is not known."]
    assert fit_of("finasteride_oral", known, **wishes).unwanted == []
    assert fit_of("hair_transplant", known, most_visits_per_year=1).unwanted == []
    assert fit_of("hair_transplant", known, most_visits_per_year=0).unwanted == [
        "It takes at least 1 visit; you want none."
    ]


# The order


def test_nothing_is_sorted_until_the_person_asks():
    for wishes in ({}, {"horizon_years": 5}, {"budget_per_year": 10, **BUDGET}):
        plan = plan_for(**wishes)
        assert plan.order == [card.id for card in plan.options]
        assert plan.order_note == UNSORTED


@pytest.mark.parametrize("by", ["cost", "cost_per_hair", "gain", "certainty", "visits"])
def test_a_sorted_plan_keeps_every_option_and_its_reference_first(by):
    plan = plan_for(sort_by=by)
    assert sorted(plan.order) == sorted(card.id for card in plan.options)
    assert plan.order[0] == "none"
    assert plan.order_note.startswith("Sorted as you asked")
    assert "come last" in plan.order_note


def test_cost_sorts_by_the_upper_end_and_the_unknown_last_in_their_usual_order():
    plan = plan_for(sort_by="cost")
    assert plan.order[1:5] == [
        "minoxidil_topical", "dutasteride", "finasteride_oral",
        "finasteride_oral+minoxidil_topical",
    ]  # fmt: skip
    usual = [card.id for card in plan.options]
    tail = plan.order[plan.order.index("hair_transplant") + 1 :]
    assert {"minoxidil_oral", "spironolactone", "finasteride_topical+minoxidil_topical"} <= {*tail}
    no_end = tail[: tail.index("exosome_injection") + 1]
    assert no_end == ["exosome_topical", "exosome_injection"]  # open, so after all closed ones
    assert tail[2:] == sorted(tail[2:], key=usual.index)


def test_over_five_years_open_ends_come_after_closed_ones_and_unknown_years_last():
    order = plan_for(sort_by="cost", horizon_years=5).order
    assert order.index("prp") < order.index("lllt") < order.index("exosome_injection")


def test_the_other_keys_sort_by_what_they_say():
    plan = plan_for(sort_by="gain")
    means = [plan.option(name).cost_per_hair[0].gain for name in plan.order[1:]]
    known_means = [m.mean_per_cm2 for m in means if m is not None]
    assert known_means == sorted(known_means, reverse=True)
    assert means[len(known_means) :] == [None] * (len(means) - len(known_means))
    assert plan_for(sort_by="visits").order[-1] == "microneedling+minoxidil_topical"
    sure = plan_for(sort_by="certainty")
    levels = [sure.option(name).evidence.certainty.level for name in sure.order[1:]]
    ranks = [["high", "moderate", "low", "very_low", None].index(level) for level in levels]
    assert ranks == sorted(ranks)
    hair = plan_for(sort_by="cost_per_hair").order
    # none has an upper end, so the least low end comes first
    assert hair[1:5] == ["finasteride_oral", "lllt", "minoxidil_topical", "dutasteride"]


# The page


def section(page):
    return page.split('<section id="cost">')[1].split("</section>")[0]


def test_the_section_of_money_and_time_has_both_anchors_and_every_option():
    plan = plan_for()
    page = section(plan_page(plan))
    assert '<h2 id="money">What it costs, in money and time</h2>' in page
    for card in plan.options:
        assert f'id="cost-{card.id}"' in page
    assert "Insurance:" in page
    assert "Against your wishes" not in page
    assert page.index('role="columnheader" scope="col">First year') < page.index(
        'role="columnheader" scope="col">5 years'
    )


def test_the_horizon_picks_which_total_comes_first():
    page = section(plan_page(plan_for(horizon_years=5)))
    assert page.index('scope="col">5 years') < page.index('scope="col">First year')


def test_every_price_line_stays_on_the_page():
    plan = plan_for()
    page = section(plan_page(plan))
    prices = sum(len(r.prices) for card in plan.options for r in card.cost.ranges)
    listed = re.findall(r"(?: per [^,<]+|\(for what is not stated\)), (?:undated|20\d\d)", page)
    assert len(listed) == prices


def test_wishes_are_said_and_what_does_not_fit_stands_beside_the_option():
    plan = plan_for(
        budget_per_year=1000, budget_currency="USD", accepts_needles="no", sort_by="cost"
    )
    page = section(plan_page(plan))
    assert "at most US$1,000 a year; no needles" in page
    assert "You do not want needles." in page
    assert "above your budget" in page
    assert "Sorted as you asked" in page
    places = [page.index(f'id="cost-{name}"') for name in plan.order]
    assert places == sorted(places)


def test_a_picture_of_costs_marks_open_ends_and_prints_its_numbers():
    closed = cost_figure.CostBar(100, 200, "$100–200")
    wide = cost_figure.CostBar(100, None, "at least $100")
    row = cost_figure.CostRow("A", closed, closed)
    drawn = cost_figure.cost_bars("c", "t", "USD", [row])
    assert "A: first year $100–200; 5 years $100–200" in drawn
    assert drawn.count("<path") == 1  # the key's
    drawn = cost_figure.cost_bars("c", "t", "USD", [cost_figure.CostRow("A", closed, wide)])
    assert drawn.count("<path") == 2
    assert "at least $100" in drawn
    with pytest.raises(ValueError, match="at least one option"):
        cost_figure.cost_bars("c", "t", "USD", [])


def test_a_picture_has_a_logarithmic_axis_only_where_amounts_span_much():
    def drawn(high):
        bar = cost_figure.CostBar(100, high, "x")
        return cost_figure.cost_bars("c", "t", "USD", [cost_figure.CostRow("A", bar, None)])

    assert "ten times the last" not in drawn(3000)
    assert "ten times the last" in drawn(3100)
    assert "100,000" not in drawn(9000)


# For somebody who uses something

USED = ["finasteride_oral"]


def only(option, known, uses):
    (entry,) = cost_per_year(option, known, uses).ranges
    return entry


@functools.cache
def plan_of_user(*treatments, **wishes):
    person = read_person(EXAMPLES / "01_man_nh3_vertex.yaml")
    history = [
        UsedTreatment(
            treatment=name, months_since_last_dose=0, months_used=24, adherence="most_days"
        )
        for name in treatments
    ]
    wanted = Wishes(**wishes) if wishes else None
    person = msgspec.structs.replace(person, history=history, wishes=wanted)
    return make_plan(person, facts.load(), seed=1, today=TODAY)


def test_an_option_costs_only_what_it_adds_to_what_is_in_use(known):
    both = cost_per_year("finasteride_oral+minoxidil_topical", known, USED)
    lotion = only("minoxidil_topical", known, [])
    (entry,) = both.ranges
    assert (entry.first_year_low, entry.first_year_high) == (240, 720)
    assert entry.five_years_high == lotion.five_years_high
    assert {price.treatment for price in entry.prices} == {"minoxidil_topical"}
    assert both.note == "On top of what you pay now for finasteride tablets."
    assert not both.is_in_use
    (paid,) = both.paid_now
    assert (paid.currency, paid.a_year_low, paid.a_year_high) == ("USD", 108, 1896)


def test_what_is_in_use_is_not_begun_again(known):
    prp = only("none", known, ["prp"])
    # maintenance of 1 to 4 sessions, not a first course of 3 to 6
    assert (prp.first_year_low, prp.first_year_high) == (400, 8000)
    assert (prp.five_years_low, prp.five_years_high) == (2000, 40000)
    (line,) = prp.lines
    assert line.label == "platelet-rich plasma (PRP): maintenance, each year (in use)"
    assert only("prp", known, ["prp"]).first_year_low == 400


def test_a_device_that_is_bought_costs_nothing_while_it_lasts(known):
    for option in ("none", "lllt"):
        cost = cost_per_year(option, known, ["lllt"])
        assert "nothing more is due while it lasts" in cost.note
        (entry,) = cost.ranges
        assert (entry.first_year_low, entry.first_year_high) == (0, None)
        assert spent(entry) == spent(entry, 5) == "nothing while it lasts"
    assert "device" not in cost_per_year("none", known, USED).note
    page = plan_page(plan_of_user("lllt"))
    assert "nothing while it lasts" in section(page)
    assert "US$0" not in page


def test_going_on_with_two_treatments_adds_them_and_names_what_has_no_price(known):
    both = only("none", known, ["finasteride_oral", "minoxidil_topical"])
    assert (both.first_year_low, both.first_year_high) == (348, 2616)
    part = only("none", known, ["finasteride_oral", "minoxidil_oral"])
    assert (part.first_year_low, part.first_year_high) == (108, None)
    assert spent(part) == "at least US$108 (without minoxidil tablets (low dose))"
    unpriced = cost_per_year("none", known, ["minoxidil_oral"])
    assert (unpriced.ranges, unpriced.text) == ([], NOTHING_MORE)
    later_unknown = cost_per_year("none", known, ["exosome"])
    assert later_unknown.text == "What a further year costs is not known."
    assert all(entry.first_year_low is None for entry in later_unknown.ranges)


def test_an_option_in_use_has_no_cost_per_hair():
    plan = plan_of_user("finasteride_oral")
    (entry,) = plan.option("finasteride_oral").cost_per_hair
    assert (entry.text, entry.low, entry.gain) == (IN_USE, None, None)
    assert plan.option("none").cost_per_hair == []
    assert NO_GAIN not in section(plan_page(plan))


def test_beside_something_in_use_the_trials_tell_no_gain_and_the_model_prices_what_is_added():
    card = plan_of_user("finasteride_oral").option("minoxidil_topical")
    at_12, at_24 = card.cost_per_hair
    assert at_12.text == (
        "not known: the trials compared with no treatment, and you use finasteride tablets"
    )
    assert (at_12.low, at_12.gain) == (None, None)
    assert at_24.low == pytest.approx(480 / at_24.gain.high_per_cm2)
    assert at_24.high == pytest.approx(1440 / at_24.gain.low_per_cm2)
    together = plan_of_user("finasteride_oral").option("finasteride_oral+minoxidil_topical")
    of_both = together.cost_per_hair[1]
    # the lotion is all that is added, so price and gain are those of the lotion alone
    assert (of_both.low, of_both.high) == pytest.approx((at_24.low, at_24.high), rel=0.02)


def test_a_model_without_a_gain_is_not_called_a_result(known):
    cost = cost_per_year("minoxidil_topical", known, USED)
    (_, entry) = cost_per_hair(cost, "not known: x", gain(-2, -1, 0))
    assert entry.text == NO_GAIN_MODELLED


@pytest.mark.parametrize(
    ("option", "uses", "budget", "fit"),
    [
        ("minoxidil_topical", USED, 720 + 1896, "within"),
        ("minoxidil_topical", USED, 720 + 1895, "partly"),
        ("minoxidil_topical", USED, 240 + 107, "above"),
        ("finasteride_oral", USED, 1896, "within"),
        ("finasteride_oral", ["finasteride_oral", "minoxidil_topical"], 347, "above"),
        ("none", USED, 107, "above"),
        ("minoxidil_topical", ["minoxidil_oral"], 720, "not_known"),
        ("minoxidil_topical", ["minoxidil_oral"], 239, "above"),
        ("minoxidil_topical", ["lllt"], 720, "partly"),
        ("none", ["minoxidil_oral"], 720, "not_known"),
    ],
)
def test_a_budget_holds_what_is_paid_now_too(option, uses, budget, fit, known):
    found = fit_of(option, known, uses, budget_per_year=budget, **BUDGET)
    assert found.budget == fit
    if option not in ("none", *uses):
        is_known = uses != ["minoxidil_oral"]
        told = "is counted in." if is_known else "is not known."
        assert found.budget_text.endswith(f"What you pay now {told}")


def test_what_is_paid_now_is_added_once(known):
    held = with_paid_now(cost_per_year("minoxidil_topical", known, USED), "USD")
    assert total(held, 5) == (5 * 348, 5 * 2616)
    assert (
        with_paid_now(cost_per_year("finasteride_oral", known, USED), "USD").first_year_low == 108
    )
    assert with_paid_now(cost_per_year("prp", known, USED), "EUR") is None
    assert with_paid_now(cost_per_year("prp", known), "USD").first_year_low == 1200


def test_the_page_says_that_options_come_on_top_of_what_is_paid_now():
    page = plan_page(plan_of_user("finasteride_oral", budget_per_year=900, **BUDGET))
    assert "You use finasteride tablets." in section(page)
    assert "Against your budget what you pay now is counted in." in section(page)
    assert "US$240–720, on top of what you pay now" in page
    assert "US$108–1,896, paid already" in page
    assert "on top of what you pay now" not in plan_page(plan_for())


def test_somebody_who_uses_something_gets_an_order_that_does_not_price_it_again():
    by_cost = plan_of_user("finasteride_oral", sort_by="cost")
    assert by_cost.order[:3] == ["none", "finasteride_oral", "minoxidil_topical"]
    assert "on top of what you pay now" in by_cost.order_note
    by_gain = plan_of_user("finasteride_oral", sort_by="gain")
    assert {*by_gain.order[1:3]} == {"minoxidil_topical", "finasteride_oral+minoxidil_topical"}
    assert "over going on as now" in by_gain.order_note
    by_hair = plan_of_user("finasteride_oral", sort_by="cost_per_hair")
    assert {*by_hair.order[1:3]} == {*by_gain.order[1:3]}
    assert "in two years" in by_hair.order_note


# Ends that are open


def test_a_total_that_leaves_a_part_out_has_no_upper_end_and_names_it(known):
    entry = in_currency("finasteride_topical+minoxidil_topical", "USD", known)
    assert (entry.first_year_low, entry.first_year_high) == (240, None)
    assert (entry.later_year_high, entry.five_years_high) == (None, None)
    assert spent(entry) == "at least US$240 (without finasteride spray)"
    assert spent(entry, 5) == "at least US$1,200 (without finasteride spray)"


def test_a_part_without_a_price_is_named_wherever_the_total_stands():
    page = plan_page(plan_for())
    words = "at least US$240 (without finasteride spray)"
    assert words in section(page)
    assert words in page.split('<section id="cost">')[0]  # the table of all options
    assert first_year_said(plan_for().option("prp").cost) == "US$1,200–12,000"


def test_a_price_without_an_upper_end_leaves_the_range_open_and_the_others_are_told(known):
    entry = in_currency("exosome_injection", "USD", known)
    assert spent(entry) == (
        "at least US$1,000 (one price has no upper end, others reach US$15,000)"
    )
    assert in_currency("exosome_injection", "EUR", known).first_year_high == 3000


def test_a_price_for_many_grafts_is_not_scaled_below_them(known):
    entry = in_currency("hair_transplant", "USD", known)
    by_amount = next(price for price in entry.prices if price.per == "2000 grafts")
    by_graft = next(price for price in entry.prices if price.per == "graft")
    assert (by_amount.first_year_low, by_amount.first_year_high) == (2000, 40000)
    assert (by_graft.first_year_low, by_graft.first_year_high) == (3000, 40000)
    assert entry.first_year_low == 2000


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"wider_low_per_cm2": -1.0}, NO_UPPER_END_OF_FEW),
        ({"wider_low_per_cm2": 0.0}, NO_UPPER_END_OF_FEW),
        ({"is_single": True}, NO_UPPER_END_OF_ONE),
        ({"wider_low_per_cm2": 0.1}, ""),
    ],
)
def test_an_interval_of_few_trials_gives_no_upper_end_that_the_wider_one_denies(extra, text, known):
    found = msgspec.structs.replace(gain(10, 15, 20), is_few=True, **extra)
    (entry, _) = cost_per_hair(cost_per_year("minoxidil_topical", known), found, NO_MODEL)
    assert entry.low == 12
    assert (entry.high, entry.text) == (None if text else 72, text)


def test_few_trials_are_called_few_beside_the_cost_of_a_hair():
    card = plan_for().option("finasteride_oral")
    assert card.cost_per_hair[0].gain.is_few
    page = section(plan_page(plan_for()))
    assert "2 controlled trials, weeks 48 to 52 (few trials); no upper end by the wider" in page
    pooled = msgspec.structs.replace(card.evidence.pooled, studies=3)
    evidence = msgspec.structs.replace(card.evidence, pooled=pooled)
    assert not gain_measured(evidence, []).is_few


# Currencies


def test_each_place_has_its_currency(known):
    places = known.vocabulary.jurisdictions
    assert {name: place.currency for name, place in places.items()} == {
        "US": "USD", "EU": "EUR", "UK": "GBP", "CA": "CAD", "AU": "AUD", "KR": "KRW",
        "JP": "JPY", "TW": "TWD", "SA": "SAR", "international": None, "other": None,
    }  # fmt: skip


def test_a_place_without_a_price_in_its_currency_is_told_so(known):
    person = read_person(EXAMPLES / "01_man_nh3_vertex.yaml")
    away = msgspec.structs.replace(person, jurisdiction="CA")
    cost = cost_of("prp", away, known)
    assert (cost.local_currency, cost.local_note) == ("CAD", "No price in CAD was found.")
    plan = make_plan(away, known, seed=1, today=TODAY)
    assert local_price_said(plan.options) == "No price in CAD was found."
    assert "No price in CAD was found." in section(plan_page(plan))
    nowhere = msgspec.structs.replace(person, jurisdiction="other")
    assert cost_of("prp", nowhere, known).local_note == ""


def test_prices_in_the_currency_of_the_place_are_counted(known):
    assert local_price_said(plan_for().options) == ""
    plan = plan_for("13_man_on_finasteride")
    assert local_price_said(plan.options) == (
        "A price in EUR was found for these only: Exosomes on skin, Exosomes + needling, "
        "Exosomes injected."
    )


def test_dollars_say_whose_they_are():
    page = section(plan_page(plan_for()))
    assert "US$" in page
    assert not re.findall(r"(?<!US)\$[0-9]", page)


def test_an_offer_stands_beside_the_collected_prices_of_a_session(known):
    cost = cost_per_year("exosome_injection", known)
    assert offer_line(1200, "GBP", None, session_price(cost, "GBP")) == (
        "You were offered 1,200 GBP a session. No price of a session in GBP was found."
    )
    assert session_price(cost, "EUR") is None  # collected for a course only
    prp = session_price(cost_per_year("prp", known), "USD")
    assert offer_line(99.5, "USD", 2, prp) == (
        "You were offered 99.50 USD a session, 199 USD for 2. Pages ask US$400–2,000 a session."
    )
    assert offer_line(1200, "USD", 1, session_price(cost, "USD")) == (
        "You were offered 1,200 USD a session. Pages ask at least US$1,000 a session."
    )
