"""Every command and program that a page on the evidence prints runs, and every column is told."""

import re
import shlex
from pathlib import Path

import pytest

from anagen.cli import main
from anagen.evidence.tables.columns import AUTHOR, LOG_RATIOS, ROLES, STUDY, USED

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    ROOT / "docs" / "how-to" / f"{name}.md"
    for name in (
        "add-a-study", "check-a-result", "pool-your-own-studies", "rate-certainty",
        "read-evidence",
    )
)  # fmt: skip
COLUMNS = ROOT / "docs" / "how-to" / "pool-your-own-studies.md"
TABLES = ROOT / "examples" / "tables"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)


def commands() -> list[tuple[str, str, int]]:
    """Return (page, command, exit status expected) of every command that a page prints."""
    found = []
    for page in [*PAGES, ROOT / "README.md"]:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                command, _, said = line.partition("#")
                if "anagen evidence" in command:
                    told = re.search(r"exit status (\d)", said)
                    found.append((page.name, command.strip(), int(told[1]) if told else 0))
    return found


@pytest.mark.parametrize(("page", "command", "status"), commands())
def test_a_printed_command_runs_and_ends_as_it_says(
    page, command, status, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(ROOT)
    words = shlex.split(command)
    given = [word if word != "out" else str(tmp_path / "out") for word in words[1:]]
    assert words[0].endswith("anagen"), page
    assert main(given) == status
    assert capsys.readouterr().out
    assert ("--out" in given) == (tmp_path / "out").is_dir()


def test_the_pages_print_commands_of_all_verbs():
    verbs = {command.split()[2] for _, command, _ in commands()}
    assert verbs == {
        "studies", "study", "pool", "network", "claims", "certainty", "check",
    }  # fmt: skip


def test_every_example_table_is_shown_by_a_command_and_told_in_the_list():
    shown = " ".join(command for _, command, _ in commands())
    listed = (TABLES / "README.md").read_text(encoding="utf-8")
    tables = sorted(path.name for path in TABLES.glob("*.csv"))
    assert len(tables) >= 6
    assert [name for name in tables if f"examples/tables/{name}" not in shown] == []
    assert [name for name in tables if f"({name})" not in listed] == []


@pytest.mark.parametrize("program", blocks(COLUMNS, "python"))
def test_a_printed_program_runs(program, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(program, "page", "exec"), {})  # noqa: S102  # what the page tells people to run
    assert capsys.readouterr().out


def rows() -> dict[str, list[str]]:
    """Return the cells of the table of columns by the column's name."""
    lines = COLUMNS.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {row[0].strip("`"): row for row in cells if len(row) == 4 and row[0].startswith("`")}


@pytest.mark.parametrize("role", ROLES)
def test_every_name_of_a_column_stands_in_its_row(role):
    told = set(re.findall(r"`([^`]+)`", rows()[role][3]))
    logs = {name for stem in LOG_RATIOS for name in (f"se{stem}", f"se_{stem}")}
    wanted = set(ROLES[role]) - {role} - (logs if role == "se" else set())
    assert wanted <= told
    assert told - {"se", "se_"} <= set(ROLES[role])


def test_every_layout_of_a_column_is_told():
    told = rows()
    for role in set(ROLES) - {"correlation"}:
        layouts = [name for name in ("effects", "contrasts", "arms") if role in USED[name]]
        assert told[role][2] == ", ".join(layouts), role


def test_every_name_of_the_study_column_is_told():
    told = set(re.findall(r"`([^`]+)`", rows()["study"][3]))
    assert {*STUDY, *AUTHOR, "id", "year"} - {"study"} == told
