"""Every command and program that a page on the evidence prints runs, and every column is told."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from anagen import facts as package_facts
from anagen.cli import main
from anagen.evidence.dependent import DependentSettings, multivariate_table
from anagen.evidence.effect_table import measures
from anagen.evidence.known_covariance import Covariance
from anagen.evidence.tables.columns import AUTHOR, LOG_RATIOS, ROLES, STUDY, USED

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    ROOT / "docs" / "how-to" / f"{name}.md"
    for name in (
        "add-a-study", "check-a-result", "compute-effect-sizes", "follow-time-and-dose",
        "pool-dependent-effects", "pool-your-own-studies", "rate-certainty", "read-evidence",
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
        "studies", "study", "effects", "pool", "multivariate", "network", "course", "dose",
        "draft", "claims", "certainty", "check",
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


EFFECTS = ROOT / "docs" / "how-to" / "compute-effect-sizes.md"


@pytest.mark.parametrize("measure", measures().measures, ids=lambda measure: measure.name)
def test_every_measure_stands_on_its_page_as_the_list_tells_it(measure):
    columns = ", ".join(f"`{name}`" for name in measure.inputs)
    row = f"| `{measure.name}` | {measure.words} | {columns} | {measure.scale} |"
    assert EFFECTS.read_text(encoding="utf-8").splitlines().count(row) == 1


def test_the_page_of_measures_holds_no_other_and_counts_them():
    text = EFFECTS.read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \|", text, re.M)
    assert sorted(told) == sorted(measure.name for measure in measures().measures)
    assert f"## All {len(told)} measures" in text


DEPENDENT = ROOT / "docs" / "how-to" / "pool-dependent-effects.md"


def fitted(table, **settings):
    covariance = Covariance(**{k: settings.pop(k) for k in list(settings) if "within" in k})
    return multivariate_table(TABLES / table, DependentSettings(covariance=covariance, **settings))


def test_the_numbers_of_the_worked_example_are_those_of_the_model():
    text = DEPENDENT.read_text(encoding="utf-8")
    three = fitted("visit_effects.csv", inner="week", within_r=0.6, robust="CR2")
    mean, robust, new = three.coefficients[0], three.robust.coefficients[0], three.predictions[0]
    between, within = (component.variances["all"] for component in three.components)
    for said in (
        f"+{mean.estimate:.1f} hairs/cm² (95 % interval {mean.low:.1f} to {mean.high:.1f})",
        f"{between:.2f} between studies and {within:.2f} between visits",
        f"may well lie from {new.study_low:.1f} to {new.study_high:.1f}",
        f"({robust.se:.2f} and {mean.se:.2f})",
        f"{robust.low:.1f} to {robust.high:.1f}, by *t* with {robust.df:.1f} degrees",
    ):
        assert said in text


def test_the_numbers_by_week_and_by_clinic_are_those_of_the_model():
    text = DEPENDENT.read_text(encoding="utf-8")
    weeks = fitted(
        "visit_effects.csv", inner="week", structure="CAR", by="week", within_ar=0.97, time="week"
    )  # fmt: skip
    a, b, c = (f"+{x.estimate:.1f}" for x in weeks.coefficients)
    assert f"{a}, {b} and {c}" in text
    assert f"true effects by {weeks.components[0].correlations['all']:.3f} for each week" in text
    assert all(x.low < 0 < x.high for x in weeks.contrasts)
    clinics = fitted(
        "visit_effects.csv", outer="centre", inner="study", within_r=0.6, robust="CR2"
    )  # fmt: skip
    assert f"has {clinics.robust.coefficients[0].df:.1f} degrees of freedom" in text
    assert clinics.components[1].at_bound
    both = fitted(
        "outcome_effects.csv", inner="outcome", structure="UN", by="outcome", within_r=0.5
    )
    (r,) = both.components[0].correlations.values()
    assert f"(here by {r:.1f})" in text


def pictures():
    path = ROOT / "scripts" / "evidence_pictures.py"
    spec = importlib.util.spec_from_file_location("evidence_pictures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pictures_are_what_the_commands_draw_now():
    assert pictures().stale() == []


def test_a_picture_of_other_studies_or_other_numbers_is_stale():
    made = pictures()
    kept = (made.PICTURES / "forest-lllt.svg").read_text("utf-8")
    assert made.is_same(kept, kept)
    assert not made.is_same(kept, kept.replace("lanzafame2013_m", "lanzafame_m"))
    assert not made.is_same(kept, kept.replace("20.6 (11.9", "20.7 (11.9"))


def test_every_picture_is_shown_with_its_command_and_holds_studies_of_the_facts():
    made = pictures()
    text = (ROOT / "docs" / "how-to" / "read-evidence.md").read_text("utf-8")
    for name, (command, _) in made.COMMANDS.items():
        assert f"](../pictures/{name}.svg)\n\n*`anagen evidence {command}`." in text
    studies = package_facts.load().studies
    for name, wanted in {"forest-lllt": 4, "dose-dutasteride": 2}.items():
        svg = (made.PICTURES / f"{name}.svg").read_text("utf-8")
        named = set(re.findall(r"[a-z]+(?:19|20)\d\d\w*", svg))
        assert len(named) == wanted
        assert named <= set(studies)
