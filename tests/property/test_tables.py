"""A table written from data is read back as those data."""

import csv
import io
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from anagen.errors import InputError
from anagen.evidence.tables import read_table

numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
spreads = st.floats(1e-3, 1e6)
names = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZäöü ,;\"'&-.()", min_size=1, max_size=12).map(
    lambda text: f"s{text}s"
)


def distinct(strategy, **sizes):
    return st.lists(strategy, unique_by=lambda n: "".join(n.casefold().split()), **sizes)


def written(rows, delimiter):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return stream.getvalue().encode()


@settings(deadline=None)
@given(st.data(), st.sampled_from([",", ";", "\t"]))
def test_effects_are_read_back_exactly(data, delimiter):
    studies = data.draw(distinct(names, min_size=1, max_size=8))
    rows = [(study, data.draw(numbers), data.draw(spreads)) for study in studies]
    table = read_table(written([("study", "effect", "variance"), *rows], delimiter))
    assert [(row.study, row.effect, row.variance) for row in table.effects] == rows


@settings(deadline=None)
@given(st.data())
def test_contrasts_of_two_arms_are_read_back_exactly(data):
    studies = data.draw(distinct(names, min_size=1, max_size=8))
    rows = [(study, "a", "b", data.draw(numbers), data.draw(spreads)) for study in studies]
    table = read_table(written([("study", "treat1", "treat2", "TE", "seTE"), *rows], ","))
    assert [
        (row.study, row.treatment_1, row.treatment_2, row.effect, row.se)
        for row in table.contrasts
    ] == rows  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_contrasts_made_from_arms_always_stand_together(data):
    arms = data.draw(st.integers(3, 5))
    means = [data.draw(st.integers(-10_000, 10_000)) / 100 for _ in range(arms)]
    variances = [data.draw(st.floats(0.01, 100)) for _ in range(arms)]
    rows = [
        ("a", f"t{i}", f"t{j}", means[i] - means[j], math.sqrt(variances[i] + variances[j]))
        for i in range(arms) for j in range(i)
    ]  # fmt: skip
    table = read_table(written([("study", "treat1", "treat2", "TE", "seTE"), *rows], ","))
    assert len(table.contrasts) == arms * (arms - 1) // 2


@settings(deadline=None)
@given(st.data())
def test_arms_are_read_back_exactly_long_and_wide(data):
    studies = data.draw(distinct(names, min_size=1, max_size=6))
    rows = [
        (study, treatment, data.draw(numbers), data.draw(spreads), data.draw(st.integers(2, 10**6)))
        for study in studies for treatment in ("a", "b")
    ]  # fmt: skip
    long = read_table(written([("study", "treatment", "mean", "sd", "n"), *rows], ","))
    header = ("study", *(f"{stem}{k}" for k in (1, 2) for stem in ("treat", "mean", "sd", "n")))
    sides = [(*rows[k], *rows[k + 1][1:]) for k in range(0, len(rows), 2)]
    wide = read_table(written([header, *sides], ";"))
    for table in (long, wide):
        assert [(a.study, a.treatment, a.mean, a.sd, a.n) for a in table.arms] == rows


def said(raw):
    try:
        read_table(raw, "x.csv")
    except InputError as error:
        return str(error)
    return "read"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_one_line(raw):
    assert said(raw).isprintable()


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), max_size=5))
def test_any_cells_are_read_or_refused_in_one_line(cells):
    raw = written([("study", "effect", "variance"), *cells], ",")
    assert said(raw).isprintable()
