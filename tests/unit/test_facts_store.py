"""The facts as a whole: counts, the cache, and what the check finds."""

import shutil
from typing import get_args

import msgspec
import pytest
import yaml

from anagen import facts
from anagen.candidacy import ORDER
from anagen.errors import FactError, InputError
from anagen.facts import base, check, store
from anagen.report.words import VERDICT_WORDS


@pytest.fixture
def copied(tmp_path):
    """A folder of facts that a test may break."""
    return shutil.copytree(store.DATA, tmp_path / "data")


def test_the_shipped_facts_have_no_fault():
    assert check.check().faults == []


def test_nothing_that_was_collected_is_dropped(shared):
    def of(path, *keys):
        value = yaml.safe_load((shared / path).read_text("utf-8"))
        for key in keys:
            value = value[key]
        return value

    ours = facts.load()
    trials = of("evidence/comparator_trials.yaml", "trials")
    exosome = of("evidence/exosome_studies.yaml", "studies")
    assert set(ours.studies) == {s["id"] for s in trials + exosome}
    collected = sum(len(t["observations"]) for t in trials) + sum(
        len(s["outcomes"]) for s in exosome
    )
    assert check.check().counts["observations"] == collected == 272
    assert set(ours.claims) >= {c["id"] for c in of("evidence/seed_claims.yaml", "claims")}
    assert set(ours.regulation) == {r["id"] for r in of("evidence/regulatory.yaml", "items")}
    assert set(ours.rules) == {r["id"] for r in of("clinic/candidacy_rules.yaml", "rules")}
    named = {p["name"] for p in of("biology/parameters.yaml", "parameters")}
    assert set(ours.parameters) == named
    defaults = of("biology/parameters.yaml", "model_defaults")
    assert set(defaults) <= set(ours.model)
    published = of("evidence/published_nma_results.yaml", "results")
    reviews = of("evidence/exosome_studies.yaml", "systematic_reviews")
    assert set(ours.syntheses) == {r["id"] for r in published + reviews}
    scales = {k for k in of("clinic/scales.yaml") if not k.startswith("_")}
    assert scales <= set(ours.scales)


def test_an_unknown_key_names_the_topic_and_the_record(copied):
    path = copied / "limits.yaml"
    path.write_text(path.read_text("utf-8").replace("  unit: percent\n", "  units: percent\n", 1))
    with pytest.raises(FactError, match=r"facts/limits: .*unknown key `units`"):
        facts.read(copied)


def test_a_missing_file_is_named(copied):
    (copied / "claims.yaml").unlink()
    with pytest.raises(FactError, match=r"facts/claims: claims\.yaml: there is no such file"):
        facts.read(copied)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  unit: percent\n", "  unit: furlong\n", "unit 'furlong' is not in vocabulary"),
        ("  - ours\n", "  - nobody\n", "source 'nobody' is not in sources.yaml"),
        ("  low: 10\n", "  low: 13\n", "lies below its low 13"),
        ("  source:\n  - ours\n", "  source: []\n", "names no source"),
    ],
)
def test_the_check_finds_a_planted_fault(copied, old, new, says):
    path = copied / "limits.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert any(says in fault.what for fault in check.check(copied).faults)


def test_the_cache_holds_what_the_files_say_and_a_spoilt_one_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    store.load.cache_clear()
    first = store.load()
    (cached,) = (tmp_path / "anagen").glob("facts-*.json")
    whole = cached.read_bytes()
    document = whole.partition(b"\n")[2]
    assert msgspec.json.decode(document, type=facts.Facts) == first
    altered = whole.replace(b'"adult_age":{"value":18', b'"adult_age":{"value":12')
    assert altered != whole
    for spoilt in (b"{broken", b"\xff\xfe", b"", altered):
        cached.write_bytes(spoilt)
        store.load.cache_clear()
        assert store.load() == first
        assert cached.read_bytes() == whole
    store.load.cache_clear()


def test_a_user_without_a_home_can_still_work(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(store.Path, "home", no_home)
    store.load.cache_clear()
    assert len(store.load().rules) == 35
    store.load.cache_clear()


def test_a_home_that_cannot_be_written_does_no_harm(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    store.load.cache_clear()
    assert len(store.load().rules) == 35
    store.load.cache_clear()


def test_a_fact_is_found_by_its_id_and_a_slip_is_answered_with_the_nearest():
    ours = facts.load()
    assert set(check.find(ours, "finasteride_oral")) == {"treatments", "options"}
    with pytest.raises(InputError, match="did you mean finasteride_oral"):
        check.find(ours, "finasteride_orl")


def test_every_source_is_cited_or_listed_for_completeness():
    times = check.cited(facts.load())
    assert sum(n > 0 for n in times.values()) > 300


def test_code_and_vocabulary_know_the_same_words():
    words = facts.load().vocabulary
    assert list(words.statuses) == list(get_args(base.Status))
    assert list(words.grades) == list(base.GRADE_ORDER)
    assert set(words.grades) == set(get_args(base.Grade))
    assert list(words.verdicts) == list(ORDER)
    assert {name: term.label for name, term in words.verdicts.items()} == VERDICT_WORDS
