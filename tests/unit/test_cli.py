"""The command line: exit status, one sentence for bad input, JSON that obeys its schema."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from anagen.cli import main
from anagen.cli.main import _parser

ROOT = Path(__file__).parents[2]
FIRST = str(ROOT / "examples" / "01_man_nh3_vertex.yaml")
MINOR = str(ROOT / "examples" / "08_sixteen_year_old.yaml")
BROKEN = sorted((ROOT / "tests" / "broken_people").glob("*.yaml"))
DAY = ("--today", "2026-11-20")


def schema(name):
    return json.loads((ROOT / "docs/contracts" / f"{name}.schema.json").read_text("utf-8"))


def test_a_plan_writes_a_page_and_a_document(tmp_path, capsys):
    assert main(["plan", FIRST, "--out", str(tmp_path), *DAY]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.html", "plan.json"]
    jsonschema.validate(json.loads((tmp_path / "plan.json").read_text("utf-8")), schema("plan"))
    said = capsys.readouterr()
    assert "report:" in said.out
    assert said.err == ""


def test_several_persons_get_a_folder_each_and_one_summary(tmp_path, capsys):
    assert main(["plan", FIRST, MINOR, "--out", str(tmp_path), *DAY]) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "01_man_nh3_vertex", "08_sixteen_year_old", "index.html", "plans.json",
    ]  # fmt: skip
    plans = json.loads((tmp_path / "plans.json").read_text("utf-8"))
    jsonschema.validate(plans, schema("plans"))
    assert plans["exit_status"] == 1
    assert "08_sixteen_year_old" in capsys.readouterr().out


def test_the_exit_status_is_the_worst_of_the_persons(tmp_path, capsys):
    bad = str(ROOT / "tests/broken_people/age_abc.yaml")
    assert main(["plan", FIRST, bad, MINOR, "--out", str(tmp_path), *DAY]) == 2
    assert capsys.readouterr().err.startswith("anagen: age_abc.yaml: age_years")
    assert (tmp_path / "01_man_nh3_vertex" / "plan.html").exists()


def test_json_is_one_document_on_standard_output(tmp_path, capsys):
    assert main(["plan", FIRST, "--out", str(tmp_path), "--json", *DAY]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema("plans"))


def test_equal_seeds_give_equal_files(tmp_path):
    for name in ("a", "b"):
        main(["plan", FIRST, "--out", str(tmp_path / name), "--seed", "7", "--json", *DAY])
    for file in ("plan.html", "plan.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_folder_of_the_program_does_not_show_in_a_plan(tmp_path):
    main(["plan", FIRST, "--out", str(tmp_path), "--json", *DAY])
    for file in tmp_path.iterdir():
        text = file.read_text("utf-8")
        assert str(ROOT) not in text
        assert str(tmp_path) not in text


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_a_broken_person_gives_one_sentence_and_two(path, tmp_path, capsys):
    assert main(["plan", str(path), "--out", str(tmp_path / "out"), *DAY]) == 2
    said = capsys.readouterr()
    assert said.out.strip() == ""
    assert said.err.startswith(f"anagen: {path.name}: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert not (tmp_path / "out").exists()


def test_there_are_at_least_thirty_broken_people():
    assert len(BROKEN) >= 30


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plan"], "the following arguments are required: PERSON.yaml"),
        (["plan", "nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["plan", FIRST, "--seed", "-1"], "is not a whole number from 0"),
        (["plan", FIRST, "--seed", "1.5"], "is not a whole number from 0"),
        (["plan", FIRST, "--today", "yesterday"], "write it as 2026-11-20"),
        (["plan", FIRST, "--out", FIRST], "is a file; give a folder"),
        (["plan", FIRST, "--colour"], "unrecognized arguments: --colour"),
        (["facts"], "the following arguments are required: VERB"),
        (["facts", "show", "finasterid"], "did you mean"),
        (["facts", "list", "pills"], "there is no topic 'pills'"),
        (["facts", "sources", "--grade", "gossip"], "'gossip' is not a grade"),
        (["dance"], "invalid choice: 'dance'"),
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


def test_the_same_label_twice_is_refused_and_nothing_is_overwritten(tmp_path, capsys):
    assert main(["plan", FIRST, FIRST, "--out", str(tmp_path), *DAY]) == 2
    assert "belongs to another file of this call" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_gives_one_sentence(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main(["plan", FIRST, "--out", str(blocked / "deeper"), *DAY]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["facts", "list"], "facts-list"),
        (["facts", "list", "claims"], "facts-list"),
        (["facts", "show", "finasteride_oral"], "fact"),
        (["facts", "check"], "facts-check"),
        (["facts", "sources"], "facts-sources"),
    ],
)
def test_each_verb_of_facts_prints_words_and_json(arguments, name, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip()
    assert main([*arguments, "--json"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema(name))


def commands(parser=None, words=()):
    parser = parser or _parser()
    yield words, parser
    for action in parser._actions:
        for name, child in (getattr(action, "choices", None) or {}).items():
            if hasattr(child, "_actions"):
                yield from commands(child, (*words, name))


@pytest.mark.parametrize(("words", "parser"), list(commands()), ids=lambda v: "-".join(v) if
                         isinstance(v, tuple) else "")  # fmt: skip
def test_every_command_has_help_with_an_example(words, parser):
    assert "example:\n" in parser.format_help()


def test_every_command_stands_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    for words, parser in commands():
        leaf = not any(hasattr(c, "_actions") for a in parser._actions
                       for c in (getattr(a, "choices", None) or {}).values())  # fmt: skip
        if leaf:
            assert f"`anagen {' '.join(words)}" in text, words


def run_process(*arguments, **environment):
    return subprocess.run(
        [str(Path(sys.executable).with_name("anagen")), *arguments],
        capture_output=True, check=False, env={**os.environ, **environment}, timeout=60,
    )  # fmt: skip


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from anagen.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'scipy', 'msgspec', 'yaml', 'pint', 'jinja2', 'rich'}\n"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_terminal_that_knows_ascii_only_is_no_reason_to_fail(tmp_path):
    done = run_process("plan", FIRST, "--out", str(tmp_path), *DAY, PYTHONIOENCODING="ascii",
                       LC_ALL="C")  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_reader_who_leaves_early_gets_no_traceback(tmp_path):
    command = f"{Path(sys.executable).with_name('anagen')} facts sources | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, check=False)  # noqa: S602
    assert b"Traceback" not in done.stderr
