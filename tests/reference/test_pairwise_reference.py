"""Pairwise synthesis against metafor and an exact quadrature: every number of the reference sets.

Where the reference itself stops short, cuts or ranks rounding errors, `pairwise_statistics` says so
beside the tolerance, and the tests below show it.
"""

import numpy as np
import pytest

from anagen.synthesis.exact_bayes import HalfCauchy, exact_bayes
from anagen.synthesis.heterogeneity import q_profile
from anagen.synthesis.selection import _point, _setting, selection_model
from anagen.synthesis.small_study import NotEvaluable
from anagen.synthesis.weighted import checked
from tests.reference import pairwise_statistics as statistics

CLASSES = (
    "common effect", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", "leave-one-out",
    "influence", "cumulative", "study effects", "Egger", "Begg", "PET", "PEESE", "trim-and-fill",
    "selection model", "regression", "subgroups", "exact Bayes",
)  # fmt: skip
NUMBERS = 17_000  # fewer means that a statistic was lost


@pytest.fixture(scope="module")
def sets(shared):
    return shared / "stats" / "reference" / "sets"


@pytest.fixture(scope="module")
def compared(sets):
    return list(statistics.comparisons(sets))


def test_every_set_and_every_number_is_compared(compared):
    assert len({c.set for c in compared}) == 16
    assert len(compared) > NUMBERS
    assert all(c.statistic.startswith(CLASSES) for c in compared)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_number_agrees_within_the_tolerance_of_its_class(compared, kind):
    mine = [c for c in compared if c.statistic.startswith(kind)]
    assert mine
    assert [c for c in mine if not c.agrees] == []


def _selection_sets(sets):
    for folder in statistics.pairwise_folders(sets):
        theirs = statistics.reference(folder)
        row = theirs["small_study"]["selection_step_025"]
        if row and folder.name != statistics.ONE_INTERVAL:
            yield folder, row, statistics.favoured(theirs)


def test_the_selection_model_has_the_likelihood_of_the_reference_and_never_ends_below_it(sets):
    for folder, row, favoured in _selection_sets(sets):
        y, v = statistics.effects(folder)
        sign = 1 if favoured == "greater" else -1
        setting, _ = _setting(checked(sign * y, v), (0.025,))
        at_theirs = _point(setting, sign * row["estimate"], row["tau2"], np.array(row["delta"][1:]))
        assert at_theirs.value == pytest.approx(row["loglik"], rel=1e-8)
        ours = selection_model(y, v, alternative=favoured, any_k=True)
        assert ours.log_likelihood >= row["loglik"] - 1e-10
        here = _point(setting, sign * ours.estimate, ours.tau2, np.array(ours.chances[1:]))
        steep = np.abs(here.slope) / np.sqrt(np.abs(np.diag(here.curvature)))
        assert steep[[0, 2]].max() < 1e-6  # in standard errors
        assert steep[1] < 1e-6 or (ours.tau2 == 0 and here.slope[1] < 0)


def test_the_selection_model_is_not_evaluable_where_all_p_lie_on_one_side_of_the_step(sets):
    folder = sets / "pairwise" / statistics.ONE_INTERVAL
    assert statistics.reference(folder)["small_study"]["selection_step_025"]["se"] is None
    answer = selection_model(*statistics.effects(folder), alternative="less")
    assert isinstance(answer, NotEvaluable)
    assert "interval 2" in answer.reason


def test_the_reference_cuts_one_upper_bound_of_tau2_that_its_other_fits_reach(sets):
    folder = sets / "pairwise" / "normand1999"
    random = statistics.reference(folder)["random"]
    ours = q_profile(*statistics.effects(folder)).tau2[1]
    assert random["DL"]["tau2_ci_qprofile"]["tau2"][1] == pytest.approx(10 * random["DL"]["tau2"])
    for method in ("ML", "REML", "PM"):
        theirs = random[method]["tau2_ci_qprofile"]["tau2"][1]
        assert ours == pytest.approx(theirs, rel=statistics.ITERATIVE)


def test_the_tail_that_the_reference_quadrature_leaves_out_is_small_and_ours_has_it(sets):
    y, v = statistics.effects(sets / "pairwise" / "fleiss1993cont")
    prior = HalfCauchy(scale=0.5)
    whole = exact_bayes(y, v, prior=prior)
    cut = exact_bayes(y, v, prior=prior, longest_tau=statistics.reference_end(y, v))
    assert cut.log_marginal_likelihood < whole.log_marginal_likelihood
    assert whole.mu.mean == pytest.approx(cut.mu.mean, rel=1e-5)
    assert cut.tau.mean < whole.tau.mean < 1.001 * cut.tau.mean
