"""The evidence on one treatment: controlled apart from uncontrolled, each in its place."""

import msgspec
import pytest

from anagen import facts as facts_package
from anagen.errors import InputError
from anagen.evidence.groups import groups, treatment_named
from anagen.evidence.option_pool import BeyondBound, option_pool
from anagen.evidence.other_results import missing_data
from anagen.evidence.question import Question
from anagen.evidence.spread import exact_p, lender, sd_of_change
from anagen.synthesis import fit_pairwise

AGA = "androgenetic_alopecia"


@pytest.fixture(scope="module")
def facts():
    return facts_package.load()


def ask(facts, name, **narrowed):
    return option_pool(name, Question(components=[], condition=AGA, **narrowed), facts)


def places(pool):
    return {p.study: p.place for p in pool.placements}


def test_for_exosomes_the_first_sentence_is_that_no_randomised_density_exists(facts):
    pool = ask(facts, "exosome")
    assert pool.headline[0].startswith("No randomised result in hairs/cm² was found for exosomes")
    assert "amini_2025_rct" in pool.headline[1]
    assert "the area in which hairs were counted" in pool.headline[1]
    assert "medians" in pool.headline[1]
    assert all(group.analysis is None for group in pool.groups)
    assert places(pool)["amini_2025_rct"] == "controlled_not_pooled"
    assert places(pool)["wan_2025"] == "uncontrolled"
    assert places(pool)["guangzhou_biogene"] == "no_result"


def test_every_study_of_exosomes_stands_somewhere_with_a_reason_and_a_source(facts):
    pool = ask(facts, "exosome")
    expected = {
        name
        for name, study in facts.studies.items()
        if study.condition == AGA
        and any(c.treatment == "exosome" for arm in study.arms.values() for c in arm.components)
    }
    found = places(pool)
    # a study whose arms all hold other things besides may be named by no question that is answered
    assert expected - set(found) <= {"targetcool_benev"}
    assert all(p.reason and p.source for p in pool.placements)


def test_microneedling_beside_exosomes_is_a_question_of_its_own(facts):
    pool = ask(facts, "exosome")
    given = {tuple(group.question.components) for group in pool.groups}
    assert ("exosome",) in given
    assert ("exosome", "microneedling") in given
    alone = next(g for g in pool.groups if g.question.components == ["exosome"])
    assert "wan_2025" not in {gain.study for gain in alone.summary.gains}


def test_conditioned_medium_stands_beside_the_published_subset_of_trials(facts):
    pool = ask(facts, "secretome")
    trials = [r for r in pool.reviews if r.synthesis == "chien_2024_ma" and r.studies == 3]
    assert [(r.value, r.low, r.high) for r in trials] == [(9.23, 1.79, 16.68)]
    assert trials[0].p_implied == pytest.approx(0.015)
    assert any("9.23 hairs/cm²" in said for said in pool.headline)
    assert "exosome" not in {c for g in pool.groups for c in g.question.components}
    assert any("two options" in text for text in pool.not_the_same)
    missing = {m.study: m.what for g in pool.groups for m in g.missing}
    assert any("density before treatment" in what for what in missing["oh_2020_rct"])
    assert "oh_2020_rct" in pool.headline[1]


def test_an_uncontrolled_gain_has_a_tipping_point_and_never_a_randomised_tier(facts):
    pool = ask(facts, "exosome", sex="male")
    group = next(g for g in pool.groups if g.question.components == ["exosome", "microneedling"])
    tiers = group.tiers
    assert tiers.randomised_only is None
    assert tiers.natural_course.change_per_cm2 != 0
    adjusted = tiers.bias_adjusted.estimates[0]
    naive = tiers.naive.estimates[0]
    assert adjusted.high - adjusted.low > naive.high - naive.low
    assert 0 < tiers.tipping_bias.value < adjusted.mean
    assert "no conclusion may rest on it" in tiers.warning


def test_a_study_is_placed_by_the_question_that_it_answers(facts):
    placed = {p.study: p for p in ask(facts, "exosome").placements}
    assert "medians" in placed["amini_2025_rct"].reason
    assert "plant extract" in placed["amini_2025_rct"].group
    assert placed["wan_2025"].reason == "a gain without a control group of the same trial"
    assert "microneedling" in placed["wan_2025"].group


def test_a_controlled_result_in_other_units_is_treated_minus_control(facts):
    group = next(g for g in ask(facts, "exosome").groups if g.others)
    medians = next(o for o in group.others if o.statistic == "median_change")
    assert (medians.treated, medians.untreated, medians.difference) == (9.5, 1.5, 8.0)


def test_the_natural_course_is_taken_off_a_gain(facts):
    groups_ = [g for g in ask(facts, "exosome").groups if g.tiers]
    tiers = next(g.tiers for g in groups_ if g.tiers.gains[0].study == "wan_2025")
    natural = tiers.natural_course.change_per_cm2
    assert tiers.bias_adjusted.estimates[0].mean == pytest.approx(35.0 - natural)
    assert tiers.gains[0].adjusted_per_cm2 == pytest.approx(35.0 - natural)


def test_a_correlation_that_is_tried_stands_in_for_both_that_are_assumed(facts):
    tried = lender(facts, correlation=0.7)
    assert (tried.correlation, tried.correlation_between_sides) == (0.7, 0.7)


def test_leaving_one_out_pools_the_others(facts):
    analysis = next(g.analysis for g in ask(facts, "lllt").groups if g.analysis)
    rest = analysis.rows[1:]
    again = fit_pairwise([r.effect for r in rest], [r.se**2 for r in rest]).random
    assert analysis.leave_one_out.estimate[0] == pytest.approx(again.estimate, rel=1e-9)
    assert analysis.cumulative.estimate[-1] == pytest.approx(analysis.pooled.chosen.estimate)


def test_a_pool_with_an_assumed_correlation_is_computed_again_at_three_values(facts):
    pool = ask(facts, "lllt", sex="male")
    found = next(g.correlation for g in pool.groups if g.correlation is not None)
    assert [rerun.correlation for rerun in found.reruns] == [0.3, 0.5, 0.7]
    ses = [rerun.high - rerun.low for rerun in found.reruns]
    assert ses[0] > ses[1] > ses[2]
    assert found.flips is False
    assert "conclusion is the same" in found.text


def test_a_pool_holds_every_statistic_of_its_comparison(facts):
    pool = ask(facts, "lllt", sex="female")
    analysis = next(g.analysis for g in pool.groups if g.analysis is not None)
    assert [e.method for e in analysis.estimators] == [
        "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM",
    ]  # fmt: skip
    assert analysis.pooled.chosen.prediction is not None
    assert analysis.pooled.chosen.bayes is not None
    assert analysis.small_studies.not_evaluable.startswith("not evaluable")
    assert len(analysis.leave_one_out.estimate) == len(analysis.rows) == 3
    assert sum(row.weight_percent for row in analysis.rows) == pytest.approx(100)
    msgspec.json.encode(pool)


def test_a_pool_is_told_apart_by_what_its_trials_differ_in(facts):
    group = next(g for g in ask(facts, "lllt").groups if g.summary.contrasts)
    by = {stratum.by: stratum.subgroups.separate_tau2 for stratum in group.strata}
    assert {"sex", "measure"} <= set(by)
    assert {g.name: g.studies for g in by["sex"].groups} == {"female": 3, "male": 1}
    assert "not stated" not in {g.name for g in by["measure"].groups}


def test_one_way_of_counting_one_route_and_one_span_of_weeks_can_be_asked_for(facts):
    both = ask(facts, "lllt")
    terminal = ask(facts, "lllt", measure="terminal_density")
    later = ask(facts, "finasteride_oral", sex="male", from_week=100.0, to_week=110.0)
    assert {c.measure for g in terminal.groups for c in g.summary.contrasts} == {"terminal_density"}
    counted = [len(g.summary.contrasts) for g in both.groups if g.summary.contrasts]
    assert counted > [len(g.summary.contrasts) for g in terminal.groups if g.summary.contrasts]
    weeks = {c.week for g in later.groups for c in g.summary.contrasts}
    assert weeks == {104.0}
    injected = ask(facts, "exosome", route="topical_intact_skin")
    alone = next(g for g in injected.groups if g.question.components == ["exosome"])
    assert "placenta_msc_2024_preprint" not in {gain.study for gain in alone.summary.gains}


def test_a_study_can_be_left_out_and_a_gain_beyond_the_bound_is_told(facts):
    text = "+67 hairs/cm² is larger than the model of hair growth allows"
    pool = option_pool(
        "exosome",
        Question(components=[], condition=AGA),
        facts,
        beyond=[
            BeyondBound(study="placenta_msc_2024_preprint", text=text),
            BeyondBound(study="olsen2002", text="of another treatment"),
        ],
        without=["wan_2025"],
    )
    assert [b.text for b in pool.beyond_bound] == [text]
    assert "wan_2025" not in places(pool)
    with pytest.raises(InputError, match="no study 'nobody' to leave out"):
        option_pool("exosome", Question(components=[], condition=AGA), facts, without=["nobody"])


def test_a_treatment_is_found_by_its_id_or_another_spelling_and_a_wrong_one_is_helped(facts):
    assert treatment_named("PRP", facts) == "prp"
    assert treatment_named("conditioned_medium", facts) == "secretome"
    assert treatment_named("microneedling+minoxidil_topical", facts).startswith("microneedling+")
    with pytest.raises(InputError, match=r"no option or treatment is called 'exosom'.*exosome"):
        treatment_named("exosom", facts)


def test_each_set_given_with_a_treatment_is_asked_against_an_inert_control_and_its_rest(facts):
    found = groups("microneedling", Question(components=[], condition=AGA), facts)
    pairs = {(tuple(g.question.components), tuple(g.question.backbone)) for g in found}
    assert (("microneedling", "minoxidil_topical"), ()) in pairs
    assert (("microneedling", "minoxidil_topical"), ("minoxidil_topical",)) in pairs


def test_missing_data_are_named_for_what_they_are(facts):
    what = missing_data("medipost_ngf574h_rct", facts.studies["medipost_ngf574h_rct"], facts).what
    assert "any count or density of hairs, for both arms" in what


def test_the_ladder_takes_the_first_rung_that_holds(facts):
    lends = lender(facts)
    study = facts.studies["olsen2002"]
    change = next(o for o in study.observations if o.statistic == "mean_change" and o.dispersion)
    assert sd_of_change(study, change, lends).status == "reported"
    bare = msgspec.structs.replace(change, dispersion=None, p_value="0.01", n=50)
    found = sd_of_change(study, bare, lends)
    assert (found.status, found.conversion) == ("algebraic", "from_p_of_mean")
    nothing = msgspec.structs.replace(change, dispersion=None, p_value="<0.01")
    assert sd_of_change(study, nothing, lends).status == "borrowed"
    assert sd_of_change(study, nothing, lends, may_borrow=False) is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("0.03", (0.03, None)), ("p = 0.03", (0.03, None)), ("<0.05", (None, 0.05)),
        ("significant", (None, None)), (None, (None, None)), ("0", (None, None)),
        ("1.2", (None, None)), ("0.002 (within arm)", (None, None)),
    ],
)  # fmt: skip
def test_only_an_exact_p_is_an_exact_p(words, found):
    assert exact_p(words) == found
