"""A blank person file: made from the records, valid once filled in, never over another file."""

import datetime
import json
import re
from typing import Annotated, Literal

import jsonschema
import msgspec
import pytest

from anagen import facts, strict_yaml
from anagen.candidacy import (
    Person,
    assess,
    blank_person,
    form_questions,
    missing_answers,
    person_form,
    person_from,
    read_person,
)
from anagen.candidacy.otherwise_healthy import MARKED
from anagen.candidacy.person import NOT_WRITTEN
from anagen.candidacy.person_form import NONE_IN_WORDS, SHORT, WIDTH
from anagen.candidacy.person_words import blocks
from anagen.cli import main
from anagen.cli.documents import PersonCheck, PersonForm
from anagen.cli.person_command import COULD
from anagen.facts import Record
from anagen.plan.assemble import make_plan

KNOWN = facts.load()
SEXES = (None, "female", "male")
FILLED = {"sex": "female", "age_years": "41", "jurisdiction": "UK"}


def text_for(sex=None, *, short=False):
    return blank_person(form_questions(KNOWN, sex, short=short), sex)


def asked_of(question):
    """A list says in its hint that it may be empty."""
    return question.question.removesuffix(NONE_IN_WORDS if question.kind == "list" else "")


def filled(text):
    for key, value in FILLED.items():
        text = re.sub(rf"^{key}:$", f"{key}: {value}", text, flags=re.M)
    return text


def uncommented(text):
    """Take one # away from every line that is not a question."""
    return re.sub(r"^# (?=[ #]*[a-z_]+:|  +(?:[a-z#-]))", "", text, flags=re.M)


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("sex", SEXES)
def test_a_blank_file_reads_and_becomes_a_plan_once_three_answers_are_given(sex, short, tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text(text_for(sex, short=short))
    document = strict_yaml.read(path)
    assert document["sex"] == sex
    assert document["age_years"] is None
    path.write_text(filled(path.read_text()))
    person = read_person(path, KNOWN)
    assert (person.sex, person.jurisdiction) == (sex or "female", "UK")
    assert set(msgspec.to_builtins(person.health).values()) <= {"unknown"}
    plan = make_plan(person, KNOWN, seed=1, today=datetime.date(2026, 11, 20))
    assert plan.candidacy.questions()


def test_a_blank_file_says_what_must_be_filled_in(tmp_path, capsys):
    path = tmp_path / "me.yaml"
    path.write_text(text_for())
    assert main(["person", "check", str(path)]) == 2
    assert "me.yaml: sex: expected text, got nothing; write male or female" in (
        capsys.readouterr().err
    )
    path.write_text(re.sub("^(sex|age_years):$", r"\1: 3", text_for("male"), flags=re.M))
    main(["person", "check", str(path)])
    assert "jurisdiction: expected text, got nothing; write one of US, EU," in (
        capsys.readouterr().err
    )


def test_unanswered_and_left_out_give_the_same_plan():
    blank = person_from(strict_yaml.parse(filled(text_for("female"))), "a", "me", KNOWN)
    bare = person_from({**FILLED, "age_years": 41, "health": {}}, "b", "me", KNOWN)
    one, other = (
        make_plan(p, KNOWN, seed=1, today=datetime.date(2026, 11, 20)) for p in (blank, bare)
    )
    assert one.answer == other.answer
    assert one.open_options == other.open_options
    assert all(card.wishes_fit is None for card in one.options)


def test_every_key_of_the_records_stands_in_the_file_with_its_question():
    questions = form_questions(KNOWN, short=False)
    keys = {q.key for q in questions}
    for path, record in blocks().items():
        for name in set(record.__struct_fields__) - NOT_WRITTEN:
            assert (f"{path}.{name}" if path else name) in keys
    text = text_for()
    for question in questions:
        name = question.key.rpartition(".")[2]
        assert re.search(rf"^[# -]*{name}:", text, re.M), question.key
        assert asked_of(question) in re.sub(r"\s*\n[# ]*##   ", " ", text)
    assert not NOT_WRITTEN & keys


def test_a_new_key_of_a_record_appears_by_itself(monkeypatch):
    class Habit(Record):
        name: Annotated[Literal["cap", "helmet"], msgspec.Meta(description="What is worn?")]
        hours: Annotated[int | None, msgspec.Meta(description="For how long?", ge=1)] = None

    class Dressed(Person):
        habits: Annotated[list[Habit] | None, msgspec.Meta(description="What do you wear?")] = None

    monkeypatch.setattr(person_form, "Person", Dressed)
    questions = {q.key: q for q in form_questions(KNOWN, short=False)}
    assert questions["habits"].kind == "blocks"
    assert questions["habits"].group == "About you"
    assert questions["habits[].name"].answers == ["cap", "helmet"]
    assert (questions["habits[].hours"].kind, questions["habits[].hours"].least) == (
        "whole_number", 1.0,
    )  # fmt: skip
    lines = text_for().splitlines()
    at = lines.index("# habits:")
    assert lines[at - 1] == "## What do you wear?"
    assert lines[at + 1 : at + 5] == [
        "#     ## What is worn? [cap, helmet]",
        "#   - name:",
        "#     ## For how long? [a whole number, at least 1; or unknown]",
        "#     hours: unknown",
    ]


@pytest.mark.parametrize(
    ("key", "kind", "hint"),
    [
        ("health.smoker", "choice", "[yes, no, unknown]"),
        ("health.scarring_signs", "list", "[a list of these; [] for none; or unknown]"),
        ("severity.salt.top", "number", "[a number, at least 0, at most 100]"),
        ("measured.density_per_cm2", "number", "[a number, more than 0; or unknown]"),
        ("severity.ludwig", "text", "[I, II, III, unknown]"),
        ("session_date", "date", "[a day; or unknown]"),
        ("wishes.horizon_years", "choice", "[1, 5, unknown]"),
        ("wishes.most_visits_per_year", "whole_number", "[a whole number, at least 0; or unknown]"),
        ("health.hours_since_nsaid", "number", "[a number, at least 0; or unknown]"),
        ("noticed.months_since_onset", "number", "[a number, at least 0; or unknown]"),
        ("product.price_currency", "text", "[a code of three letters; or unknown]"),
        ("wishes.considers", "list", "[a list of finasteride_oral, "),
        ("jurisdiction", "text", "[one of these]"),
        ("history", "blocks", "Write [] for none."),
        ("severity.salt", "block", "the four numbers of SALT."),
    ],
)
def test_each_kind_of_answer_is_told(key, kind, hint):
    question = next(q for q in form_questions(KNOWN, short=False) if q.key == key)
    assert question.kind == kind
    (_, _, after) = text_for().partition(question.question[:30])
    said = re.sub(r"\s*\n[# ]*##   ", " ", question.question[:30] + after)
    assert hint in said[: len(question.question) + len(hint) + 120]


def test_what_is_asked_of_one_sex_is_left_out_for_the_other():
    male, female = ({q.key for q in form_questions(KNOWN, s, short=False)} for s in SEXES[:0:-1])
    assert {"health.pregnant", "severity.ludwig", "health.androgen_excess_signs"} <= female - male
    assert female - male == {
        q.key for q in form_questions(KNOWN, short=False) if q.question.startswith("Women: ")
    }
    assert "severity.norwood_hamilton" in male - female
    assert "Women:" not in text_for("male")
    assert "Are you pregnant? [yes" in text_for("female")
    assert "Women: are you pregnant?" in text_for()


def test_the_short_file_asks_what_one_answer_cannot_stand_for_and_what_is_noticed():
    whole = {q.key for q in form_questions(KNOWN, short=False)}
    keys = {q.key for q in form_questions(KNOWN, short=True)}
    assert keys & whole >= SHORT
    assert "health.otherwise_healthy" in keys
    assert not {f"health.{name}" for name, _ in MARKED} & keys
    assert {"sex", "age_years", "jurisdiction", "health", "noticed"} <= keys
    assert {q for q in whole if q.startswith("noticed")} <= keys
    assert "wishes" not in keys
    assert "health.smoker" not in keys
    assert not any(key.startswith("product") for key in keys)
    assert len(text_for("male", short=True).splitlines()) <= 115


def test_a_block_that_is_uncommented_whole_reads_once_it_is_filled_in():
    text = filled(text_for("male"))
    start = text.index("# product:")
    block = text[start : text.index("\n\n", start)]
    document = strict_yaml.parse(text.replace(block, uncommented(block)))
    assert document["product"]["kind"] == "exosome"
    assert person_from(document, "me", "me", KNOWN).product.origin == "unknown"
    start = text.index("# history:")
    block = text[start : text.index("\n\n", start)]
    mine = uncommented(block).replace("treatment:", "treatment: dutasteride")
    mine = mine.replace("months_since_last_dose: unknown", "months_since_last_dose: 0")
    document = strict_yaml.parse(text.replace(block, mine))
    (used,) = person_from(document, "me", "me", KNOWN).history
    assert (used.treatment, used.months_since_last_dose) == ("dutasteride", 0)


def test_lines_are_short_enough_to_read():
    for line in text_for().splitlines():
        assert len(line) <= WIDTH + 8, line


# The command


def test_new_prints_or_writes_the_same_text(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["person", "new", "--sex", "male"]) == 0
    printed = capsys.readouterr().out
    assert printed == text_for("male")
    assert main(["person", "new", "me.yaml", "--sex", "male"]) == 0
    assert (tmp_path / "me.yaml").read_text() == printed
    assert capsys.readouterr().out == (
        "wrote me.yaml; fill it in, then: anagen person check me.yaml && anagen plan me.yaml\n"
    )


def test_new_never_writes_over_anything(tmp_path, capsys):
    path = tmp_path / "me.yaml"
    path.write_text("mine")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    for place in (path, tmp_path, tmp_path / "link.yaml"):
        assert main(["person", "new", str(place)]) == 2
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert "is not overwritten" in said.err
        assert said.out == ""
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["person"], "the following arguments are required: VERB"),
        (["person", "new", " "], "the name of the file is empty"),
        (["person", "new", "nowhere/me.yaml"], "me.yaml: cannot be written (No such file"),
        (["person", "new", "a\0b"], "cannot be written (the name cannot be used)"),
        (["person", "new", "--sex", "other"], "invalid choice: 'other'"),
        (["person", "check"], "the following arguments are required: FILE.yaml"),
        (["person", "check", ""], "the name of a person file is empty"),
        (["person", "check", "nobody.yaml"], "nobody.yaml: there is no such file"),
    ],
)
def test_a_wrong_argument_gives_one_sentence_and_two(
    arguments, says, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_each_verb_has_an_example(capsys):
    for verb in ("new", "check"):
        with pytest.raises(SystemExit):
            main(["person", verb, "--help"])
        assert f"example:\n  anagen person {verb} " in capsys.readouterr().out


def test_check_names_the_missing_answers_that_weigh_most_first(tmp_path, capsys):
    path = tmp_path / "me.yaml"
    path.write_text(filled(text_for("female")))
    assert main(["person", "check", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("me.yaml: reads; ")
    assert "could change a line of the answer" in lines[0]
    assert lines[1:3] == [
        "The answer could rule exosomes out:",
        "  health.pregnant: Are you pregnant?",
    ]
    headings = [line for line in lines[1:-1] if not line.startswith("  ")]
    assert headings == [said for said in COULD.values() if said in headings]
    assert len(headings) > 2
    assert "product." not in "".join(lines)
    assert lines[-1].startswith("When a clinic offers something: see clinic-questions.html")
    path.write_text(path.read_text() + "product: {kind: exosome}\n")
    assert main(["person", "check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "  product.origin: What are the exosomes made from?" in said
    assert "When a clinic offers" not in said


def test_each_missing_answer_is_named_once_with_the_worst_that_it_could_do():
    person = person_from({**FILLED, "age_years": 41, "health": {}}, "b", "me", KNOWN)
    candidacy = assess(person, KNOWN)
    missing = missing_answers(candidacy)
    keys = [entry.key for entry in missing]
    assert len(keys) == len(set(keys))
    assert {entry.question for entry in missing} >= set(candidacy.questions())
    asked = {
        key for finding in candidacy.findings() if finding.verdict == "ASK"
        for key in finding.missing
    }  # fmt: skip
    assert {entry.key for entry in missing if entry.could_become} == asked


def test_check_goes_on_after_a_file_that_does_not_read(tmp_path, capsys):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(filled(text_for("female")))
    bad.write_text("sex: robot\n")
    assert main(["person", "check", str(bad), str(good)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("anagen: bad.yaml: sex: 'robot' is not known")
    assert said.out.startswith("good.yaml: reads; ")


def test_the_documents_obey_their_records_and_schemas(tmp_path, capsys):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    bad.write_text("")
    assert main(["person", "new", str(good), "--short", "--sex", "female", "--json"]) == 0
    said = capsys.readouterr().out
    jsonschema.validate(json.loads(said), msgspec.json.schema(PersonForm))
    form = msgspec.json.decode(said, type=PersonForm)
    assert (form.file, form.is_short, form.sex) == ("good.yaml", True, "female")
    assert good.read_text() == form.text
    good.write_text(filled(form.text))
    assert main(["person", "check", str(good), str(bad), "--json"]) == 2
    said = capsys.readouterr()
    assert said.err == ""
    jsonschema.validate(json.loads(said.out), msgspec.json.schema(PersonCheck))
    check = msgspec.json.decode(said.out, type=PersonCheck)
    assert [entry.reads for entry in check.files] == [True, False]
    assert check.files[1].message.startswith("bad.yaml: is empty; start from")
    assert check.exit_status == 2
