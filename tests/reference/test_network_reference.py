"""Networks against netmeta 3.2.0 and metafor 4.8.0, whose results lie beside the repository."""

import json

import numpy as np
import pytest
from reference import network_statistics as told

from anagen.synthesis import network as nw


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "stats" / "reference" / "sets" / "network"


@pytest.fixture(scope="module")
def statistics(folder):
    return list(told.statistics(folder))


def test_every_statistic_of_every_set_is_that_of_the_reference(statistics):
    wrong = []
    for label, name, ours, theirs, relative, absolute in statistics:
        if ours.shape != theirs.shape or (np.isnan(ours) != np.isnan(theirs)).any():
            wrong.append(f"{name}: {label} is there for other entries")
            continue
        beyond = np.abs(ours - theirs) - (absolute + relative * np.abs(theirs))
        if np.nanmax(beyond, initial=-1.0) > 0:
            wrong.append(f"{name}: {label} is off by {np.nanmax(np.abs(ours - theirs)):.2g}")
    assert wrong == []


def test_all_sets_and_all_kinds_of_statistic_are_compared(statistics):
    assert {s[1] for s in statistics} == {*told.SETS, "synthetic_splitscalp"}
    kinds = {s[0] for s in statistics}
    assert len(kinds) >= 118
    assert len(statistics) > 850
    assert sum(np.isfinite(s[3]).sum() for s in statistics) > 20_000


def test_a_diagonal_covariance_would_be_another_result(folder):
    ref = json.loads((folder / "smokingcessation" / "reference.json").read_text(encoding="utf-8"))
    diagonal = ref["random_REML"]["netmeta_own_tau2_from_contrasts_only"]
    net = told.read_contrasts(folder / "smokingcessation" / "contrasts.csv")
    assert abs(nw.fit_network(net).tau2 / diagonal - 1) > 0.01


@pytest.mark.parametrize("name", told.SETS)
def test_sucra_by_draws_is_the_p_score_of_the_reference(folder, name):
    """Their mean is the P-score under normal effects; the drawn SUCRA of the reference is not."""
    ref = json.loads((folder / name / "reference.json").read_text(encoding="utf-8"))
    fit = nw.fit_network(told.read_contrasts(folder / name / "contrasts.csv"), method="DL")
    ours = nw.rank_draws(fit, smaller_is_better=ref["small_values"] == "desirable", draws=40_000)
    assert ours.sucra == pytest.approx(ref["random_DL"]["pscore_random"], abs=0.01)
