"""What the benchmarks rest on: that everybody runs one chain, and that the table says what was."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import follicle
from benchmarks.chain import (
    Chain,
    as_law,
    farthest_in_se,
    mean_counts,
    untreated_chain,
)
from benchmarks.peers.prototype_alias import alias_tables, run
from benchmarks.table import FIRST, HEADS, LAST, Row, as_markdown, as_text, write_into

SMALL = Chain(
    np.array([[0.7, 0.3, 0.0], [0.05, 0.05, 0.9], [0.0, 0.0, 1.0]]), np.array([0.5, 0.25, 0.25])
)
SINGLE_PRECISION = 1e-6
MB = 1_000_000
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("chain", [SMALL, untreated_chain()], ids=["small", "untreated"])
def test_alias_tables_hold_the_law_they_were_made_from(chain: Chain) -> None:
    keep, other = alias_tables(chain.weekly)
    states = len(chain.weekly)
    law = keep / states
    for row in range(states):
        np.add.at(law[row], other[row], (1 - keep[row]) / states)
    np.testing.assert_allclose(law, chain.weekly, atol=SINGLE_PRECISION)


def test_the_numpy_peer_follows_the_mean_field() -> None:
    seconds, counts = run(SMALL.weekly, SMALL.start, 50_000, 6, seed=1)
    assert seconds > 0
    assert counts.shape == (7, 3)
    assert farthest_in_se(SMALL, counts) < 4


def test_a_peer_that_runs_another_chain_is_found_out() -> None:
    other = Chain(SMALL.weekly + np.array([[0.02, -0.02, 0], [0, 0, 0], [0, 0, 0]]), SMALL.start)
    _, counts = run(other.weekly, other.start, 50_000, 6, seed=1)
    assert farthest_in_se(SMALL, counts) > 4


def test_a_lost_follicle_is_found_out() -> None:
    counts = mean_counts(SMALL, 1000, 2).round().astype(np.int64)
    counts[1, 0] -= 1
    with pytest.raises(ValueError, match="do not add up"):
        farthest_in_se(SMALL, counts)


def test_the_mean_counts_keep_the_follicles_and_end_where_the_power_does() -> None:
    chain = untreated_chain()
    course = mean_counts(chain, 100, 5)
    np.testing.assert_allclose(course.sum(axis=1), 100)
    end = 100 * chain.start @ np.linalg.matrix_power(chain.weekly, 5)
    np.testing.assert_allclose(course[-1], end)


def test_a_law_has_no_negative_share_and_sums_to_one() -> None:
    np.testing.assert_allclose(
        as_law(np.array([[-1e-18, 1.0], [1.0, 3.0]])), [[0, 1], [0.25, 0.75]]
    )


def test_the_untreated_chain_is_the_baseline_of_the_model() -> None:
    chain = untreated_chain()
    assert chain.weekly.shape == (46, 46)
    np.testing.assert_allclose(chain.weekly.sum(axis=1), 1)
    assert chain.weekly[-1, -1] == 1, "a lost follicle stays lost"
    assert 0 < chain.start[-1] < 0.5


def test_a_row_shows_median_least_most_and_how_far_from_its_target() -> None:
    row = Row("courses", "s", (2.0, 1.0, 4.0), 1.0)
    assert row.cells() == ("courses", "s", "2", "1", "4", "≤ 1", "2 × it, MISSED")
    assert row.is_missed


@pytest.mark.parametrize(
    ("median", "at_most", "is_missed"),
    [(0.5, True, False), (1.5, True, True), (0.5, False, True), (1.5, False, False)],
)
def test_a_target_is_missed_on_its_wrong_side(
    median: float, at_most: bool, is_missed: bool
) -> None:
    row = Row("a", "s", (median,), 1.0, at_most=at_most, note="why")
    assert row.is_missed is is_missed
    assert row.cells()[-1].endswith("MISSED; why" if is_missed else "met; why")


def test_a_job_that_is_not_there_is_neither_met_nor_missed() -> None:
    row = Row("counts", "ms", (), 30.0, note="not there yet")
    assert row.cells() == ("counts", "ms", "–", "–", "–", "≤ 30", "not there yet")
    assert not row.is_missed


def test_text_and_markdown_hold_every_row_under_the_same_heads() -> None:
    rows = [Row("big", "M/s", (1234.5,)), Row("small", "s", (0.01234,))]
    text = as_text(rows).splitlines()
    assert text[0].split("  ")[0] == "job"
    assert "1,234" in text[1]
    assert "0.0123" in text[2]
    assert text[1].index("1,234") + len("1,234") == text[2].index("0.0123") + len("0.0123")
    lines = [re.split(r" ?\| ?", line)[1:-1] for line in as_markdown(rows).splitlines()]
    assert [len(line) for line in lines] == [len(HEADS)] * 4
    assert lines[2][:3] == ["big", "M/s", "1,234"]


def test_a_new_table_replaces_the_old_one_and_nothing_else(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{FIRST}\n\nold\n\n{LAST}\n\nafter\n", encoding="utf-8")
    write_into(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n\n{FIRST}\n\nnew\n\n{LAST}\n\nafter\n"
    assert [file.name for file in tmp_path.iterdir()] == ["page.md"]


def test_a_page_without_a_place_for_the_table_is_left_alone(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{FIRST} and no end", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for a table"):
        write_into(page, "new")
    assert page.read_text(encoding="utf-8") == f"{FIRST} and no end"


def test_the_peak_of_memory_counts_what_was_given_back() -> None:
    program = (
        "import numpy as np; from benchmarks.memory import peak_above_bytes; "
        "held = np.ones(4_000_000); print(peak_above_bytes(lambda: np.ones(8_000_000).sum()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert 60 * MB < int(done.stdout) < 80 * MB


def test_a_race_pairs_our_worst_run_with_their_best() -> None:
    ours, theirs = Row("a", "M/s", (30.0, 40.0, 60.0)), Row("b", "M/s", (1.0, 2.0, 3.0))
    raced = follicle.times_faster(ours, theirs, "Mesa", 15)
    assert raced.cells()[2:5] == ("20", "10", "60")
    assert not raced.is_missed


def test_without_peers_the_table_still_comes_and_says_how_to_get_them(
    monkeypatch, capsys, tmp_path
) -> None:
    monkeypatch.setattr(follicle, "PEERS_DONE", tmp_path / "done")
    monkeypatch.setattr(follicle, "measured", lambda name: {"seconds": [1.0]})
    (row,) = follicle.peer_rows(*[Row(name, follicle.RATE) for name in ("follicles", "counts")])
    assert row.median == pytest.approx(52.2)
    assert capsys.readouterr().err == "peers not installed: make bench-peers\n"


def test_a_peer_off_the_mean_field_stops_the_race() -> None:
    with pytest.raises(SystemExit, match=r"starsim lies 4\.2 SE"):
        follicle.check_law("starsim", 4.2)
    follicle.check_law("starsim", 3.9)
