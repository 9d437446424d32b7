"""What the benchmarks of the evidence engine rest on: fair races, connected data, honest signs."""

import numpy as np
import pytest

from anagen.evidence.tables import read_table
from anagen.synthesis.network import components, network_from_contrasts
from benchmarks import evidence, evidence_data
from benchmarks.evidence_jobs import timed
from benchmarks.table import EVIDENCE, FIRST, LAST, Row, write_into


def test_a_peer_that_finds_another_tau2_stops_the_race():
    evidence.check_same("peer", [0.3, 0.1, 0.15, 48.0], [0.3, 0.1, 0.1500000001, 48.0])
    with pytest.raises(SystemExit, match="peer finds"):
        evidence.check_same("peer", [0.3, 0.1, 0.15, 48.0], [0.3, 0.1, 0.151, 48.0])


def test_the_exponent_of_a_square_law_is_2():
    sizes = [10, 100, 1_000, 10_000]
    assert evidence.exponent(sizes, [1.0, 1.0, 1e2, 1e4]) == pytest.approx(2)


@pytest.mark.parametrize(("studies", "treatments"), [(50, 8), (500, 40)])
def test_a_network_that_is_made_hangs_together_and_is_the_same_each_time(studies, treatments):
    made = evidence_data.network(studies, treatments)
    network = network_from_contrasts(*made)
    assert len(network.studies) == studies
    assert len(network.treatments) == treatments
    assert len(components(network)) == 1
    assert made == evidence_data.network(studies, treatments)


def test_without_the_networks_of_the_anchors_one_of_their_recipe_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr(evidence_data, "SHARED", tmp_path)
    assert evidence_data.anchor_network(50, 8) == evidence_data.network(50, 8)


def test_the_tables_that_are_timed_can_be_read(tmp_path):
    path = tmp_path / "table.csv"
    evidence_data.write_effects(path, 20)
    assert len(read_table(path).effects) == 20
    evidence_data.write_arms(path, 20)
    assert len(read_table(path).arms) == 20
    evidence_data.write_network(path, 50, 8)
    assert len(read_table(path).contrasts) >= 50


def test_the_time_course_has_60_arms_of_24_trials_at_4_visits():
    columns = evidence_data.time_course()
    arms = set(zip(columns["study"], columns["treatment"], strict=True))
    assert len(arms) == 60
    assert len(set(columns["study"])) == 24
    assert len(columns["mean"]) == 240


def test_a_quick_job_is_repeated_and_its_seconds_are_of_one_call():
    calls = []
    took = timed(lambda: calls.append(np.zeros(1)))
    assert len(calls) > len(took)
    assert max(took) < 0.01


def test_without_r_the_pinned_time_of_metafor_stands_in_and_says_so(monkeypatch):
    monkeypatch.setattr(evidence, "has_metafor", lambda: False)
    row, is_fast = evidence.metafor_row(1_000, {"outputs": []})
    assert row.values == (1_681.0,)
    assert "pinned" in row.note
    assert not is_fast


def test_a_quicker_engine_wins_the_race():
    ours, theirs = Row("ours", "ms", (1.0,)), Row("theirs", "ms", (10.0,))
    assert evidence.times_faster(theirs, ours, "against", 8.0).values == (10.0, 10.0, 10.0)


def test_each_table_of_the_page_has_its_own_place(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"a\n{FIRST}\nold\n{LAST}\nb\n{EVIDENCE[0]}\nold\n{EVIDENCE[1]}\nc\n")
    write_into(page, "evidence", EVIDENCE)
    write_into(page, "engines")
    text = page.read_text()
    assert text.index("engines") < text.index("b\n") < text.index("evidence\n") < text.index("\nc")
    assert "old" not in text
