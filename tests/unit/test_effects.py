import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis.effects import (
    MEASURES,
    autoregressive_correlation,
    contrast_covariance,
    design_effect,
    effect_sizes,
    effective_number,
    shared_baseline_covariance,
    shared_control_covariance,
    split_site_covariance,
)
from anagen.synthesis.effects.changes import mean_change, split_site_difference

TWO = {"m1": [10.0, 12.0], "sd1": [2.0, 3.0], "n1": [20, 25], "m2": 9.0, "sd2": 2.5, "n2": 22}
PAIR = {"m_post": 12.0, "m_pre": 10.0, "sd_post": 3.0, "sd_pre": 2.5, "n": 20, "r": 0.5}


@pytest.mark.parametrize(
    ("name", "inputs", "words"),
    [
        ("MD", {**TWO, "sd1": [2.0, -3.0]}, r"sd1\[1\] is -3.*above 0"),
        ("SMD", {**TWO, "n1": [20, 1]}, r"n1\[1\] is 1.*2 or more persons"),
        ("SMD1", {**TWO, "n2": 2}, r"n2\[0\] is 2.*3 or more persons"),
        ("ROM", {**TWO, "m1": [10.0, 0.0]}, r"m1\[1\] is 0.*logarithms"),
        ("MD", {**TWO, "m1": [10.0, float("nan")]}, r"m1\[1\] is nan.*finite"),
        ("MD", {**TWO, "m1": ["ten"]}, "m1 holds something that is not a number"),
        ("MD", {**TWO, "m1": [1.0, 2.0, 3.0]}, "entries where others have 3"),
        ("MD", {**TWO, "m1": []}, "not be empty"),
        ("MC", {**PAIR, "r": 1.2}, r"r\[0\] is 1.2.*between -1 and 1"),
        ("MC", {**PAIR, "sd_pre": 3.0, "r": 1.0}, r"MC of entry \[0\] has no variance"),
        ("VRC", {"sd_post": 3.0, "sd_pre": 2.0, "n": 9, "r": -1.0}, "no variance above 0"),
        ("OR", {"x1": [3, 9], "n1": [8, 8], "x2": 2, "n2": 8}, r"x1\[1\] is 9.*more events than"),
        ("RR", {"x1": -1, "n1": 8, "x2": 2, "n2": 8}, r"x1\[0\] is -1.*0 or above"),
        ("RD", {"x1": 0, "n1": 0, "x2": 2, "n2": 8}, r"n1\[0\] is 0.*1 person"),
        ("IRR", {"x1": 1, "t1": 0, "x2": 1, "t2": 3}, r"t1\[0\] is 0.*above 0"),
        ("ZCOR", {"r": 1.0, "n": 30}, r"r\[0\] is 1.*strictly"),
        ("PR", {"x": 4, "n": 3}, r"x\[0\] is 4.*more events than persons"),
        ("XYZ", {}, "measure 'XYZ' is not known"),
        ("MN", {"m": 1.0, "sd": 1.0}, "n is missing"),
        ("MN", {"m": 1.0, "sd": 1.0, "n": 5, "w": 1.0}, "w is none of them"),
        ("MD", {**TWO, "correction": "none"}, "correction is none of them"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_that_names_the_entry(name, inputs, words):
    with pytest.raises(InputError, match=words) as refused:
        effect_sizes(name, **inputs)
    assert "\n" not in str(refused.value)


def test_half_is_added_only_where_a_zero_occurs_and_double_zeros_are_told():
    found = effect_sizes("OR", x1=[0, 3, 0, 8], n1=8, x2=[2, 2, 0, 8], n2=8)
    assert found.correction == "half_where_zero"
    assert found.corrected == (0, 2, 3)
    assert found.double_zero == (2, 3)
    assert found.y[1] == pytest.approx(np.log((3 * 6) / (5 * 2)))
    assert found.y[0] == pytest.approx(np.log((0.5 * 6.5) / (8.5 * 2.5)))


def test_a_correction_everywhere_touches_every_entry_and_none_refuses_a_zero():
    all_over = effect_sizes("OR", x1=[1, 3], n1=8, x2=[2, 2], n2=8, correction="half_everywhere")
    assert all_over.corrected == (0, 1)
    with pytest.raises(InputError, match=r"x1\[1\] is 0.*OR has no value"):
        effect_sizes("OR", x1=[1, 0], n1=8, x2=2, n2=8, correction="none")
    with pytest.raises(InputError, match="correction 'half' is not known"):
        effect_sizes("OR", x1=1, n1=8, x2=2, n2=8, correction="half")


def test_without_zero_cells_no_correction_changes_a_thing():
    given = {"x1": [1, 3], "n1": 8, "x2": [2, 2], "n2": 8}
    for name in ("OR", "RR", "RD", "PETO"):
        plain = effect_sizes(name, correction="none", **given)
        assert effect_sizes(name, **given).y == pytest.approx(plain.y, abs=0)


def test_peto_and_risk_difference_need_help_only_where_both_groups_are_alike():
    assert effect_sizes("PETO", x1=0, n1=8, x2=2, n2=8, correction="none").y[0] < 0
    with pytest.raises(InputError, match="alike in every person"):
        effect_sizes("PETO", x1=0, n1=8, x2=0, n2=8, correction="none")
    with pytest.raises(InputError, match="no variance above 0"):
        effect_sizes("RD", x1=0, n1=8, x2=0, n2=8, correction="none")


def test_every_measure_says_what_it_is_and_reads_back_to_its_null():
    assert len(MEASURES) == 40
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert measure.words
        assert measure.function.__doc__
        if measure.null is not None:
            neutral = 1.0 if measure.scale == "log" else 0.0
            assert float(measure.back(measure.null)) == neutral


def test_two_sites_of_a_scalp_are_persons_and_not_sites():
    paired = split_site_difference([16.0], [9.0], [22.0], [20.0], [12], [0.5])
    assert paired.v[0] == pytest.approx((22**2 + 20**2 - 22 * 20) / 12)
    assert paired.v == pytest.approx(mean_change([16.0], [9.0], [22.0], [20.0], [12], [0.5]).v)
    arms = split_site_covariance([22.0, 20.0], 12, 0.5)
    assert contrast_covariance(arms)[0, 0] == pytest.approx(paired.v[0])


def test_contrasts_that_share_a_control_covary_by_its_variance():
    found = shared_control_covariance([2.0, 3.0, 5.0])
    assert found.tolist() == [[5.0, 2.0], [2.0, 7.0]]
    assert shared_control_covariance([2.0, 3.0, 5.0], base=2).tolist() == [[7.0, 5.0], [5.0, 8.0]]


def test_sites_of_one_person_are_not_persons():
    assert design_effect(4, 0.5).tolist() == [2.5]
    assert effective_number(40, 4, 0.5).tolist() == [16.0]
    assert effective_number(40, 1, 0.9).tolist() == [40.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: contrast_covariance([[1.0]]), "2 arms or more"),
        (lambda: contrast_covariance([[1.0, 0.0], [0.5, 1.0]]), "symmetric"),
        (lambda: contrast_covariance(np.eye(2), 2), "base 2"),
        (lambda: contrast_covariance([1.0, 2.0]), "square matrix"),
        (lambda: shared_control_covariance([1.0, 0.0]), r"arm_variances\[1\] is 0"),
        (lambda: split_site_covariance([1.0, 1.0, 1.0], 9, -0.9), "cannot all correlate"),
        (lambda: shared_baseline_covariance([1.0, 1.0], np.eye(3), 9), "that size"),
        (
            lambda: shared_baseline_covariance(
                [1.0] * 3, [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], 9
            ),
            "cannot all hold at once",
        ),
        (lambda: autoregressive_correlation([0, 4], 1.5), "from 0 to 1"),
        (lambda: design_effect(0.5, 0.1), r"sites_per_person\[0\]"),
        (lambda: design_effect(2, 1.1), r"icc\[0\]"),
        (lambda: effective_number(0, 2, 0.1), r"n_sites\[0\]"),
    ],
)
def test_covariances_refuse_what_cannot_be(call, words):
    with pytest.raises(InputError, match=words):
        call()
