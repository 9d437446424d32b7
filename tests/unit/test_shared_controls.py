"""A control group that several arms of its trial share is counted once in a pool."""

import msgspec
import pytest

from anagen import facts as facts_package
from anagen.evidence.contrasts import Contrast, _spread
from anagen.evidence.option_pool import option_pool
from anagen.evidence.question import Question
from anagen.evidence.shared_controls import divided
from anagen.evidence.spread import lender
from anagen.facts.study import Observation
from anagen.report.evidence_option_sheet import option_sheet


@pytest.fixture(scope="module")
def facts():
    return facts_package.load()


def against_placebo(arm, **changes):
    value = {
        "study": "lucky2004", "arm": arm, "control": "pbo", "arm_label": arm,
        "control_label": "placebo", "measure": "hair_density", "week": 48.0,
        "effect_per_cm2": 10.0, "se_per_cm2": 3.0, "n_treated": 100, "n_control": 51,
        "sd_status": "borrowed", "n_status": "reported", "people": "women",
        "source": ["lucky2004"], **changes,
    }  # fmt: skip
    return msgspec.convert(value, Contrast)


def test_two_arms_against_one_placebo_group_count_its_people_once(facts):
    pool = option_pool(
        "minoxidil",
        Question(components=[], backbone=[], sex=None, condition="androgenetic_alopecia"),
        facts,
    )
    summary = next(
        g.summary for g in pool.groups if g.label.startswith("minoxidil alone, against an inert")
    )
    lucky = [c for c in summary.contrasts if c.study == "lucky2004"]
    assert [c.arm for c in lucky] == ["min5", "min2"]
    assert sum(c.n_control for c in lucky) == 51
    assert all("shared_control" in c.flags for c in lucky)
    assert not [c for c in summary.other_visits if c.study == "lucky2004" and c.week == 48]


def test_a_divided_control_group_widens_each_difference_by_what_it_gave_away(facts):
    lends = lender(facts)
    alone = against_placebo("min5")
    assert divided([alone], facts, lends) == [alone]
    both = divided([alone, against_placebo("min2")], facts, lends)
    assert [c.n_control for c in both] == [26, 25]
    for c in both:
        assert 9 < c.se_per_cm2**2 <= 9 * 1.9
        assert "nobody counts twice" in c.cautions[-1]


def test_separate_randomisations_of_one_study_keep_their_own_control_groups(facts):
    lends = lender(facts)
    apart = [against_placebo("min5"), against_placebo("min2", control="pbo_2")]
    assert divided(apart, facts, lends) == apart


def printed_difference(**changes):
    value = {
        "arm": "treated", "versus": "control", "week": 24, "measure": "hair_density",
        "statistic": "net_difference", "value": 10, "unit": "hairs/cm2", "value_per_cm2": 10,
        "status": "measured", "source": ["aggarwal2020"], **changes,
    }  # fmt: skip
    return msgspec.convert(value, Observation)


@pytest.mark.parametrize(
    "spread",
    [
        {
            "dispersion": {
                "kind": "ci95",
                "low": 0,
                "high": 20,
                "low_per_cm2": 0,
                "high_per_cm2": 20,
            }
        },
        {"p_value": "0.05"},
    ],
)
def test_sides_of_one_scalp_are_pairs_when_an_error_is_found_from_an_interval_or_p(facts, spread):
    paired = facts.studies["aggarwal2020"]
    assert paired.design.split_scalp
    parallel = facts.studies["lucky2004"]
    t_pairs, t_groups = 2.2621571627982, 2.1009220402410
    for study, quantile in ((paired, t_pairs), (parallel, t_groups)):
        found = _spread(
            study, printed_difference(**spread), (None, None), "hair_density", (10, 10),
            lender(facts),
        )  # fmt: skip
        assert found == (pytest.approx(10 / quantile, rel=1e-9), "algebraic")


def test_the_tiers_name_the_bias_that_is_assumed_and_whose_natural_course_is_taken_off(facts):
    asked = Question(components=[], backbone=[], sex=None, condition="androgenetic_alopecia")
    sheet = option_sheet(option_pool("exosome", asked, facts), facts)
    notes = [table.note for table in sheet.tables if "Single arms, less" in table.heading]
    assert notes
    for note in notes:
        assert "the bias of single arms is ASSUMED: mean" in note
        assert "men and women together, weeks" in note
