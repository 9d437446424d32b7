"""A scenario run with one of the engines: the course of every measure in every arm."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.arm_engines import ENGINES
from anagen.follicle.arm_run import ArmRun, HairTable, Sinks, Tick
from anagen.follicle.layout import Layout
from anagen.follicle.scenario import WHOLE_SCALP, Engine, Scenario, is_by_chance, report_weeks
from anagen.follicle.scenario_assumed import assumed_of, assumptions
from anagen.follicle.scenario_events import events_of, given_words
from anagen.follicle.scenario_people import People
from anagen.follicle.simulation import ArmCourse, Simulation

__all__ = ["HairTable", "Sinks", "Tick", "run_scenario", "unheard"]


def unheard(share: float) -> None:
    """Tell nobody."""


def run_scenario(
    scenario: Scenario,
    model: Mapping[str, ModelParameter],
    engine: Engine,
    seed: int,
    labels: Mapping[str, str],
    intended_use: str,
    *,
    sinks: Sinks | None = None,
    tick: Tick = unheard,
) -> Simulation:
    """Run a scenario and return the course of every measure.

    Parameters
    ----------
    engine:
        The mean field gives the expectation with intervals; counts those of the follicles in the
        area, replicated for as many people; follicles the life of each in the area of one person.
    seed:
        The same seed gives the same draws and follicles in every arm.
    labels:
        Names of treatments in words.
    sinks:
        Where the engine of follicles sends fields and hairs.
    tick:
        Told how far the work is.

    Raises
    ------
    InputError
        If single follicles are wanted of a whole scalp.
    """
    if engine == "follicles" and scenario.region == WHOLE_SCALP:
        raise InputError(
            "region: single follicles stand in one region, not on the whole scalp; say which, or "
            "take --engine counts"
        )
    layout = Layout.from_facts(model, scenario.memory)
    count = scenario.people if engine == "mean_field" else 0
    people = People.of(scenario, model, layout, seed, count)
    follicles = None
    if engine != "mean_field":
        follicles = max(1, round(float(people.parameters.F0[0]) * scenario.area_cm2))
        density = np.array([follicles / scenario.area_cm2])
        people = replace(people, parameters=replace(people.parameters, F0=density))
    draws = None if engine == "mean_field" else people.areata
    plain = [
        ArmRun(scenario, arm, model, layout, people, seed, None, unheard) for arm in scenario.arms
    ]
    jumps = {w for run in plain for one in run.populations() for w in one.drive.events}
    arms = []
    for k, arm in enumerate(scenario.arms):

        def told(share: float, done: int = k) -> None:
            tick((done + share) / len(scenario.arms))

        run = ArmRun(scenario, arm, model, layout, people, seed, sinks, told, tuple(sorted(jumps)))
        arms.append(
            ArmCourse(
                name=arm.name,
                given=given_words(scenario, arm, model, labels, draws),
                events=events_of(scenario, arm, model, labels, draws),
                measures=ENGINES[engine](run),
                assumed=assumed_of(scenario, arm, model),
            )
        )
    return Simulation(
        schema="anagen/simulation/1",
        engine=engine,
        seed=seed,
        people=1 if engine == "follicles" else scenario.people,
        scenario=scenario,
        weeks=list(report_weeks(scenario)),
        arms=arms,
        intended_use=intended_use,
        follicles=follicles,
        is_mean_of_persons=engine == "mean_field" and is_by_chance(scenario),
        assumptions=assumptions([arm.assumed for arm in arms], model),
    )
