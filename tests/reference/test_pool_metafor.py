"""Pooling against the R package metafor: the BCG trials, pinned, need no set beside them."""

import json
from pathlib import Path

import pytest

from anagen.synthesis import fit_pairwise

RELATIVE = 1e-8  # two iterations to the same maximum differ by their stopping rules alone
PINNED = Path(__file__).parent / "pinned" / "bcg_metafor.json"


def agrees(ours, theirs):
    assert ours == pytest.approx(theirs, rel=RELATIVE, abs=1e-12)


def parts(interval):
    return [interval.se, interval.low, interval.high]


def check(y, v, common, reml, prediction):
    fit = fit_pairwise(y, v)
    fixed, random = fit.common, fit.random
    agrees([fixed.estimate, fixed.se, fixed.q], [common["estimate"], common["se"], common["Q"]])
    agrees([fixed.low, fixed.high], [common["ci_lb"], common["ci_ub"]])
    agrees([random.tau2, random.estimate], [reml["tau2"], reml["estimate"]])
    agrees(random.heterogeneity.i2_percent, reml["I2"])
    bounds = ("se", "ci_lb", "ci_ub")
    agrees(parts(random.wald_z), [reml["wald_z"][k] for k in bounds])
    agrees(parts(random.hartung_knapp), [reml["hartung_knapp"][k] for k in bounds])
    agrees(random.s2w, reml["hartung_knapp"]["s2w"])
    agrees(parts(random.hartung_knapp_guarded), [reml["hartung_knapp_adhoc"][k] for k in bounds])
    agrees(list(random.prediction.t_k_minus_1_wald), prediction)


def test_the_bcg_trials_pool_as_in_metafor():
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    y = [e["yi"] for e in pinned["effects"]]
    v = [e["vi"] for e in pinned["effects"]]
    assert len(y) == 13
    check(y, v, pinned["common"], pinned["reml"], pinned["reml"]["prediction_interval"])


def test_the_pinned_trials_are_those_of_the_reference_set(shared):
    folder = shared / "stats" / "reference" / "sets" / "pairwise" / "bcg"
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    assert pinned["reml"]["tau2"] == reference["random"]["REML"]["tau2"]
    assert pinned["reml"]["estimate"] == reference["random"]["REML"]["estimate"]
