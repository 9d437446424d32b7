"""Every table of the reference sets is read, or refused with the reason that holds for it."""

import csv
from pathlib import Path

import pytest

from anagen.errors import InputError
from anagen.evidence.tables import components, read_table

EXACT = 1e-12  # the same decimal text read twice
ROUND_TRIP = 1e-9  # a variance from a standard error printed with 15 digits

REFUSED = {
    "bayes/timecourse_alog_pcfb_emax_re/data.csv": "rename it to mean",
    "bayes/timecourse_alog_pcfb_emax_re/data_coded.csv": "rename it to mean",
    "bayes/timecourse_copd_loglin_re/data.csv": "rename it to mean",
    "bayes/timecourse_copd_loglin_re/data_coded.csv": "rename it to mean",
    "bayes/timecourse_osteopain_emax_fe/data.csv": "rename it to mean",
    "bayes/timecourse_osteopain_emax_fe/data_coded.csv": "rename it to mean",
    "bayes/timecourse_osteopain_emax_re/data.csv": "rename it to mean",
    "bayes/timecourse_osteopain_emax_re/data_coded.csv": "rename it to mean",
    "multivariate/berkey1998/V_upper_sparse.csv": "matrix of variances",
    "multivariate/dagostino1998_phi05/V_upper_sparse.csv": "matrix of variances",
    "multivariate/ishak2007_phi05/V_upper_sparse.csv": "matrix of variances",
    "multivariate/ishak2007_phi097/V_upper_sparse.csv": "matrix of variances",
    "network/linde2016/data.csv": "can be read as contrasts and as arms",
    "pairwise/curtin2002/data.csv": "rename 'mean' to effect",
    "pairwise/lloyd2010_das_singlearm/data.csv": "effects lack effect and variance",
    "pairwise/molloy2014/data.csv": "give Fisher's z as effect",
}
ARMS = {
    "network/dietaryfat": 21, "network/dogliotti2014": 44, "network/dong2013": 99,
    "network/franchini2012_smd": 15, "network/parkinson": 15, "network/smokingcessation": 50,
    "network/woods2010": 8, "pairwise/bcg": 26, "pairwise/dorn2007": 38, "pairwise/egger2001": 32,
    "pairwise/fleiss1993cont": 10, "pairwise/normand1999": 18, "pairwise/viechtbauer2021": 40,
}  # fmt: skip


@pytest.fixture(scope="module")
def sets(shared) -> Path:
    return shared / "stats" / "reference" / "sets"


def test_every_table_is_read_or_refused_with_its_reason(sets):
    refused = {}
    for path in sorted(sets.glob("*/*/*.csv")):
        try:
            read_table(path)
        except InputError as error:
            refused[str(path.relative_to(sets))] = str(error)
    assert set(refused) == set(REFUSED)
    for name, reason in REFUSED.items():
        assert reason in refused[name]


def test_a_table_that_two_layouts_fit_is_read_once_one_is_said(sets):
    linde = read_table(sets / "network/linde2016/data.csv", layout="contrasts")
    assert (len(linde.contrasts), len(linde.studies)) == (124, 93)
    for path in sorted(sets.glob("bayes/timecourse_*/data.csv")):
        arms = read_table(path, layout="arms").arms
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        assert [arm.mean for arm in arms] == [float(row["y"]) for row in rows]
        assert [arm.time for arm in arms] == [float(row["time"]) for row in rows]


def test_effects_are_those_of_the_file(sets):
    for path in sorted(sets.glob("pairwise/*/effects.csv")):
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        table = read_table(path)
        assert [row.study for row in table.effects] == [row["study"] for row in rows]
        assert [row.effect for row in table.effects] == [float(row["yi"]) for row in rows]
        assert [row.variance for row in table.effects] == pytest.approx(
            [float(row["vi"]) for row in rows], rel=EXACT
        )


def test_contrasts_are_those_of_the_file_and_connected(sets):
    for path in sorted(sets.glob("network/*/contrasts.csv")):
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        table = read_table(path)
        assert [row.effect for row in table.contrasts] == [float(row["TE"]) for row in rows]
        assert [row.se for row in table.contrasts] == pytest.approx(
            [float(row["seTE"]) for row in rows], rel=ROUND_TRIP
        )
        assert len(components(table)) == 1


def test_arms_stand_once_each(sets):
    for name, count in ARMS.items():
        assert len(read_table(sets / name / "data.csv").arms) == count
