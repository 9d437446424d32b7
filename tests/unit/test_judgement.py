"""Judgements as facts: bias tools, certainty ratings, and a decision in a suggestion's place."""

import shutil

import msgspec
import pytest

from anagen.errors import InputError
from anagen.evidence import Certainty, Reason, evidence_for
from anagen.evidence.judged import JUDGED, PARTLY, SUGGESTED, decisions_for, judged
from anagen.facts import load
from anagen.facts.check import check
from anagen.facts.judgement import CertaintyRating, DomainDecision
from anagen.facts.store import DATA

RATING = """
fixture:
  option: finasteride_oral
  measure: hair_density
  sex: male
  condition: androgenetic_alopecia
  decisions:
  - domain: risk_of_bias
    lowered: 0
    who: a reviewer of this test
    on: '2026-11-20'
    reason: both trials were read whole and judged at low risk
"""


@pytest.fixture(scope="module")
def known():
    return load()


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def suggestion(*lowered, level="low", start=0):
    names = ("risk_of_bias", "inconsistency", "imprecision")
    reasons = [Reason(domain="start", lowered=start, text="where it starts")]
    reasons += [
        Reason(domain=name, lowered=steps, text=f"computed {name}")
        for name, steps in zip(names, lowered, strict=False)
    ]
    return Certainty(level=level, reasons=reasons)


def decision(domain="risk_of_bias", lowered=0, on="2026-11-20"):
    return DomainDecision(
        domain=domain, lowered=lowered, who="a reviewer", on=on, reason="it was read whole"
    )


def what(found):
    return " | ".join(f"{fault.where}: {fault.what}" for fault in found.faults)


def test_nobody_has_rated_yet_and_the_package_holds_no_invented_rating(known):
    assert known.certainty_ratings == {}


def test_every_judgement_of_bias_fits_the_template_of_its_tool(known):
    tools = {tool.name: tool for tool in known.bias_tools.values()}
    whole = 0
    for name, study in known.studies.items():
        if study.bias is None:
            continue
        tool = tools[study.bias.tool]
        assert set(study.bias.domains) <= set(tool.domains), name
        whole += set(study.bias.domains) == set(tool.domains) and len(tool.domains) > 1
    assert whole >= 15


def test_every_collected_judgement_of_bias_came_across(known, shared):
    from anagen import strict_yaml

    document = strict_yaml.read(
        shared / "evidence" / "exosome_studies.yaml", max_bytes=2_000_000, max_nodes=200_000
    )
    collected = {s["id"]: s["risk_of_bias"] for s in document["studies"] if "risk_of_bias" in s}
    assert len(collected) > 30
    for name, theirs in collected.items():
        ours = known.studies[name].bias
        assert ours.tool == theirs["tool"], name
        assert set(ours.domains) == set(theirs["domains"]), name


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("studies/tak_2020_rct.yaml", "    randomisation:", "    lottery:",
         "'lottery' is no domain of RoB 2"),
        ("studies/tak_2020_rct.yaml", "tool: RoB 2", "tool: RoB 7",
         "its tool 'RoB 7' is not in bias_tools.yaml"),
        ("studies/wan_2025.yaml", "    classification:\n      levels:\n      - low\n", "",
         "judges the whole and leaves out classification"),
        ("studies/tak_2020_rct.yaml", "  levels:\n  - some_concerns\n  basis", "  levels:\n"
         "  - critical\n  basis", "level 'critical' is none of RoB 2"),
        ("claims.yaml", "percent: {text: '80', at: claims.000-03b.quoted}",
         "percent: {text: '81', at: claims.000-03b.quoted}",
         "cites 81, which does not stand at claims.000-03b.quoted"),
        ("claims.yaml", "at: studies.sasaki_2022.population.n}",
         "at: studies.sasaki_2022.population.people}", "'people' leads nowhere"),
        ("claims.yaml", "study: tak_2020_rct", "study: tak_2021", "there is no study 'tak_2021'"),
    ],
)  # fmt: skip
def test_a_judgement_or_a_number_that_fits_nothing_is_a_fault(copied, file, old, new, said):
    text = (copied / file).read_text()
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1))
    assert said in what(check(copied))


def test_a_rating_in_the_facts_passes_the_check(copied):
    (copied / "certainty_ratings.yaml").write_text(RATING)
    assert check(copied).faults == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("finasteride_oral", "finasteride_oil", "there is no option 'finasteride_oil'"),
        ("sex: male", "sex: female", "is no option for this condition and sex"),
        ("lowered: 0", "lowered: -1", "risk_of_bias can only lower"),
        ("domain: risk_of_bias\n    lowered: 0", "domain: large_effect\n    lowered: 1",
         "large_effect can only raise"),
        ("2026-11-20", "2026-13-20", "is no day"),
        ("measure: hair_density", "measure: happiness", "'happiness' is not in vocabulary"),
        ("    who: a reviewer of this test\n", "", "missing required field"),
    ],
)  # fmt: skip
def test_a_rating_that_cannot_be_is_a_fault(copied, old, new, said):
    assert old in RATING
    (copied / "certainty_ratings.yaml").write_text(RATING.replace(old, new))
    assert said.replace("missing required field", "missing key") in what(check(copied))


def test_without_a_decision_the_suggestion_stands_and_says_that_it_is_one():
    profile = judged(suggestion(1, 0, 1))
    assert profile.level == profile.suggested_level == "low"
    assert profile.label == SUGGESTED
    assert [step.level for step in profile.path] == ["high", "moderate", "moderate", "low"]
    assert profile.unset == ["risk_of_bias", "inconsistency", "imprecision"]


def test_a_decision_overrides_the_suggestion_and_is_attributed_and_dated():
    profile = judged(suggestion(1, 0, 1), [decision(lowered=0)])
    assert (profile.level, profile.suggested_level) == ("moderate", "low")
    assert profile.label == PARTLY
    entry = next(d for d in profile.domains if d.domain == "risk_of_bias")
    assert (entry.suggested, entry.decision, entry.lowered) == (1, 0, 0)
    assert (entry.who, entry.on, entry.reason) == (
        "a reviewer", "2026-11-20", "it was read whole",
    )  # fmt: skip
    assert entry.suggestion == "computed risk_of_bias"
    assert "risk_of_bias" not in profile.unset


def test_a_profile_is_judged_once_every_domain_is():
    every = [decision(name) for name in ("risk_of_bias", "inconsistency", "imprecision")]
    profile = judged(suggestion(1, 1, 1, level="very_low"), every)
    assert (profile.level, profile.label, profile.unset) == ("high", JUDGED, [])


def test_two_reasons_of_one_domain_are_one_suggestion_of_two_levels_at_most():
    certainty = suggestion(0, 0, 2)
    more = Reason(domain="imprecision", lowered=1, text="few trials")
    profile = judged(msgspec.structs.replace(certainty, reasons=[*certainty.reasons, more]))
    entry = next(d for d in profile.domains if d.domain == "imprecision")
    assert (entry.suggested, entry.suggestion) == (2, "computed imprecision; few trials")


def test_only_what_was_not_randomised_can_be_raised():
    large = decision("large_effect", -1)
    assert judged(suggestion(level="low", start=2), [large]).level == "moderate"
    with pytest.raises(InputError, match="raises randomised evidence"):
        judged(suggestion(1), [large])


def test_a_rating_of_nothing_and_a_second_decision_are_refused():
    with pytest.raises(InputError, match="there is nothing to rate yet"):
        judged(suggestion(level=None), [decision()])
    with pytest.raises(InputError, match="decided on twice"):
        judged(suggestion(1), [decision(), decision()])


def test_no_evidence_has_no_level_and_no_path():
    profile = judged(suggestion(level=None))
    assert (profile.level, profile.path) == (None, [])


def test_decisions_are_found_only_for_their_own_option_measure_sex_and_condition():
    rating = CertaintyRating(
        option="prp", measure="hair_density", sex="male", condition="androgenetic_alopecia",
        decisions=[decision()],
    )  # fmt: skip
    asked = ("prp", "hair_density", "male", "androgenetic_alopecia")
    assert decisions_for({"one": rating}, *asked) == [decision()]
    for k, other in enumerate(("lllt", "terminal_density", "female", "alopecia_areata")):
        changed = [other if k == place else word for place, word in enumerate(asked)]
        assert decisions_for({"one": rating}, *changed) == []


def test_the_path_of_every_option_ends_where_the_suggestion_does(known):
    for option in known.options.values():
        if option.components == ["none"]:
            continue
        for sex in option.sexes:
            evidence = evidence_for(
                option.components, option.backbone, sex, option.conditions[0], known
            )
            profile = judged(evidence.certainty)
            assert profile.level == evidence.certainty.level, option.label


def test_what_a_single_arm_shows_is_told_on_both_sides(known):
    can = {limit.can_show for limit in known.single_arm_limits.values()}
    assert can == {True, False}


def test_the_rating_that_the_how_to_shows_passes_the_check(copied):
    page = (DATA.parents[3] / "docs/how-to/rate-certainty.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    (copied / "certainty_ratings.yaml").write_text(example)
    found = check(copied)
    assert found.faults == []
    assert found.counts["certainty_ratings"] == 1
