"""The verbs `effects` and `multivariate`, from the reference sets' own files, beside metafor."""

import csv
import json
from types import SimpleNamespace

import numpy as np
import pytest

from anagen.cli import main
from tests.reference import effects_statistics
from tests.reference import multivariate_statistics as statistics

BERKEY = "--outer trial --inner outcome --structure UN --by outcome"
TIMES = "--outer study --inner time --by time --structure"
MODELS = {
    "berkey1998/UN_REML": BERKEY,
    "berkey1998/UN_ML": f"{BERKEY} --method ML",
    "berkey1998/UN_ML_year": f"{BERKEY} --method ML --moderator year --centre year=1983",
    "dagostino1998_phi05/UN": f"{TIMES} UN",
    "dagostino1998_phi05/study_intercept": "--outer study --moderator time --centre time=1",
    "ishak2007_phi05/HAR": f"{TIMES} HAR",
    "ishak2007_phi05/CS": f"{TIMES} CS",
    "ishak2007_phi05/study_intercept": "--outer study --by time",
    "ishak2007_phi097/HAR": f"{TIMES} HAR",
    "ishak2007_phi097/CS": f"{TIMES} CS",
    "ishak2007_phi097/study_intercept": "--by time",
    "konstantopoulos2011/three_level": "--outer district --inner school",
    "konstantopoulos2011/three_level_year": "--outer district --inner school --moderator year "
    "--centre year=mean",
}
PHI = {"ishak2007_phi05": "0.5", "ishak2007_phi097": "0.97", "dagostino1998_phi05": "0.5"}


def folder_of(shared, name):
    return shared / "stats" / "reference" / "sets" / "multivariate" / name


def told(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def fitted(shared, capsys, model, *more):
    folder = folder_of(shared, model.split("/")[0])
    v = folder / "V_upper_sparse.csv"
    known = ["--covariance", v] if v.exists() and "--within-ar" not in more else []
    return told(
        capsys, "evidence", "multivariate", folder / "data.csv", *MODELS[model].split(), *known,
        *more,
    )  # fmt: skip


def theirs_of(shared, model):
    name, key = model.split("/")
    text = (folder_of(shared, name) / "reference.json").read_text(encoding="utf-8")
    return json.loads(text)["fits"][key]


def arrays(coefficients):
    def column(key):
        return np.array([c[key] for c in coefficients])

    made = {key: column(key) for key in ("se", "statistic", "p", "low", "high")}
    df = None if coefficients[0].get("df") is None else column("df")
    return SimpleNamespace(coefficients=column("estimate"), df=df, **made)


def as_fit(document):
    made = arrays(document["coefficients"])
    made.vcov = np.array(document["vcov"])
    for key in ("q_e", "q_e_df", "q_e_p", "q_m", "q_m_df", "q_m_p", "loglik_reml", "loglik_ml"):
        setattr(made, key, document[key])
    made.components = [
        SimpleNamespace(
            variances=list(c["variances"].values()), correlations=list(c["correlations"].values())
        )
        for c in document["components"]
    ]
    return made


def compare(rows):
    count = 0
    for what, label, ours, theirs, relative, absolute in rows:
        assert ours == pytest.approx(theirs, rel=relative, abs=absolute), f"{label}: {what}"
        count += 1
    assert count


def test_every_multivariate_fit_of_the_reference_is_asked_of_the_command(shared):
    names = {f"{n}/{key}" for n in statistics.SETS for key in statistics.Data(shared, n).fits}
    assert set(MODELS) == names


@pytest.mark.parametrize("model", MODELS)
def test_a_multivariate_fit_of_the_files_agrees_with_metafor(shared, capsys, model):
    document, theirs = fitted(shared, capsys, model), theirs_of(shared, model)
    ours = as_fit(document)
    assert len(document["rows"]) == theirs["k"]
    compare(statistics.components(model, ours, theirs))
    compare(statistics.inference(model, ours, theirs))
    if "contrast_1_minus_2" in theirs:
        contrast, reference = document["contrasts"][0], theirs["contrast_1_minus_2"]
        assert contrast["mean"] == pytest.approx(reference["est"], rel=statistics.COEFFICIENT)
        assert contrast["se"] == pytest.approx(reference["se"], rel=statistics.COEFFICIENT)


@pytest.mark.parametrize("name", PHI)
def test_the_covariance_built_from_phi_is_that_of_the_file(shared, capsys, name):
    model = next(m for m in MODELS if m.startswith(name))
    of_file = as_fit(fitted(shared, capsys, model))
    built = as_fit(fitted(shared, capsys, model, "--within-ar", PHI[name], "--time", "time"))
    assert built.coefficients == pytest.approx(of_file.coefficients, rel=1e-7)
    assert built.loglik_reml == pytest.approx(of_file.loglik_reml, rel=1e-9)


@pytest.mark.parametrize("name", ["ishak2007_phi05", "ishak2007_phi097"])
def test_the_t_test_agrees(shared, capsys, name):
    model = f"{name}/study_intercept"
    document = fitted(shared, capsys, model, "--test", "t")
    compare(statistics.by_t(model, as_fit(document), theirs_of(shared, model)["t_contain"]))


ROBUST = {
    "ishak2007_phi05/study_intercept": "robust", "ishak2007_phi097/study_intercept": "robust",
    "konstantopoulos2011/three_level": "robust_district",
}  # fmt: skip


@pytest.mark.parametrize("model", ROBUST)
@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_robust_standard_errors_agree_with_clubsandwich(shared, capsys, model, kind):
    document = fitted(shared, capsys, model, "--robust", kind)
    ours = arrays(document["robust"]["coefficients"])
    found = [r for r in theirs_of(shared, model)[ROBUST[model]] if r["vcov"][:3] == kind]
    assert found
    for theirs in found:
        p = np.log(np.atleast_1d(theirs["p"]))
        wide = statistics.COEFFICIENT
        assert ours.se == pytest.approx(np.atleast_1d(theirs["se"]), rel=wide)
        df = np.broadcast_to(theirs["df"], ours.se.shape)
        assert ours.df == pytest.approx(df, rel=wide)
        assert np.log(ours.p) == pytest.approx(p, rel=wide)


def items(shared):
    return effects_statistics.read(shared)["items"]


def test_every_effect_size_of_the_reference_agrees_from_a_table(shared, capsys, tmp_path):
    compared = 0
    for item in items(shared):
        measure = effects_statistics.OURS.get(item["measure"], item["measure"])
        names = list(item["inputs"])
        rows = len(item["yi"])
        columns = [np.broadcast_to(item["inputs"][name], rows) for name in names]
        path = tmp_path / "table.csv"
        with path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["study", *names])
            writer.writerows([f"s{i}", *(repr(float(c[i])) for c in columns)] for i in range(rows))
        more = []
        if item["measure"].startswith("MC_split"):
            more = ["--correlation", item["measure"].removeprefix("MC_split_r")]
        document = told(capsys, "evidence", "effects", path, "--effect-size", measure, *more)
        for row, yi, vi in zip(document["rows"], item["yi"], item["vi"], strict=True):
            assert row["effect"] == pytest.approx(yi, rel=1e-8, abs=1e-12), item["measure"]
            assert row["variance"] == pytest.approx(vi, rel=1e-8, abs=1e-12), item["measure"]
            compared += 1
    assert compared > 100


COURSES = {
    "timecourse_alog_pcfb_emax_re": ("placebo", "--means change --shape emax"),
    "timecourse_osteopain_emax_re": ("Pl_0", "--shape emax"),
    "timecourse_copd_loglin_re": ("Placebo", "--means change --shape log_linear"),
}


@pytest.mark.parametrize("name", COURSES)
def test_time_courses_of_the_reference_sets_are_fitted_from_their_tables(shared, capsys, name):
    path = shared / "stats" / "reference" / "sets" / "bayes" / name / "data.csv"
    reference, options = COURSES[name]
    document = told(
        capsys, "evidence", "course", path, "--layout", "arms", "--reference", reference,
        *options.split(),
    )  # fmt: skip
    analysis = document["analysis"]
    assert analysis["reference"] == reference
    assert analysis.get("not_evaluable") is None
    assert len(analysis["correlations"]) == 2
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert analysis["points"] == len(rows)
    treatments = {t["treatment"] for t in analysis["treatments"]} | {reference}
    assert treatments == {row["treatment"] for row in rows}
