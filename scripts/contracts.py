"""Write docs/contracts: one JSON Schema and one example for every file read and document written.

`--check` writes nothing and fails if a schema is not the one that the records give.
"""

import argparse
import contextlib
import inspect
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from anagen.candidacy import Person
from anagen.candidacy.person import NOT_WRITTEN
from anagen.candidacy.person_words import blocks
from anagen.cli import main
from anagen.cli.documents import (
    FactDocument,
    FactsCheck,
    FactsList,
    FactsSources,
    PersonCheck,
    PersonForm,
)
from anagen.cli.evidence_documents import (
    EvidenceCertainty,
    EvidenceClaims,
    EvidenceStudies,
    EvidenceStudy,
)
from anagen.evidence.course_documents import FactsCourse, TableCourse
from anagen.evidence.dependent_documents import TableMultivariate
from anagen.evidence.documents import FactsNetwork, TableNetwork, TablePool
from anagen.evidence.doses import FactsDose, TableDose
from anagen.evidence.effect_table import EffectMeasures, TableEffectSizes
from anagen.evidence.option_pool import OptionPool
from anagen.evidence.result_check import Reported, ResultCheck
from anagen.facts import Facts, load
from anagen.facts.explanation import Explanation
from anagen.follicle import Scenario, Simulation
from anagen.plan.documents import Plan, Plans

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "contracts"
DAY = "2026-11-20"

SCHEMAS: dict[str, type] = {
    "person": Person,
    "plan": Plan,
    "plans": Plans,
    "person-form": PersonForm,
    "person-check": PersonCheck,
    "scenario": Scenario,
    "simulation": Simulation,
    "evidence-studies": EvidenceStudies,
    "evidence-study": EvidenceStudy,
    "evidence-claims": EvidenceClaims,
    "evidence-certainty": EvidenceCertainty,
    "evidence-pool": OptionPool,
    "evidence-table-pool": TablePool,
    "evidence-network": FactsNetwork,
    "evidence-table-network": TableNetwork,
    "evidence-effects": TableEffectSizes,
    "evidence-measures": EffectMeasures,
    "evidence-table-multivariate": TableMultivariate,
    "evidence-course": FactsCourse,
    "evidence-table-course": TableCourse,
    "evidence-dose": FactsDose,
    "evidence-table-dose": TableDose,
    "result": Reported,
    "result-check": ResultCheck,
    "facts-list": FactsList,
    "fact": FactDocument,
    "explanation": Explanation,
    "facts-check": FactsCheck,
    "facts-sources": FactsSources,
}
FACT_TOPICS = tuple(Facts.__struct_fields__)


def tidied(value: Any) -> Any:
    """Return a schema whose descriptions are indented alike in every version of Python."""
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(entry)
            if key == "description" and isinstance(entry, str)
            else tidied(entry)
            for key, entry in value.items()
        }
    return [tidied(entry) for entry in value] if isinstance(value, list) else value


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(tidied(schema), indent=1, ensure_ascii=False) + "\n"


def schema_of(kind: Any) -> str:
    """Return the JSON Schema of a record as text."""
    return as_text(msgspec.json.schema(kind))


def person_schema() -> str:
    """Return the schema of a person with the ids that the facts allow spelled out."""
    facts = load()
    schema = msgspec.json.schema(Person)
    properties = schema["$defs"]["Person"]["properties"]
    properties["condition"]["enum"] = list(facts.vocabulary.conditions)
    places = [name for name in facts.vocabulary.jurisdictions if name != "international"]
    properties["jurisdiction"]["enum"] = places
    currencies = list(facts.vocabulary.currencies)
    schema["$defs"]["Wishes"]["properties"]["budget_currency"]["enum"] = [*currencies, None]
    schema["$defs"]["Product"]["properties"]["price_currency"]["enum"] = [*currencies, None]
    for name in NOT_WRITTEN:
        del properties[name]
    grades = schema["$defs"]["Severity"]["properties"]
    for scale in ("norwood_hamilton", "ludwig"):
        grades[scale]["examples"] = list(facts.scales[scale].grades)
    for record in blocks().values():
        block = schema["$defs"][record.__name__]
        for key, entry in block["properties"].items():
            if key not in block.get("required", []):
                block["properties"][key] = _or_unknown(entry)
    return as_text(schema)


def _or_unknown(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what a key accepts with the word unknown, which says the same as leaving it out."""
    about = {key: entry[key] for key in ("description", "default") if key in entry}
    kind = {key: value for key, value in entry.items() if key not in about}
    if "unknown" in kind.get("enum", []):
        return entry
    choices = kind["anyOf"] if set(kind) == {"anyOf"} else [kind]
    if any("unknown" in choice.get("enum", []) for choice in choices):
        return entry
    return {**about, "anyOf": [*choices, {"const": "unknown"}]}


def schemas() -> dict[str, str]:
    """Return every schema file's name and text."""
    found = {f"{name}.schema.json": schema_of(kind) for name, kind in SCHEMAS.items()}
    found["person.schema.json"] = person_schema()
    annotations = Facts.__annotations__
    found |= {f"facts/{topic}.schema.json": schema_of(annotations[topic]) for topic in FACT_TOPICS}
    return found


def _said(*arguments: str) -> str:
    """Return what a command prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(arguments)
    return said.getvalue()


def examples() -> dict[str, str]:
    """Return every example file's name and text, made by the commands themselves."""
    person = ROOT / "examples" / "01_man_nh3_vertex.yaml"
    with tempfile.TemporaryDirectory() as place:
        said = _said("plan", str(person), "--out", place, "--today", DAY, "--json")
        plans = json.loads(said)
    scenario = ROOT / "examples" / "scenarios" / "04_acute_effluvium.yaml"
    with tempfile.TemporaryDirectory() as place:
        followed = _said("simulate", str(scenario), "--people", "20", "--out", place, "--json")
    return {
        "person.example.yaml": person.read_text("utf-8"),
        "plan.example.json": json.dumps(plans["plans"][0], indent=1, ensure_ascii=False) + "\n",
        "scenario.example.yaml": scenario.read_text("utf-8"),
        "simulation.example.json": followed,
        "person-form.example.json": _said("person", "new", "--sex", "male", "--short", "--json"),
        "person-check.example.json": _said("person", "check", str(person), "--json"),
        "facts-list.example.json": _said("facts", "list", "scales", "--json"),
        "fact.example.json": _said("facts", "show", "R18", "--json"),
        "explanation.example.json": _said("explain", "exosome", "--json"),
        **evidence_examples(),
        "facts-check.example.json": _said("facts", "check", "--json"),
        "facts-sources.example.json": _said("facts", "sources", "--grade", "regulator", "--json"),
    }


def evidence_examples() -> dict[str, str]:
    """Return the examples of `anagen evidence`, made by the commands themselves."""
    result = ROOT / "examples" / "results" / "wan_2025.yaml"
    tables = ROOT / "examples" / "tables"
    return {
        "evidence-studies.example.json": _said("evidence", "studies", "--option", "prp", "--json"),
        "evidence-study.example.json": _said("evidence", "study", "wan_2025", "--json"),
        "evidence-claims.example.json": _said(
            "evidence", "claims", "--verdict", "contradicted", "--json"
        ),
        "evidence-certainty.example.json": _said(
            "evidence", "certainty", "--option", "finasteride_oral", "--sex", "male", "--json"
        ),
        "evidence-pool.example.json": _said("evidence", "pool", "--option", "secretome", "--json"),
        "evidence-network.example.json": _said("evidence", "network", "--sex", "female", "--json"),
        "evidence-table-pool.example.json": _said(
            "evidence", "pool", str(tables / "foam_change.csv"), "--json"
        ),
        "evidence-table-network.example.json": _said(
            "evidence", "network", str(tables / "network_contrasts.csv"), "--json"
        ),
        "evidence-effects.example.json": _said(
            "evidence", "effects", str(tables / "foam_change.csv"), "--effect-size", "MD", "--json"
        ),
        "evidence-course.example.json": _said("evidence", "course", "--sex", "female", "--json"),
        "evidence-dose.example.json": _said(
            "evidence", "dose", "--option", "dutasteride", "--sex", "male", "--json"
        ),
        "result.example.yaml": result.read_text("utf-8"),
        "result-check.example.json": _said("evidence", "check", str(result), "--json"),
    }


def run() -> int:
    """Write or check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, text in schemas().items():
        path = FOLDER / name
        if check:
            if not path.exists() or path.read_text("utf-8") != text:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if not check:
        for name, text in examples().items():
            (FOLDER / name).write_text(text, "utf-8")
    if stale:
        print(f"docs/contracts is not what the records say ({', '.join(stale)}); run 'make docs'")
        return 1
    print(f"{len(schemas())} contracts {'hold' if check else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(run())
