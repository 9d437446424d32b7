"""The evidence engine: which results are compared, which are left out, and why."""

import msgspec
import pytest

from anagen import facts as facts_package
from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence import evidence_for, newcombe, wilson
from anagen.evidence.certainty import of_contrasts
from anagen.evidence.contrasts import common_window
from anagen.evidence.question import Question, is_control
from anagen.evidence.spread import is_usable, lender
from anagen.synthesis import fit_pairwise

AGA, AA = "androgenetic_alopecia", "alopecia_areata"


@pytest.fixture(scope="module")
def facts():
    return facts_package.load()


def ask(facts, *components, backbone=(), sex="male", condition=AGA, route=None):
    return evidence_for(components, backbone, sex, condition, facts, route=route)


def reasons(summary):
    return {entry.study: entry.reason for entry in summary.left_out}


def test_minoxidil_5_percent_in_men_rests_on_two_trials_read_in_a_reviews_table(facts):
    summary = ask(facts, "minoxidil_topical")
    by_study = {c.study: c for c in summary.contrasts}
    assert set(by_study) == {"olsen2002", "olsen2007_foam"}
    olsen = by_study["olsen2002"]
    assert olsen.effect_per_cm2 == pytest.approx(18.6 - 3.9)
    assert olsen.se_per_cm2 == pytest.approx((25.4**2 / 139 + 21.7**2 / 78) ** 0.5)
    assert (olsen.sd_status, olsen.flags) == ("reported", ["second_hand"])
    assert 14 < summary.pooled.mean_per_cm2 < 16.5
    assert summary.pooled.flags == ["hartung_knapp_uninformative"]
    assert (summary.pooled.from_week, summary.pooled.to_week) == (16, 48)


def test_finasteride_in_men_gives_about_twenty_hairs_at_one_year(facts):
    summary = ask(facts, "finasteride_oral")
    assert {(c.study, c.week) for c in summary.contrasts} == {
        ("kaufman1998", 52), ("vanneste2000", 48),
    }  # fmt: skip
    assert summary.pooled.mean_per_cm2 == pytest.approx(20, abs=1.5)
    later = {c.week for c in summary.other_visits}
    assert later == {104, 260}
    kaufman = next(c for c in summary.contrasts if c.study == "kaufman1998")
    assert (kaufman.sd_status, kaufman.n_treated, kaufman.n_control) == ("borrowed", 679, 672)


def test_recalled_citation_only_and_hand_counted_trials_are_never_pooled(facts):
    left = reasons(ask(facts, "finasteride_oral"))
    assert left["leyden1999"] == "its numbers were recalled, not read"
    assert left["roberts1999"] == "its numbers were not read"
    assert "counted by hand" in reasons(ask(facts, "minoxidil_topical"))["minox_2v3_1980s"]


def test_no_contrast_of_any_option_rests_on_a_recalled_number(facts):
    for option in facts.options.values():
        for sex in ("male", "female"):
            for condition in option.conditions:
                summary = evidence_for(
                    option.components, option.backbone, sex, condition, facts, route=option.route
                )
                for c in (*summary.contrasts, *summary.other_visits):
                    study = facts.studies[c.study]
                    assert study.method != "hand_count"
                    assert study.reading not in ("recalled", "citation")
                    assert study.design.randomised
                    assert study.design.controlled
                    assert study.never_use is None
                    assert "memory" not in c.source
                assert (summary.pooled is None) == (summary.why_not_pooled is not None)
                msgspec.json.encode(summary)


@pytest.mark.parametrize(
    ("components", "route"),
    [
        (("exosome",), "intradermal_injection"),
        (("exosome",), "topical_intact_skin"),
        (("exosome", "microneedling"), "topical_after_microneedling"),
    ],
)
def test_exosomes_have_no_randomised_result_in_hairs_per_cm2(facts, components, route):
    summary = ask(facts, *components, route=route)
    assert summary.pooled is None
    assert summary.contrasts == []
    assert summary.why_not_pooled == "no randomised result in hairs/cm²"
    assert summary.certainty.level == "very_low"


def test_the_one_placebo_controlled_exosome_trial_is_named_with_what_it_lacks(facts):
    reason = reasons(ask(facts, "exosome", route="intradermal_injection"))["amini_2025_rct"]
    assert "botanical_extract" in reason
    assert "medians in a field whose area was not stated" in reason


def test_gains_without_a_control_are_apart_and_carry_their_cautions(facts):
    summary = ask(facts, "exosome", "microneedling", route="topical_after_microneedling")
    wan = next(g for g in summary.gains if g.study == "wan_2025")
    assert (wan.gain_per_cm2, wan.sd_per_cm2, wan.n) == (35.0, 6.5, 16)
    assert any("outlier" in caution for caution in wan.cautions)
    assert wan.design == "single_arm"


def test_gains_never_include_a_study_that_gave_a_contrast(facts):
    summary = ask(facts, "lllt", sex="female")
    assert {g.study for g in summary.gains} & {c.study for c in summary.contrasts} == set()


def test_the_null_trial_of_prp_is_named(facts):
    summary = ask(facts, "prp", route="intradermal_injection")
    assert "no improvement" in reasons(summary)["gressenberger2020"]
    assert {p.synthesis for p in summary.published} >= {"prp_ma_2019", "kieling2024_prp"}
    assert summary.pooled is None


def test_an_add_on_is_compared_with_its_backbone(facts):
    summary = ask(
        facts,
        "microneedling",
        "minoxidil_topical",
        backbone=["minoxidil_topical"],
        route="procedure",
    )
    effects = {c.study: c.effect_per_cm2 for c in summary.contrasts}
    assert effects["kumar2018"] == pytest.approx((12.52 - 1.89) / 6.4516, abs=1e-3)
    assert effects["dhurat2013"] == pytest.approx(91.4 - 22.2)
    assert summary.pooled.low_per_cm2 < 0 < summary.pooled.high_per_cm2
    assert summary.certainty.level == "very_low"


def test_two_trials_of_one_record_are_compared_only_within_themselves(facts):
    pairs = {
        (c.arm, c.control)
        for c in ask(facts, "lllt", sex="female").contrasts
        if c.study == "jimenez2014_f"
    }
    assert pairs == {("lllt9", "sham9"), ("lllt12", "sham12")}


def test_an_arm_of_another_dose_does_not_stand_for_a_treatment(facts):
    arms = {c.arm for c in ask(facts, "dutasteride").contrasts}
    assert arms == {"dut0.5"}
    assert "another dose" in reasons(ask(facts, "finasteride_oral"))["olsen2006_dut"]


def test_an_assumed_area_stays_visible_and_lowers_the_certainty(facts):
    summary = ask(facts, "finasteride_oral", sex="female")
    assert "area_assumed" in summary.contrasts[0].flags
    assert summary.pooled.interval == "one_study"
    indirect = next(r for r in summary.certainty.reasons if r.domain == "indirectness")
    assert indirect.lowered == 1
    assert "assumed" in indirect.text


def test_jak_inhibitors_give_responders_with_the_printed_difference(facts):
    summary = ask(facts, "baricitinib", condition=AA)
    found = next(r for r in summary.responders if r.arm == "bari4")
    assert (found.percent, found.control_percent) == (38.8, 6.2)
    assert (found.difference_points, found.low_points, found.high_points) == (32.6, 25.6, 39.5)
    assert summary.pooled is None
    assert summary.certainty.level is not None


def test_a_class_of_drugs_gathers_its_members(facts):
    studies = {r.study for r in ask(facts, "jak_inhibitor", condition=AA).responders}
    assert {"brave_aa1", "thrive_aa1", "allegro_2b3"} <= studies


def test_a_withdrawal_trial_says_nothing_about_starting(facts):
    summary = ask(facts, "baricitinib", condition=AA)
    assert reasons(summary)["brave_aa1_withdrawal"] == "it studies stopping, not starting"
    assert all(r.study != "brave_aa1_withdrawal" for r in summary.responders)


def test_no_treatment_has_a_course_and_no_contrast(facts):
    summary = ask(facts, "none")
    assert summary.contrasts == []
    assert summary.left_out == []
    falls = {g.study: g.gain_per_cm2 for g in summary.gains}
    assert falls["kaufman1998"] == pytest.approx(-239 / 5.067, abs=1e-3)


def test_certainty_is_labelled_as_computed_and_never_high_while_bias_is_unjudged(facts):
    for option in facts.options.values():
        summary = evidence_for(
            option.components, option.backbone, "male", option.conditions[0], facts,
            route=option.route,
        )  # fmt: skip
        assert summary.certainty.label == "computed, not judged by a person"
        assert summary.certainty.level != "high"
        assert summary.certainty.reasons


def test_a_missing_spread_is_borrowed_from_the_median_of_the_same_measure(facts):
    lends = lender(facts)
    assert lends.sd_count["nonvellus_density"] >= facts.evidence_rules.least_sds_to_borrow.number()
    sds = sorted([25.4, 20.7, 21.7, 22.5, 19.7, 19.5, 17.6, 14.6])
    assert lends.sd_per_cm2["nonvellus_density"] == pytest.approx((sds[3] + sds[4]) / 2)
    assert lends.sd("total_hair_density") == lends.any_sd_per_cm2


def test_newcombes_interval_agrees_with_his_published_example():
    low, high = newcombe(56 / 70, 70, 48 / 80, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_wilson_of_zero_events_has_an_upper_bound():
    low, high = wilson(0.0, 30)
    assert low == 0
    assert high == pytest.approx(0.1135, abs=1e-4)
    with pytest.raises(InputError, match="at least 1 person"):
        wilson(0.5, 0)


def test_an_estimate_refuses_a_negative_error_and_an_impossible_level():
    with pytest.raises(InputError, match="standard error of 0 or more"):
        Estimate(value=1.0, se=-1.0, unit="um")
    with pytest.raises(InputError, match="between 0 and 1"):
        Estimate(value=1.0, se=1.0, unit="um").interval(1.0)


def test_hand_counts_are_not_shown_as_gains_either(facts):
    assert "minox_2v3_1980s" not in {g.study for g in ask(facts, "none").gains}
    assert not is_usable(facts.studies["olsen1990_5y"])


def test_healthy_people_are_no_control_group(facts):
    question = Question(components=["minoxidil_topical"], condition=AGA, sex="male")
    arms, terms = facts.studies["rushton1991_nat"].arms, facts.vocabulary.treatments
    assert is_control(arms["untreated"], 104, question, terms)
    assert not is_control(arms["control"], 104, question, terms)


def test_the_shared_window_is_that_of_most_trials_and_the_later_of_a_tie(facts):
    first, second = ask(facts, "minoxidil_topical").contrasts
    early, late = (msgspec.structs.replace(first, week=week) for week in (24, 104))
    windows = facts.evidence_rules.windows
    assert common_window([early, late], windows).from_week > 60
    assert common_window([early, late, second], windows).to_week == 60
    assert common_window([msgspec.structs.replace(first, week=4)], windows) is None


def test_an_outlier_is_shown_with_its_reason_and_never_pooled(facts):
    men, women = ask(facts, "lllt"), ask(facts, "lllt", sex="female")
    for summary in (men, women):
        assert [c.study for c in summary.outliers] == ["yoon2020"]
        assert "not plausible" in reasons(summary)["yoon2020"]
        assert "not plausible" in " ".join(summary.outliers[0].cautions)
        assert "yoon2020" not in {c.study for c in (*summary.contrasts, *summary.other_visits)}
        assert "yoon2020" not in {g.study for g in summary.gains}
    assert (men.pooled.studies, men.pooled.n_people) == (1, 41)
    assert [men.pooled.mean_per_cm2, men.pooled.low_per_cm2, men.pooled.high_per_cm2] == (
        pytest.approx([30.5, 11.6, 49.4], abs=0.05)
    )
    assert women.pooled.studies == 3
    assert women.pooled.mean_per_cm2 == pytest.approx(19.8, abs=0.05)
    assert women.pooled.guarded_low_per_cm2 == pytest.approx(7.7, abs=0.05)
    assert women.pooled.guarded_high_per_cm2 == pytest.approx(31.9, abs=0.05)


def test_where_only_an_outlier_remains_nothing_is_pooled_and_the_page_can_say_so(facts):
    studies = {k: s for k, s in facts.studies.items() if k != "lanzafame2013_m"}
    summary = ask(msgspec.structs.replace(facts, studies=studies), "lllt")
    assert (summary.pooled, len(summary.outliers)) == (None, 1)
    assert "outlier" in summary.why_not_pooled


def test_trials_that_contradict_each_other_are_kept_and_said_to_conflict(facts):
    summary = ask(
        facts, "microneedling", "minoxidil_topical", backbone=["minoxidil_topical"],
        route="procedure",
    )  # fmt: skip
    assert summary.pooled.conflict
    assert {c.study for c in summary.contrasts} == {"dhurat2013", "kumar2018"}
    dhurat = next(c for c in summary.contrasts if c.study == "dhurat2013")
    assert any("extreme result" in caution for caution in dhurat.cautions)


def test_one_null_trial_and_agreeing_trials_are_no_conflict(facts):
    assert not ask(facts, "finasteride_oral", sex="female").pooled.conflict
    assert not ask(facts, "minoxidil_topical").pooled.conflict
    assert not ask(facts, "minoxidil_topical", sex="female").pooled.conflict  # I² 79 %, away from 0


def few_trials(summary):
    return [r for r in summary.certainty.reasons if "leaves out how far trials differ" in r.text]


def test_two_trials_say_what_their_interval_leaves_out_and_lower_the_certainty_once(facts):
    agreeing = ask(facts, "minoxidil_topical")
    assert agreeing.pooled.notes == [
        "two trials: the interval leaves out how far trials differ; "
        "one that allows for it runs from −7.8 to +39.3 hairs/cm²",
        "one that allows for it under an assumed prior (a spread between trials of about "
        "5 hairs/cm² or less) runs from +8.7 to +22.3",
    ]
    assert [r.lowered for r in few_trials(agreeing)] == [1]
    assert agreeing.certainty.level == "low"
    differing = ask(facts, "dutasteride")
    inconsistency = next(r for r in differing.certainty.reasons if r.domain == "inconsistency")
    assert (inconsistency.lowered, few_trials(differing)[0].lowered) == (1, 0)


def test_one_trial_is_never_surer_than_two_and_three_need_no_such_line(facts):
    assert few_trials(ask(facts, "finasteride_topical"))[0].lowered == 1
    assert few_trials(ask(facts, "lllt", sex="female")) == []


def test_no_domain_lowers_the_certainty_by_more_than_two(facts):
    for option in facts.options.values():
        for sex in ("male", "female"):
            summary = evidence_for(
                option.components, option.backbone, sex, option.conditions[0], facts,
                route=option.route,
            )  # fmt: skip
            if summary.pooled is None:
                continue
            steps = {}
            for r in summary.certainty.reasons:
                steps[r.domain] = steps.get(r.domain, 0) + r.lowered
            assert max(steps.values()) <= 2


def test_a_contrast_says_who_took_part_and_whether_many_were_not_analysed(facts):
    lucky = next(
        c for c in ask(facts, "minoxidil_topical", sex="female").contrasts
        if c.study == "lucky2004"
    )  # fmt: skip
    assert lucky.people == "women, age 18-49 (mean 37), stage of hair loss not stated"
    assert "many_not_analysed" in lucky.flags
    kaufman = next(c for c in ask(facts, "finasteride_oral").contrasts if c.study == "kaufman1998")
    assert kaufman.people == "men, age 18-41, mild-moderate vertex (NH IIv-V)"
    assert "many_not_analysed" not in kaufman.flags  # 1351 of 1553


def test_the_twelve_beam_trial_counts_its_own_63_women_and_says_the_split_is_assumed(facts):
    found = {c.arm: c for c in ask(facts, "lllt", sex="female").contrasts}
    twelve, nine = found["lllt12"], found["lllt9"]
    assert (twelve.n_treated, twelve.n_control, twelve.n_status) == (42, 21, "assumed")
    assert any("assumption" in caution for caution in twelve.cautions)
    assert nine.n_status == "reported"
    assert all(any("inferred" in caution for caution in c.cautions) for c in (twelve, nine))


def test_a_randomised_share_without_a_read_control_is_still_randomised(facts):
    share = next(
        r for r in ask(facts, "finasteride_oral").responders
        if r.study == "kaufman1998" and r.measure == "global_photo_improved"
    )  # fmt: skip
    assert (share.percent, share.n) == (48, 279)
    assert (share.is_randomised, share.control, share.control_percent) == (True, "pbo", None)
    assert share.difference_points is None


def test_the_rules_are_those_of_the_facts_that_were_given(facts):
    strict = msgspec.structs.replace(
        facts.evidence_rules,
        least_share_analysed=msgspec.structs.replace(
            facts.evidence_rules.least_share_analysed, value=50
        ),
    )
    changed = msgspec.structs.replace(facts, evidence_rules=strict)
    found = ask(changed, "minoxidil_topical", sex="female").contrasts
    assert all("many_not_analysed" not in c.flags for c in found)


def test_small_study_effects_are_suggested_from_ten_trials_on_with_their_numbers(facts):
    first = ask(facts, "finasteride_oral").contrasts[0]

    def reason(effects, ses):
        rows = [
            msgspec.structs.replace(first, effect_per_cm2=e, se_per_cm2=s)
            for e, s in zip(effects, ses, strict=True)
        ]
        pooled = fit_pairwise(effects, [s**2 for s in ses])
        found = of_contrasts(rows, pooled, facts).reasons
        return next(r for r in found if r.domain == "publication_bias")

    few = reason([10.0, 12.0, 11.0], [1.0, 2.0, 3.0])
    assert (few.lowered, "cannot be evaluated" in few.text) == (0, True)
    assert "egger_p" not in few.numbers
    ses = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5]
    skewed = reason([5 + 4 * s for s in ses], ses)
    assert skewed.lowered == 1
    assert skewed.numbers["egger_p"] < facts.evidence_rules.egger_p_serious.number()
    even = reason([10 + (-1) ** k * s / 3 for k, s in enumerate(ses)], ses)
    assert even.lowered == 0
