"""`anagen simulate`: follow a scenario with one of the engines and write what it found."""

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from anagen import INTENDED_USE
from anagen import facts as package_facts
from anagen.cli import output
from anagen.errors import InputError
from anagen.facts import Facts
from anagen.follicle import Scenario, Simulation, Sinks, read_scenario, run_scenario, scenario_from
from anagen.follicle.simulate import Tick, unheard

PAGE = "report.html"
TABLES = ("follicles.parquet", "hairs.parquet")
OTHERS = ("course.csv", "course.parquet", *TABLES)
"""Files of an earlier call that must not stay beside a new course."""
BAR_AFTER_S = 2.0


def run(arguments: argparse.Namespace) -> int:
    """Follow one scenario; return the exit status."""
    if not arguments.scenario.strip():
        raise InputError("the name of the scenario is empty; give the path of a YAML file")
    if not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    facts = package_facts.load()
    path, out = Path(arguments.scenario), Path(arguments.out)
    scenario = _asked_for(read_scenario(path, facts), arguments, facts)
    output.check_folder(out)
    # what would be refused in the end is refused before a run that may take minutes
    output.refuse_strangers(out, _names(arguments), [path])
    with output.workshop(out) as place:
        simulation = _simulated(scenario, arguments, facts, place)
        files = _files(simulation, arguments.format, place)
        output.put(out, files, spare=[path], stale=OTHERS)
    if arguments.json:
        output.say_json(simulation)
        return 0
    from anagen.report.simulation_text import terminal_text

    output.say(terminal_text(simulation))
    output.say(f"page: {out / PAGE}\nbeside it: {', '.join(n for n in files if n != PAGE)}\n")
    return 0


def _names(arguments: argparse.Namespace) -> list[str]:
    """Return the names of the files that a call writes."""
    tables = TABLES if arguments.engine == "follicles" else ()
    return [PAGE, "course.json", "chart.svg", f"course.{arguments.format}", *tables]


def _asked_for(scenario: Scenario, arguments: argparse.Namespace, facts: Facts) -> Scenario:
    """Return the scenario with what the call says in its place."""
    changed = {
        key: getattr(arguments, key)
        for key in ("people", "years")
        if getattr(arguments, key) is not None
    }
    if not changed:
        return scenario
    asked = msgspec.structs.replace(scenario, **changed)
    return scenario_from(msgspec.to_builtins(asked), "--people or --years", facts)


def _simulated(
    scenario: Scenario, arguments: argparse.Namespace, facts: Facts, place: Path
) -> Simulation:
    labels = {name: term.label for name, term in facts.vocabulary.treatments.items()}
    with contextlib.ExitStack() as stack:
        sinks = None
        if arguments.engine == "follicles":
            from anagen.report.parquet_tables import FollicleFiles

            files = stack.enter_context(FollicleFiles(*(place / name for name in TABLES)))
            sinks = Sinks(files.tell_field, files.tell_hairs)
        tick = stack.enter_context(_progress())
        return run_scenario(
            scenario, facts.model, arguments.engine, arguments.seed, labels, INTENDED_USE,
            sinks=sinks, tick=tick,
        )  # fmt: skip


@contextlib.contextmanager
def _progress() -> Iterator[Tick]:
    """Yield what is told how far the work is; a terminal that waits gets a bar."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield unheard
        return
    from rich.console import Console
    from rich.progress import Progress

    begun = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulating", total=1.0, visible=False)

        def tick(share: float) -> None:
            is_long = time.monotonic() - begun > BAR_AFTER_S
            bar.update(task, completed=share, visible=is_long)

        yield tick


def _files(simulation: Simulation, form: str, place: Path) -> dict[str, bytes | Path]:
    """Return every file by its name: its content, or where it has grown."""
    from anagen.report import course_table
    from anagen.report.simulation_figure import simulation_figure
    from anagen.report.simulation_text import simulation_page

    figure = simulation_figure(simulation)
    files: dict[str, bytes | Path] = {
        "course.json": output.as_json(simulation),
        "chart.svg": figure.encode(),
    }
    if form == "parquet":
        from anagen.report.parquet_tables import write_courses

        write_courses(simulation, place / "course.parquet")
        files["course.parquet"] = place / "course.parquet"
    else:
        files["course.csv"] = course_table.as_csv(simulation)
    grown = [name for name in TABLES if (place / name).exists()]
    files |= {name: place / name for name in grown}
    files[PAGE] = simulation_page(simulation, figure, [*files]).encode()
    return files
