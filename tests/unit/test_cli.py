"""The command line: exit status, one sentence for bad input, JSON that obeys its schema."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from anagen.cli import main, output
from anagen.cli.main import _parser
from anagen.errors import InputError

ROOT = Path(__file__).parents[2]
FIRST = str(ROOT / "examples" / "01_man_nh3_vertex.yaml")
MINOR = str(ROOT / "examples" / "08_sixteen_year_old.yaml")
BROKEN = sorted((ROOT / "tests" / "broken_people").glob("*.yaml"))
DAY = ("--today", "2026-11-20")


def schema(name):
    return json.loads((ROOT / "docs/contracts" / f"{name}.schema.json").read_text("utf-8"))


def test_a_plan_writes_a_page_and_a_document(tmp_path, capsys):
    assert main(["plan", FIRST, "--out", str(tmp_path), *DAY]) == 0
    written = ["clinic-questions.html", "plan.html", "plan.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == written
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
    for file in ("plan.html", "plan.json", "clinic-questions.html"):
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
        (["plan", FIRST, "--out", ""], "--out is empty; give a folder"),
        (["plan", " "], "the name of a person file is empty"),
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
        for name, child in children(action).items():
            yield from commands(child, (*words, name))


def children(action):
    """Return the commands below an action; the words of an option are none."""
    return action.choices if isinstance(action, argparse._SubParsersAction) else {}


@pytest.mark.parametrize(("words", "parser"), list(commands()), ids=lambda v: "-".join(v) if
                         isinstance(v, tuple) else "")  # fmt: skip
def test_every_command_has_help_with_an_example(words, parser):
    assert "example:\n" in parser.format_help()


def test_every_command_stands_in_the_readme():
    text = (ROOT / "README.md").read_text("utf-8")
    for words, parser in commands():
        leaf = not any(children(action) for action in parser._actions)
        if leaf:
            assert f"`anagen {' '.join(words)}" in text, words


ANAGEN = str(Path(sys.executable).with_name("anagen"))


def run_process(*arguments, **environment):
    return subprocess.run(
        [ANAGEN, *arguments], capture_output=True, check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


def shell(command):
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, timeout=60
    )


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
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "COLUMNS": "0"}
    done = run_process("plan", FIRST, "--out", str(tmp_path), *DAY, **ascii_only)
    assert done.returncode == 0, done.stderr
    assert b"report:" in done.stdout


def test_json_is_utf_8_whatever_the_terminal_speaks(tmp_path):
    said = {
        run_process("facts", "show", "finasteride_oral", "--json", PYTHONIOENCODING=name).stdout
        for name in ("utf-8", "ascii", "utf-16")
    }
    assert len(said) == 1
    json.loads(said.pop().decode("utf-8"))


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("{a} facts sources | head -1", 0),
        ("{a} facts list | true", 0),
        ("{a} facts list >&-", 2),
        ("{a} facts list --json >/dev/full", 2),
        ("{a} facts show nonsense 2>/dev/full", 2),
    ],
)
def test_a_stream_that_cannot_be_written_gives_no_traceback(command, status):
    done = shell(command.format(a=ANAGEN))
    assert b"Traceback" not in done.stderr
    assert done.returncode == status


def test_a_plan_whose_reader_leaves_is_not_a_stop(tmp_path):
    done = shell(f"{ANAGEN} plan {FIRST} --out {tmp_path} | true")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_file_name_that_is_not_text_is_shown_as_far_as_it_can_be(tmp_path):
    name = os.fsencode(tmp_path) + b"/bad\xff\x1b[31m.yaml"
    with open(name, "wb") as stream:  # noqa: PTH123 - a name that Path cannot hold
        stream.write(b"a: 1")
    done = subprocess.run([ANAGEN, "plan", name, "--json"], capture_output=True, check=False,
                          cwd=tmp_path)  # fmt: skip
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stderr + done.stdout
    assert json.loads(done.stdout)["exit_status"] == 2


def test_all_files_are_written_or_none(tmp_path, capsys):
    main(["plan", FIRST, "--out", str(tmp_path), "--seed", "1", *DAY])
    before = (tmp_path / "plan.json").read_bytes()
    (tmp_path / "plan.html").unlink()
    (tmp_path / "plan.html").mkdir()
    assert main(["plan", FIRST, "--out", str(tmp_path), "--seed", "2", *DAY]) == 2
    assert (tmp_path / "plan.json").read_bytes() == before
    written = ["clinic-questions.html", "plan.html", "plan.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == written


def test_an_interrupted_writing_leaves_what_was_there(tmp_path, monkeypatch):
    output.put(tmp_path, {"a": b"anagen 1", "b": b"anagen 1"})
    real, calls = Path.replace, []

    def interrupted(self, target):
        calls.append(target)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.put(tmp_path, {"a": b"anagen 2", "b": b"anagen 2"})
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left == {"a": b"anagen 1", "b": b"anagen 1"}


@pytest.mark.parametrize("failing_call", [1, 2])
def test_a_writing_that_fails_leaves_a_new_folder_empty(failing_call, tmp_path, monkeypatch):
    real, calls = Path.replace, []

    def refused(self, target):
        calls.append(target)
        if len(calls) == failing_call:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(InputError, match="cannot be written"):
        output.put(tmp_path, {"a": b"2", "b": b"2"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("people", [[FIRST], [FIRST, MINOR]])
def test_an_output_folder_that_is_a_link_is_refused(people, tmp_path, capsys):
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "victim")
    assert main(["plan", *people, "--out", str(tmp_path / "out"), *DAY]) == 2
    assert "is a link" in capsys.readouterr().err
    assert list((tmp_path / "victim").iterdir()) == []


def test_nothing_is_written_through_a_link(tmp_path, capsys):
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "01_man_nh3_vertex").symlink_to(tmp_path / "victim")
    assert main(["plan", FIRST, MINOR, "--out", str(tmp_path / "out"), *DAY]) == 2
    assert list((tmp_path / "victim").iterdir()) == []
    assert "is a link" in capsys.readouterr().err
    plans = json.loads((tmp_path / "out" / "plans.json").read_text("utf-8"))
    assert [p["person"]["label"] for p in plans["plans"]] == ["08_sixteen_year_old"]


def test_a_label_cannot_end_in_a_line_break(tmp_path, capsys):
    path = tmp_path / "me.yaml"
    path.write_text('label: "evil\\n"\n' + Path(FIRST).read_text("utf-8"), "utf-8")
    assert main(["plan", str(path), "--out", str(tmp_path / "out"), *DAY]) == 2
    assert "label" in capsys.readouterr().err


@pytest.mark.parametrize("density", ["5e-324", "1e-308", "0.5"])
def test_a_density_that_cannot_be_is_refused(density, tmp_path, capsys):
    path = tmp_path / "me.yaml"
    text = Path(FIRST).read_text("utf-8")
    assert "density_per_cm2: 152" in text
    path.write_text(text.replace("density_per_cm2: 152", f"density_per_cm2: {density}"), "utf-8")
    assert main(["plan", str(path), "--out", str(tmp_path / "out"), *DAY]) == 2
    assert "measured.density_per_cm2" in capsys.readouterr().err


def test_a_person_file_is_never_written_over(tmp_path, capsys):
    document = {"sex": "male", "age_years": 34, "jurisdiction": "US", "health": {}}
    person = tmp_path / "plan.json"
    person.write_text(json.dumps(document))
    assert main(["plan", str(person), "--out", str(tmp_path)]) == 2
    assert "is one of the files that were read" in capsys.readouterr().err
    assert json.loads(person.read_text()) == document
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_of_another_hand_is_never_written_over(tmp_path, capsys):
    mine = tmp_path / "letter.html"
    mine.write_text("a letter to my aunt")
    assert main(["plan", str(FIRST), "--clinician", "--out", str(tmp_path)]) == 2
    assert "a file of another hand stands in its place" in capsys.readouterr().err
    assert mine.read_text() == "a letter to my aunt"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.html"]


def test_papers_of_an_earlier_person_do_not_stay_beside_a_new_plan(tmp_path, capsys):
    folder = str(tmp_path)
    assert main(["plan", str(FIRST), "--clinician", "--session-sheet", "--out", folder]) == 0
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["plan", str(FIRST), "--out", folder]) == 0
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"plan.html", "plan.json", "clinic-questions.html", "notes.txt"}
    capsys.readouterr()


def test_a_reader_who_leaves_does_not_change_the_exit_status(tmp_path):
    stopped = next((ROOT / "examples").glob("08_*.yaml"))
    done = subprocess.run(
        ["bash", "-c", f"anagen_plan() {{ {sys.executable} -c 'import sys; from anagen.cli.main "
         f"import main; sys.exit(main())' plan {stopped} --out {tmp_path}; }}; "
         "anagen_plan | true; exit ${PIPESTATUS[0]}"],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
