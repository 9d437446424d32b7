import pytest

from anagen.errors import InputError
from anagen.synthesis import recovery
from anagen.synthesis.recovery import Recovered
from anagen.synthesis.recovery_groups import Group, combine_groups, pooled_sd
from anagen.synthesis.recovery_ladder import Lent, NotPoolable, Printed, climb, implausible
from anagen.synthesis.recovery_medians import from_quartiles, from_range, from_range_and_quartiles

EVERYTHING = {
    "sd_change": 9.0,
    "se_change": 2.0,
    "ci_change": (3.0, 11.0),
    "t_change": 3.5,
    "p_change": 0.002,
    "t_difference": 2.0,
    "p_difference": 0.05,
    "r": 0.7,
}
BASIS = {"n": 20, "mean_change": 7.0, "difference": 5.0, "n_other": 22, "sd_pre": 10, "sd_post": 11}
LENDS = Lent(r=0.6, r_assumed=0.5, sd=8.0)
RUNGS = (
    ("sd_change", "as_printed", "reported"),
    ("se_change", "from_standard_error", "algebraic"),
    ("ci_change", "from_interval_t", "algebraic"),
    ("t_change", "from_t_of_mean", "algebraic"),
    ("p_change", "from_p_of_mean", "algebraic"),
    ("t_difference", "from_t_of_difference", "algebraic"),
    ("p_difference", "from_p_of_difference", "algebraic"),
    ("r", "from_before_after_and_r", "algebraic"),
)


def test_the_ladder_takes_the_first_rung_that_holds():
    left = dict(EVERYTHING)
    for key, conversion, status in RUNGS:
        found = climb(Printed(**BASIS, **left), LENDS)
        assert (found.conversion, found.status) == (conversion, status)
        del left[key]
    borrowed = climb(Printed(**BASIS), LENDS)
    assert (borrowed.status, borrowed.r) == ("borrowed", 0.6)
    assumed = climb(Printed(**BASIS), Lent(r_assumed=0.5, sd=8.0))
    assert (assumed.status, assumed.r) == ("assumed", 0.5)
    assert "run again" in assumed.cautions[0]
    lent = climb(Printed(n=20), LENDS)
    assert (lent.value, lent.conversion) == (8.0, "from_median_of_studies")


def test_without_any_rung_a_change_is_not_poolable_and_says_why():
    found = climb(Printed(n=20, mean_change=7.0, p_bound=0.05))
    assert isinstance(found, NotPoolable)
    assert "p < 0.05 is a bound" in found.reason
    assert "none can be borrowed" in climb(Printed(n=20)).reason


def test_a_bound_on_p_is_held_against_a_borrowed_sd_and_never_taken_for_p():
    printed = Printed(n=20, mean_change=7.0, p_bound=0.05)
    limit = recovery.limit_from_p_bound(7.0, 0.05, 20).at_most
    assert recovery.limit_from_p_bound(7.0, 0.05, 20).conversion == "bound_from_p_of_mean"
    assert climb(printed, Lent(sd=limit * 0.9)).conversion == "from_median_of_studies"
    assert len(climb(printed, Lent(sd=limit * 0.9)).cautions) == 1
    assert "contradicts" in climb(printed, Lent(sd=limit * 1.1)).cautions[1]


def test_a_change_of_zero_passes_over_its_t_and_p():
    found = climb(Printed(n=20, mean_change=0.0, p_change=0.9, sd_pre=3, sd_post=4, r=0.2))
    assert found.conversion == "from_before_after_and_r"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: recovery.sd_from_se(0.0, 20), "se is 0"),
        (lambda: recovery.sd_from_se(1.0, 1), "n is 1.*2 or more"),
        (lambda: recovery.sd_from_ci(5.0, 3.0, 20), "not in order"),
        (lambda: recovery.sd_from_ci(3.0, 5.0, 20, level=1.5), "level is 1.5"),
        (lambda: recovery.se_from_ci(3.0, 5.0, level=0.0), "level is 0"),
        (lambda: recovery.sd_from_p(3.0, 0.0, 20), "p is 0.*bound"),
        (lambda: recovery.sd_from_p(0.0, 0.2, 20), "the mean is 0"),
        (lambda: recovery.sd_from_t(3.0, 0.0, 20), "t is 0"),
        (lambda: recovery.pooled_sd_from_p(0.0, 0.2, 20, 20), "the difference is 0"),
        (lambda: recovery.pooled_sd_from_t(2.0, 2.0, 20, 1), "n2 is 1"),
        (lambda: recovery.sd_of_change(10, 10, 1.1), "r is 1.1"),
        (lambda: recovery.sd_of_change(10, 10, 1.0), "no spread"),
        (lambda: recovery.correlation_from_sds(10, 10, 25), "outside -1 to 1"),
        (lambda: recovery.sd_of_change(float("nan"), 10, 0.5), "sd_pre is nan"),
        (lambda: combine_groups([]), "1 group or more"),
        (lambda: combine_groups([Group(n=5, mean=1, sd=-1)]), r"groups\[0\].sd is -1"),
        (lambda: from_quartiles(10, 12, 9, 20), "low to high"),
        (lambda: from_quartiles(10, 10, 10, 20), "q1 equals q3"),
        (lambda: from_range(10, 5, 20, 2), "3 or more"),
        (lambda: from_range_and_quartiles(10, 8, 12, 9, 20, 30), "minimum.*above q1"),
        (lambda: climb(Printed(n=20, sd_change=-2.0)), "is -2"),
    ],
)
def test_numbers_that_cannot_be_are_refused_in_one_sentence(call, words):
    with pytest.raises(InputError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_subgroups_pool_to_the_sd_within_them_and_combine_to_the_sd_of_all():
    groups = [Group(n=10, mean=0.0, sd=2.0), Group(n=10, mean=8.0, sd=2.0)]
    assert pooled_sd(groups).value == pytest.approx(2.0)
    assert combine_groups(groups).sd > 4


def test_a_skewed_summary_is_called_skewed_and_an_even_one_is_not():
    assert not from_quartiles(10, 8, 12, 100).cautions
    assert "skewed" in from_quartiles(8.2, 8, 12, 100).cautions[0]
    assert "skewed" in from_range(3, 2, 30, 60).cautions[0]
    assert "skewed" in from_range_and_quartiles(3, 2.5, 9, 2, 30, 60).cautions[0]


def test_wan_s_published_divisors_are_reproduced():
    for n, divisor in ((2, 1.128), (5, 2.326), (10, 3.078), (20, 3.735), (50, 4.498)):
        if n > 2:
            assert 1 / from_range(0.5, 0, 1, n).sd == pytest.approx(divisor, abs=1e-12)
    for n, divisor in ((5, 0.990), (9, 1.144), (13, 1.206), (21, 1.260)):
        assert 1 / from_quartiles(0.5, 0, 1, n).sd == pytest.approx(divisor, abs=1e-12)


def test_what_cannot_well_be_true_is_said_in_words():
    assert implausible(smd=1.2, sd=5, outcome_median_sd=8, r=0.4, n_change=9, n_baseline=10) == []
    assert "standard error" in implausible(smd=-3.4)[0]
    assert "below a quarter" in implausible(sd=1.9, outcome_median_sd=8)[0]
    assert "outside -1 to 1" in implausible(r=1.01)[0]
    assert "only 10 a baseline" in implausible(n_change=11, n_baseline=10)[0]


def test_a_recovered_number_carries_its_name_and_status():
    found = recovery.sd_of_change(10, 12, 0.5, status="assumed")
    assert found == Recovered(
        value=found.value, conversion="from_before_after_and_r", status="assumed", r=0.5
    )
