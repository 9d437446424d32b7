"""Pooling against the R package metafor; the BCG trials are pinned, the other sets lie beside."""

import csv
import json
from pathlib import Path

import pytest

from anagen.evidence import common_effect, random_effects

RELATIVE = 1e-8  # two iterations to the same maximum differ by their stopping rules alone
PINNED = Path(__file__).parent / "pinned" / "bcg_metafor.json"
SETS = (
    "bangertdrowns2004", "bcg", "curtin2002", "dorn2007", "egger2001", "fleiss1993cont",
    "hackshaw1998", "lloyd2010_das_singlearm", "molloy2014", "normand1999", "raudenbush1985",
    "viechtbauer2021",
)  # fmt: skip


def agrees(ours, theirs):
    assert ours == pytest.approx(theirs, rel=RELATIVE, abs=1e-12)


def check(y, v, common, reml, prediction):
    fixed, random = common_effect(y, v), random_effects(y, v)
    agrees([fixed.mean, fixed.se, fixed.q], [common["estimate"], common["se"], common["Q"]])
    agrees([fixed.low, fixed.high], [common["ci_lb"], common["ci_ub"]])
    agrees([random.tau2, random.mean], [reml["tau2"], reml["estimate"]])
    agrees(random.i2_percent, reml["I2"])
    wald, hk, guarded = reml["wald_z"], reml["hartung_knapp"], reml["hartung_knapp_adhoc"]
    agrees(
        [random.se, random.wald_low, random.wald_high], [wald[k] for k in ("se", "ci_lb", "ci_ub")]
    )
    agrees([random.hk_se, random.hk_low, random.hk_high], [hk[k] for k in ("se", "ci_lb", "ci_ub")])
    agrees(random.s2w, hk["s2w"])
    agrees(
        [random.guarded_se, random.guarded_low, random.guarded_high],
        [guarded[k] for k in ("se", "ci_lb", "ci_ub")],
    )
    agrees(list(random.prediction), prediction)


def test_the_bcg_trials_pool_as_in_metafor():
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    y = [e["yi"] for e in pinned["effects"]]
    v = [e["vi"] for e in pinned["effects"]]
    assert len(y) == 13
    check(y, v, pinned["common"], pinned["reml"], pinned["reml"]["prediction_interval"])


@pytest.mark.parametrize("name", SETS)
def test_every_pairwise_set_pools_as_in_metafor(shared, name):
    folder = shared / "stats" / "reference" / "sets" / "pairwise" / name
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    with (folder / "effects.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    reml = reference["random"]["REML"]
    check(
        [float(r["yi"]) for r in rows],
        [float(r["vi"]) for r in rows],
        reference["common"],
        reml,
        reml["prediction_interval"]["t_kminus1_wald"],
    )


def test_the_pinned_trials_are_those_of_the_reference_set(shared):
    folder = shared / "stats" / "reference" / "sets" / "pairwise" / "bcg"
    reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    assert pinned["reml"]["tau2"] == reference["random"]["REML"]["tau2"]
    assert pinned["reml"]["estimate"] == reference["random"]["REML"]["estimate"]
