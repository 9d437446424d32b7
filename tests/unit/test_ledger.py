"""The ledger of claims: what is recomputed, from which facts, and which articles are known."""

import math

import msgspec
import pytest

from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence.ledger import arithmetic as sums
from anagen.evidence.ledger import ledger, recognised, recompute
from anagen.facts import load
from anagen.facts.claim_check import Cited, GainAgainstBound, ShareOfN, SumToN, cited_numbers
from anagen.facts.path import value_at


@pytest.fixture(scope="module")
def known():
    return load()


@pytest.fixture(scope="module")
def whole(known):
    return ledger(known)


def one(whole, name, kind):
    entry = next(e for e in whole.entries if e.id == name)
    return [r for r in entry.recomputed if r.kind == kind]


def cite(text):
    return Cited(text=text, at="claims.000-01.quoted")


def test_every_claim_has_a_verdict_a_place_in_its_article_and_a_word_on_recomputing_it(
    whole, known
):
    assert [e.id for e in whole.entries] == list(known.claims)
    for entry in whole.entries:
        assert entry.places, entry.id
        assert entry.recomputed, entry.id
    assert sum(whole.verdicts.values()) == len(known.claims)


def test_at_least_twenty_five_claims_are_recomputed_and_each_number_is_a_fact(whole, known):
    assert whole.recomputed >= 25
    for claim in known.claims.values():
        for check in claim.check:
            for cited in cited_numbers(check):
                assert cited.stands_in(value_at(known, cited.at)), cited


def test_a_claim_that_quotes_a_number_is_recomputed_or_says_why_not(known):
    for name, claim in known.claims.items():
        if claim.quoted and any(c.isdigit() for c in claim.quoted):
            assert claim.check, name


def test_eighty_percent_of_nine_men_is_no_whole_number(whole):
    found = one(whole, "000-03b", "share_of_n")[0]
    assert found.outcome == "does_not_fit"
    assert found.numbers["people"] == pytest.approx(7.2)
    assert "7 of 9 is 77.8 %" in found.text


def test_more_than_half_of_twenty_two_women_is_twelve_with_a_wide_interval(whole):
    found = one(whole, "000-03b", "share_of_n")[1]
    assert found.numbers["least"] == 12
    assert (round(found.numbers["low"]), round(found.numbers["high"])) == (32, 76)


def test_the_two_percentages_of_sixteen_men_would_fit_fifteen(whole):
    for name in ("000-23", "000-52"):
        (found,) = one(whole, name, "share_of_n")
        assert found.outcome == "does_not_fit"
        assert "would fit 15 people" in found.text


def test_no_event_in_125_allows_2_4_percent_and_none_in_30_allows_9_5(whole):
    (hundred,) = one(whole, "000-07", "zero_events")
    (thirty,) = one(whole, "004-06", "zero_events")
    assert round(hundred.numbers["upper_percent"], 1) == 2.4
    assert round(thirty.numbers["upper_percent"], 1) == 9.5
    assert "rule of three" in hundred.text


def test_the_median_of_the_placebo_trial_leaves_eight_hairs(whole):
    (found,) = one(whole, "000-22", "net_of_control")
    assert found.numbers["net"] == 8.0
    assert one(whole, "000-22", "signed_rank")[0].outcome == "fits"
    assert one(whole, "000-22", "rank_sum")[0].outcome == "fits"
    assert one(whole, "000-22", "n_against_registry")[0].outcome == "does_not_fit"


def test_a_week_without_a_visit_does_not_fit(whole):
    (found,) = one(whole, "002-02", "visit_in_study")
    assert found.outcome == "does_not_fit"
    assert "12 is quoted" in found.text


@pytest.mark.parametrize(("upper", "outcome"), [(21.0, "fits"), (19.0, "does_not_fit")])
def test_a_gain_is_held_against_the_bound_that_is_handed_in(known, upper, outcome):
    check = GainAgainstBound(
        gain=cite("20"), week=cite("12"), measure="hair_density", is_percent=True
    )
    asked = []

    def bound(question):
        asked.append(question)
        return Estimate(value=upper - 1.96, se=1.0, unit="percent")

    found = recompute(check, known, bound)
    assert found.outcome == outcome
    assert (asked[0].week, asked[0].is_percent, asked[0].baseline_per_cm2) == (12.0, True, None)


def test_without_a_bound_a_gain_is_not_judged(known):
    check = GainAgainstBound(
        gain=cite("20"), week=cite("12"), measure="hair_density", is_percent=True
    )
    assert recompute(check, known).outcome == "not_recomputable"


def test_a_share_above_one_hundred_percent_is_refused_in_a_sentence(known):
    check = ShareOfN(percent=cite("120"), n=cite("9"))
    with pytest.raises(InputError, match=r"share_of_n .* between 0 and 100 %"):
        recompute(check, known)


def test_parts_that_do_not_add_up_are_said(known):
    check = SumToN(parts=[cite("22"), cite("9")], total=cite("30"))
    found = recompute(check, known)
    assert found.outcome == "does_not_fit"
    assert "22 + 9 = 31, and 30 is stated" in found.text


def test_counts_that_fit_are_all_counts_whose_share_rounds_to_the_one_printed():
    for n in range(1, 120):
        for percent in range(101):
            wanted = [k for k in range(n + 1) if abs(100 * k / n - percent) <= 0.5 + 1e-9]
            assert list(sums.counts_that_fit(percent, 0, n)) == wanted, (percent, n)


def test_exact_bounds_agree_with_the_binomial_sum():
    low, high = (share / 100 for share in sums.exact_interval(7, 20))
    above = sum(math.comb(20, k) * low**k * (1 - low) ** (20 - k) for k in range(7, 21))
    below = sum(math.comb(20, k) * high**k * (1 - high) ** (20 - k) for k in range(8))
    assert (above, below) == (pytest.approx(0.025), pytest.approx(0.025))
    upper = sums.zero_event_upper(125) / 100
    assert (1 - upper) ** 125 == pytest.approx(0.05)


def test_the_signed_rank_p_is_the_share_of_all_sign_patterns():
    n, v = 8, 5
    patterns = [
        sum(rank for rank in range(1, n + 1) if signs >> (rank - 1) & 1) for signs in range(2**n)
    ]
    wanted = 2 * sum(total <= v for total in patterns) / 2**n
    assert sums.signed_rank_p(v, n) == pytest.approx(wanted)
    assert sums.signed_rank_p(n * (n + 1) / 2 - v, n) == pytest.approx(wanted)


def test_an_effect_outside_its_own_interval_is_refused():
    with pytest.raises(InputError, match="cannot be an estimate"):
        sums.p_of_interval(5, 6, 7, is_ratio=False)


def test_p_of_an_interval_that_ends_at_no_effect_is_one_in_twenty():
    assert sums.p_of_interval(1, 0, 2, is_ratio=False) == pytest.approx(0.05)
    assert sums.p_of_interval(2, 1, 4, is_ratio=True) == pytest.approx(0.05)


def test_an_article_is_known_by_its_text_whatever_its_spaces_and_capitals(shared, known):
    paths = sorted((shared / "seeds").glob("*.txt"))
    assert len(paths) == 5
    for name, path in zip(known.articles, paths, strict=True):
        text = path.read_bytes().decode("utf-8")
        assert recognised(text, known) == name
        assert recognised(text.replace("\n", "\n\n  "), known) == name


def test_a_changed_article_is_refused_and_the_nearest_is_named(shared, known):
    text = next((shared / "seeds").glob("004_*.txt")).read_bytes().decode("utf-8")
    with pytest.raises(InputError, match="stand in article_004, the others were not compared"):
        recognised(text + "\nAnd one sentence more.", known)


def test_an_unknown_text_is_refused_and_not_guessed(known):
    with pytest.raises(InputError, match="a verdict is not guessed"):
        recognised("Exosomes regrow all hair within a week.", known)
    with pytest.raises(InputError, match="the text is empty"):
        recognised(" \n ", known)


def test_a_ledger_can_be_narrowed_and_an_unknown_article_is_refused(known):
    found = ledger(known, article="article_004", verdict="supported")
    assert {(e.article, e.verdict) for e in found.entries} == {("article_004", "supported")}
    assert set(found.articles) == {"article_004"}
    with pytest.raises(InputError, match="there is no article 'article_9'"):
        ledger(known, article="article_9")


def test_the_ledger_survives_json(whole):
    assert msgspec.json.decode(msgspec.json.encode(whole), type=type(whole)) == whole
