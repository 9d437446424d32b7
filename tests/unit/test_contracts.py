"""The written contracts: schemas equal the records, examples and real output obey the schemas."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest

from anagen import strict_yaml
from anagen.facts import store

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "contracts"


def script():
    spec = importlib.util.spec_from_file_location("contracts", ROOT / "scripts" / "contracts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def schema(name):
    return json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))


def test_every_schema_is_the_one_that_its_record_gives():
    for name, text in script().schemas().items():
        assert (FOLDER / name).read_text("utf-8") == text, f"{name}: run 'make docs'"


@pytest.mark.parametrize(
    "name",
    [
        "plan",
        "person-form",
        "person-check",
        "simulation",
        "facts-list",
        "fact",
        "facts-check",
        "facts-sources",
        "explanation",
    ],
)
def test_the_example_of_a_document_obeys_its_schema(name):
    example = json.loads((FOLDER / f"{name}.example.json").read_text("utf-8"))
    jsonschema.validate(example, schema(name))


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_an_example_person_obeys_the_schema(path):
    jsonschema.validate(strict_yaml.read(path), schema("person"))


SCENARIOS = sorted((ROOT / "examples" / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_an_example_scenario_obeys_the_schema(path):
    jsonschema.validate(strict_yaml.read(path), schema("scenario"))


def test_the_example_person_is_the_first_example():
    first = ROOT / "examples" / "01_man_nh3_vertex.yaml"
    assert (FOLDER / "person.example.yaml").read_text("utf-8") == first.read_text("utf-8")


@pytest.mark.parametrize(
    "topic", ["claims", "rules", "limits", "options", "open_questions", "mechanisms"]
)
def test_a_fact_file_obeys_its_schema(topic):
    value = strict_yaml.read(
        store.DATA / f"{topic}.yaml", max_bytes=store.MAX_FACT_BYTES, max_nodes=10**6
    )
    jsonschema.validate(value, schema(f"facts/{topic}"))


def test_every_document_has_a_line_in_the_readme_of_the_contracts():
    text = (FOLDER / "README.md").read_text("utf-8")
    for name in script().SCHEMAS:
        assert f"{name}.schema.json" in text
