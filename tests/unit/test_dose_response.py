import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis.dose_response import DoseNotEvaluable, dose_response

DOSES = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)


def trials(f, sd=0.01, n=5):
    rows = [(f"s{i}", d, 3.0 + i + f(d), sd) for i in range(n) for d in DOSES]
    return list(zip(*rows, strict=True))


def by_shape(found):
    return {curve.shape: curve for curve in found}


def test_an_emax_dose_response_gives_back_its_truth():
    found = by_shape(dose_response(*trials(lambda d: 12 * d / (4 + d))))["emax"]
    assert found.d50 == pytest.approx(4.0, rel=1e-3)
    assert found.coefficients[0] == pytest.approx(12.0, rel=1e-3)
    assert found.d50_low < 4 < found.d50_high
    last = found.points[-1]
    assert last.estimate == pytest.approx(12 * 20 / 24, rel=1e-3)
    assert last.low < 10 < last.high


def test_a_straight_dose_response_is_straight_in_both_linear_and_spline():
    found = by_shape(dose_response(*trials(lambda d: 0.7 * d)))
    assert found["linear"].coefficients == pytest.approx([0.7])
    for shape in ("linear", "spline"):
        told = {p.dose: p.estimate for p in found[shape].points}
        assert told == pytest.approx({d: 0.7 * d for d in DOSES}, abs=1e-6)


def test_a_straight_line_does_not_tell_a_d50():
    found = by_shape(dose_response(*trials(lambda d: 0.7 * d)))["emax"]
    assert isinstance(found, DoseNotEvaluable)
    assert "level" in found.reason


def test_two_doses_of_a_trial_share_their_reference_arm():
    # generalised least squares by hand: both differences carry the variance of dose 0
    rows = [
        ("s", 0.0, 1.0, 1.0), ("s", 1.0, 3.0, 0.5), ("s", 2.0, 4.0, 0.5),
        ("r", 0.0, 2.0, 1.0), ("r", 1.0, 4.0, 0.5), ("r", 2.0, 5.0, 0.5),
    ]  # fmt: skip
    found = by_shape(dose_response(*zip(*rows, strict=True)))["linear"]
    v = np.diag([0.25, 0.25]) + 1.0
    x, y = np.array([1.0, 2.0]), np.array([2.0, 3.0])
    w = np.linalg.inv(v)
    assert found.tau == 0
    assert found.coefficients[0] == pytest.approx((x @ w @ y) / (x @ w @ x))
    assert found.coefficient_ses[0] == pytest.approx((2 * x @ w @ x) ** -0.5)


def test_slopes_that_differ_between_trials_are_heterogeneity():
    rows = [
        (f"s{i}", d, slope * d, 0.05)
        for i, slope in enumerate((0.2, 0.6, 1.0, 1.4, 1.8))
        for d in DOSES
    ]
    found = by_shape(dose_response(*zip(*rows, strict=True)))["linear"]
    assert found.tau == pytest.approx(np.std([0.2, 0.6, 1.0, 1.4, 1.8], ddof=1), rel=1e-2)


def test_trials_of_two_doses_tell_no_shape():
    rows = [(f"s{i}", d, d, 1.0) for i in range(5) for d in (0.0, 1.0)]
    found = dose_response(*zip(*rows, strict=True))
    assert len(found) == 4
    assert all(isinstance(f, DoseNotEvaluable) and "two are needed" in f.reason for f in found)


def test_a_time_unit_of_dose_does_not_matter():
    columns = trials(lambda d: 12 * d / (4 + d), sd=0.5)
    one = by_shape(dose_response(*columns))["emax"]
    milli = by_shape(dose_response(columns[0], np.array(columns[1]) * 1000, *columns[2:]))["emax"]
    assert milli.d50 == pytest.approx(one.d50 * 1000, rel=1e-4)
    assert milli.points[-1].se == pytest.approx(one.points[-1].se, rel=1e-4)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("s", 0.0, 1.0, 0.0)], "errors above 0"),
        ([("s", -1.0, 1.0, 1.0)], "doses of 0 or more"),
        ([("s", 1.0, 1.0, 1.0), ("s", 1.0, 2.0, 1.0)], "two arms at dose 1"),
    ],
)
def test_broken_arms_get_one_sentence(rows, words):
    with pytest.raises(InputError, match=words):
        dose_response(*zip(*rows, strict=True))
