"""The randomised trials of the facts as a network, and the course of their controls."""

import msgspec
import numpy as np
import pytest

from anagen import facts as facts_package
from anagen.errors import InputError
from anagen.evidence.controls import control_changes
from anagen.evidence.facts_network import facts_network
from anagen.evidence.question import Question
from anagen.evidence.spread import lender
from anagen.evidence.table_analysis import NetworkSettings
from anagen.evidence.trial_network import CONTROL, trial_network
from anagen.facts.evidence_rules import Window

AGA = "androgenetic_alopecia"


@pytest.fixture(scope="module")
def facts():
    return facts_package.load()


def of(facts, sex="male"):
    question = Question(components=[], condition=AGA, sex=sex)
    return trial_network(question, facts.evidence_rules.windows[0], facts, lender(facts))


def fitted(facts, sex="male", **settings):
    question = Question(components=[], condition=AGA, sex=sex)
    window = facts.evidence_rules.windows[0]
    without = settings.pop("without", ())
    return facts_network(question, window, facts, NetworkSettings(**settings), without=without)


def test_a_trial_of_five_doses_gives_all_its_pairs_with_the_variance_they_share(facts):
    rows = [c for c in of(facts).contrasts if c.trial == "olsen2006_dut"]
    against = {c.treatment: c for c in rows if c.against == CONTROL}
    assert len(rows) == len(against) * (len(against) + 1) / 2
    one, other = against["dutasteride"], against["dutasteride 2.5 mg/d"]
    between = next(
        c for c in rows if {c.treatment, c.against} == {"dutasteride", "dutasteride 2.5 mg/d"}
    )
    shared = (one.se_per_cm2**2 + other.se_per_cm2**2 - between.se_per_cm2**2) / 2
    sd = lender(facts).sd("target_area_hair_density")
    assert shared == pytest.approx(sd**2 / one.contrast.n_control)


def test_randomisations_of_one_publication_stay_apart(facts):
    trials = {c.trial for c in of(facts, "female").contrasts if c.study == "jimenez2014_f"}
    assert len(trials) == 2


def test_no_contrast_rests_on_an_outlier_a_hand_count_or_a_recalled_number(facts):
    network = of(facts, None)
    for c in network.contrasts:
        study = facts.studies[c.study]
        assert study.design.randomised
        assert study.outlier is None
        assert study.method != "hand_count"
        assert "memory" not in c.contrast.source
    reasons = {left.study: left.reason for left in network.left_out}
    assert "outlier" in reasons["yoon2020"]
    assert "by hand" in reasons["minox_2v3_1980s"]


def test_the_network_of_men_falls_into_parts_and_says_so(facts):
    document = fitted(facts)
    assert len(document.analysis.parts) == 2
    assert "no trial joins" in document.analysis.disconnected
    names = [set(part.treatments) for part in document.analysis.parts]
    assert {"microneedling", "microneedling + prp"} in names
    for part in document.analysis.parts:
        pairs = {(d.treatment, d.against) for d in part.differences}
        assert all(a in part.treatments and b in part.treatments for a, b in pairs)


def test_contradicting_trials_are_named_as_where_the_scatter_comes_from(facts):
    document = fitted(facts)
    (said,) = document.warnings
    assert "hangs on dhurat2013 and kumar2018: without either tau² falls" in said
    less = fitted(facts, without=["dhurat2013"])
    assert less.analysis.parts[0].tau2 < document.analysis.parts[0].tau2 / 2
    assert document.tau2_without["dhurat2013"] == pytest.approx(less.analysis.parts[0].tau2)


def test_a_star_answers_not_evaluable_and_contrasts_equal_its_trials(facts):
    question = Question(components=[], condition=AGA, sex="male")
    window = Window(from_week=100, to_week=110, label="about two years")
    document = facts_network(question, window, facts, NetworkSettings())
    part = document.analysis.parts[0]
    assert part.consistency.not_evaluable is not None
    trial = document.contrasts[0]
    assert part.differences[0].estimate == pytest.approx(trial.effect_per_cm2)
    with pytest.raises(InputError, match="no randomised trial gives a difference"):
        facts_network(
            question, Window(from_week=1, to_week=2, label="at once"), facts, NetworkSettings()
        )


def test_ranks_come_with_intervals_and_repeat_with_their_seed(facts):
    one, again, other = (fitted(facts, "female", seed=s).analysis.parts[0] for s in (1, 1, 2))
    assert one.ranks == again.ranks
    assert one.ranks != other.ranks
    for rank in one.ranks:
        assert 1 <= rank.rank_low <= rank.rank_high <= len(one.treatments)
        assert sum(rank.probability) == pytest.approx(1)


def test_contributions_of_each_comparison_sum_to_one(facts):
    part = fitted(facts, "female").analysis.parts[0]
    for row in part.contributions.rows:
        assert sum(row.comparisons) == pytest.approx(1)
        assert sum(row.studies) == pytest.approx(1)


def test_the_natural_course_is_that_of_inert_arms_at_their_latest_visit(facts):
    question = Question(components=[], condition=AGA, sex="male")
    arms = control_changes(question, facts.evidence_rules.windows[0], facts, lender(facts))
    for arm in arms:
        assert not facts.studies[arm.study].arms[arm.arm].active(arm.week)
        assert facts.studies[arm.study].sex in ("male", "both", None)
    assert len({(a.study, a.arm) for a in arms}) == len(arms)
    study = facts.studies["olsen2002"]
    late = next(
        o for o in study.observations if o.arm == "pbo" and o.statistic == "mean_change" and o.week
    )
    early = msgspec.structs.replace(late, week=24, value_per_cm2=99.0)
    more = msgspec.structs.replace(study, observations=[*study.observations, early])
    with_early = msgspec.structs.replace(facts, studies={**facts.studies, "olsen2002": more})
    again = control_changes(question, facts.evidence_rules.windows[0], with_early, lender(facts))
    assert again == arms
    olsen = next(a for a in arms if a.study == "olsen2002")
    assert (olsen.change_per_cm2, olsen.week) == (pytest.approx(3.9), 48)
    assert olsen.se_per_cm2 == pytest.approx(21.7 / np.sqrt(78))
