"""The table of vignettes that a clinician can read, run as tests."""

from pathlib import Path

import pytest
from tables import laid_over

from anagen import facts, strict_yaml
from anagen.candidacy import RULES, Candidacy, assess, person_from

TABLE = strict_yaml.read(Path(__file__).parents[1] / "vignettes.yaml")
VIGNETTES = TABLE["vignettes"]
USUAL = {"health": "OK", "product": "OK", "law": "INFORM", "evidence": "CAUTION"}


def judged(vignette: dict) -> Candidacy:
    document = laid_over(TABLE["base"]["common"], TABLE["base"][vignette["of"]])
    document = laid_over(document, vignette.get("set", {}))
    for path in vignette.get("without", []):
        block, key = path.split(".")
        del document[block][key]
    return assess(person_from(document, vignette["name"], "vignette"), facts.load())


def rules_that(candidacy: Candidacy, *, ask: bool) -> list[str]:
    known = {name for name, _ in RULES} | {"type_of_hair_loss"}
    return sorted(
        finding.rule
        for finding in candidacy.findings()
        if (finding.verdict == "ASK") is ask and finding.rule in known
    )


@pytest.mark.parametrize("vignette", VIGNETTES, ids=[v["name"] for v in VIGNETTES])
def test_a_vignette_gets_the_verdicts_and_rules_written_beside_it(vignette):
    candidacy = judged(vignette)
    verdicts = {line.line: line.verdict for line in candidacy.lines()}
    assert verdicts == USUAL | vignette.get("expect", {})
    fired = [r for r in rules_that(candidacy, ask=False) if r not in ("R00", "type_of_hair_loss")]
    assert fired == sorted(vignette.get("fires", []))
    assert rules_that(candidacy, ask=True) == sorted(vignette.get("asks", []))
    if "answer" in vignette:
        assert candidacy.answers[0].ours == vignette["answer"]


def test_the_table_holds_at_least_forty_five_vignettes_with_names_of_their_own():
    names = [v["name"] for v in VIGNETTES]
    assert len(names) >= 45
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", [name for name, _ in RULES])
def test_every_rule_fires_in_a_vignette_and_is_silent_in_another(rule):
    fires = [rule in v.get("fires", []) for v in VIGNETTES]
    if rule == "R00":
        assert all("R00" in rules_that(judged(v), ask=False) for v in VIGNETTES)
        return
    assert any(fires)
    assert not all(fires)


def test_every_rule_that_must_ask_asks_when_nothing_is_answered():
    base = laid_over(TABLE["base"]["common"], TABLE["base"]["woman"])
    for jurisdiction in ("US", "UK"):
        document = base | {"health": {}, "jurisdiction": jurisdiction}
        document.pop("product")
        candidacy = assess(person_from(document, "nobody", "nobody"), facts.load())
        elsewhere = {"US": "R29", "UK": "R30"}[jurisdiction]
        wanted = {name for name, fact in facts.load().rules.items() if fact.must_ask}
        assert set(rules_that(candidacy, ask=True)) == wanted - {elsewhere}
        assert all(line.verdict == "ASK" for line in candidacy.lines() if line.line != "evidence")
