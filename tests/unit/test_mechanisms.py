"""Mechanisms: the check refuses wrong arrows, and an arrow that moves a rate moves the course."""

import functools
import re
import shutil
from dataclasses import fields

import msgspec
import numpy as np
import pytest

from anagen import facts
from anagen.facts import check, store
from anagen.facts.mechanism import ASSAY_WORDS, IN_PEOPLE, Mechanism
from anagen.follicle import AMPLITUDE, Layout, Regimen, Seen, follow_regimens, pattern_cohort

FACTS = facts.load()
FIXED = {
    name: p if name in ("F0", "t_dis") else msgspec.structs.replace(p, drawn="fixed")
    for name, p in FACTS.model.items()
}
"""The model with draws of what makes a person only: one draw fewer would give other people."""
LAYOUT = Layout.from_facts(FACTS.model)
WEEKS = (0.0, 3.0, 26.0)
MOVING = {name: arrow for name, arrow in FACTS.mechanisms.items() if arrow.moves}
STILL = {name: arrow for name, arrow in FACTS.mechanisms.items() if not arrow.moves}
COURSES = [(name, treatment) for name, arrow in MOVING.items() for treatment in arrow.treatments]
REPORTED = tuple(field.name for field in fields(Seen))


def without(arrow, nodes=FACTS.mechanism_nodes):
    """Return the model with every parameter that an arrow moves at the value of no effect."""
    rate = next(nodes[end] for end in (arrow.end, arrow.start) if nodes[end].column == "rate")
    model = dict(FIXED)
    for name in arrow.moves:
        model[name] = msgspec.structs.replace(
            model[name], value=rate.parameters[name], low=None, high=None
        )
    return model


def course(components, model):
    """Return what is seen of a few people under a treatment, the same people in each model."""
    cohort = pattern_cohort(model, LAYOUT, np.random.default_rng(5), 4, None)
    wanted = {Regimen(components): cohort.first(4)}
    return follow_regimens(model, LAYOUT, cohort, wanted, WEEKS)[Regimen(components)]


@functools.cache
def usual(components):
    return course(components, FIXED)


def effect(arrow, treatment, reported):
    """Return by how much an arrow's effect moves what is reported, weeks x people."""
    components = (treatment, *arrow.together_with)
    silent = course(components, without(arrow))
    return getattr(usual(components), reported) - getattr(silent, reported)


@pytest.mark.parametrize(("name", "treatment"), COURSES)
def test_without_its_effect_an_arrow_that_moves_a_rate_leaves_another_course(name, treatment):
    arrow = MOVING[name]
    reported = FACTS.mechanism_nodes[arrow.end].reported_as
    seen = [reported] if reported else REPORTED
    moved = max(np.abs(effect(arrow, treatment, one)).max() for one in seen)
    assert moved > 1e-3, f"{name} says that it moves {arrow.moves} and nothing is seen of it"


@pytest.mark.parametrize(
    ("name", "treatment"),
    [(n, t) for n, t in COURSES if FACTS.mechanism_nodes[MOVING[n].end].reported_as],
)
def test_what_is_seen_moves_in_the_direction_that_the_arrows_say(name, treatment):
    arrow = MOVING[name]
    into = [
        one.direction
        for one in MOVING.values()
        if one.end == arrow.start and treatment in one.treatments
    ]
    sign = 1 if (into or ["raises"])[0] == arrow.direction else -1
    reported = FACTS.mechanism_nodes[arrow.end].reported_as
    # more shedding is a matter of the first weeks; the rest of months, while sessions still act
    week = 1 if reported == "shed_hairs_per_day" else -1
    assert sign * effect(arrow, treatment, reported)[week].mean() > 0


def test_an_arrow_that_moved_what_no_treatment_uses_would_be_found_out():
    made_up = msgspec.structs.replace(FACTS.mechanisms["exosome_density"], moves=["S_lllt"])
    for reported in REPORTED:
        assert not effect(made_up, "exosome", reported).any()


def test_only_treatments_with_a_course_move_a_rate():
    for name, arrow in MOVING.items():
        assert set(arrow.treatments) <= set(AMPLITUDE), name
    for treatment in AMPLITUDE:
        assert any(treatment in arrow.treatments for arrow in MOVING.values()), treatment


def test_every_arrow_that_moves_nothing_says_why_and_is_not_said_to_move():
    assert STILL
    for name, arrow in STILL.items():
        assert len(arrow.in_forecast.text) > 30, name
        assert not re.search(r"\bfitted\b", arrow.in_forecast.text), name


def test_the_mechanisms_that_the_articles_name_have_arrows_of_exosomes():
    named = {"igf1", "vegf", "fgf", "wnt", "wnt_genes", "inflammation", "anagen_prolongation",
             "telogen_exit", "bulge_stem_cells"}  # fmt: skip
    of_exosomes = {a.start for a in FACTS.mechanisms.values() if "exosome" in a.treatments}
    assert named <= of_exosomes


NAMED_BY = {
    "wnt": "wnt/", "wnt_genes": "lef1", "igf1": "igf-1", "vegf": "vegf", "fgf": "fgf",
    "dp_cells": "dermal papilla", "bulge_stem_cells": "bulge", "inflammation": "inflamm",
    "dht": "dht", "blood_flow": r"blood (?:flow|circulation)", "follicle_size": "miniaturi",
}  # fmt: skip


@pytest.mark.parametrize(("node", "words"), NAMED_BY.items())
def test_a_box_is_named_by_the_articles_that_use_its_words(node, words, shared):
    texts = sorted((shared / "seeds").glob("*.txt"))
    using = [
        f"article_{path.name[:3]}"
        for path in texts
        if re.search(words, path.read_text("utf-8").lower())
    ]
    assert FACTS.mechanism_nodes[node].articles == using


def test_nothing_that_was_only_claimed_counts_as_seen():
    for name, arrow in FACTS.mechanisms.items():
        for piece in arrow.evidence:
            if piece.assay == "claim":
                assert any(key.startswith("article_") for key in piece.source), name
            if piece.assay in IN_PEOPLE:
                assert not any(key.startswith("article_") for key in piece.source), name
    assert list(ASSAY_WORDS).index("human_controlled") == 0


def test_what_a_forecast_reports_is_what_the_model_sees():
    found = {n.reported_as for n in FACTS.mechanism_nodes.values() if n.reported_as}
    assert found == set(REPORTED)


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(store.DATA, tmp_path / "data")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("mechanisms", "  start: wnt\n", "  start: wmt\n", "'wmt' is not in mechanism_nodes.yaml"),
        ("mechanisms", "  end: stimulus\n", "  end: density\n", "not to the next column"),
        ("mechanisms", "[exosome_amplitude]", "[exosome_amplitud]", "is no parameter of the model"),
        ("mechanisms", "[exosome_amplitude]", "[kappa]", "sets no movable part of 'stimulus'"),
        ("mechanisms", "treatments: [exosome]", "treatments: [exosomes]", "treatments 'exosomes'"),
        ("mechanisms", "treatments: [exosome]", "treatments: []", "belongs to no treatment"),
        ("mechanisms", "[PMC5686117]", "[PMC568611]", "source 'PMC568611' is not in sources.yaml"),
        ("mechanism_nodes", "{e_T: 0}", "{e_TT: 0}", "'e_TT' is no parameter of the model"),
        ("mechanism_nodes", "{e_T: 0}", "{e_T: null}", "moves 'e_T', which sets no movable part"),
        ("mechanism_nodes", "'002-18'", "'002-99'", "there is no claim '002-99'"),
        ("mechanism_nodes", "[article_002]", "[article_009]", "there is no article 'article_009'"),
        ("mechanism_nodes", "density:\n", "densities:\n", "no arrow of mechanisms.yaml touches it"),
    ],
)  # fmt: skip
def test_the_check_refuses_a_wrong_arrow_or_box(copied, file, old, new, says):
    path = copied / f"{file}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert any(says in fault.what for fault in check.check(copied).faults)


def test_the_assays_of_an_arrow_leave_out_what_was_not_the_treatment():
    arrow = FACTS.mechanisms["exosome_fgf"]
    assert isinstance(arrow, Mechanism)
    assert arrow.assays() == ["claim"]
    assert arrow.assays(with_treatment=False) == ["mouse", "claim"]
