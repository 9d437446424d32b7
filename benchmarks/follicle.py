"""The speed of the follicle engines against their targets, their peers and the machine.

`python -m benchmarks.follicle` prints one table; `--write` also puts it into docs/benchmarks.md.
Each job runs in a fresh process with as many threads as the table says.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chain import MOST_SE, Chain, average_man, farthest_in_se, untreated_chain
from benchmarks.fresh import ROOT, said
from benchmarks.machine import copied_bytes_per_s, description, numbers_per_s
from benchmarks.memory import peak_above_bytes
from benchmarks.peers import prototype_alias
from benchmarks.table import Row, as_markdown, as_text, write_into

Counts = NDArray[np.int64]

# --- adapters: what is timed of anagen


def counts_job(chain: Chain, follicles: int, weeks: int) -> Callable[[int], Counts]:
    """Return what is timed of the counts engine: seed -> counts, (weeks + 1) x states.

    Whatever is done once for a chain belongs here, before the return; the function that comes back
    must draw the start by `chain.start` and count every week.
    """
    from anagen.follicle import Transitions, count_follicles

    steps = Transitions(chain.weekly[None], np.zeros(weeks, dtype=np.int64))
    return lambda seed: count_follicles(steps, chain.start, follicles, seed)[0]


def follicles_job(chain: Chain, follicles: int, weeks: int) -> Callable[[int], Counts]:
    """Return what is timed of the engine of single follicles, counted by phase and size."""
    from anagen.follicle import live

    layout, parameters, untreated = average_man()

    def run(seed: int) -> Counts:
        return live(
            *(layout, parameters, chain.start, lambda *_: untreated, float(weeks)),
            follicles=follicles,
            seed=seed,
        ).counts

    return run


def summaries_job(follicles: int, years: int) -> Callable[[], object]:
    """Return the run of a scalp for its weekly summaries, whose memory and time are measured."""
    from anagen.follicle import WEEKS_PER_YEAR, live, observe

    layout, parameters, untreated = average_man()
    start = untreated_chain().start

    def run() -> object:
        course = live(
            *(layout, parameters, start, lambda *_: untreated, years * WEEKS_PER_YEAR),
            follicles=follicles,
            seed=1,
        )
        return observe(layout, parameters, course.side_by_side())

    return run


# --- sizes and aims

PAGE = ROOT / "docs" / "benchmarks.md"
PEERS_PYTHON = ROOT / ".bench" / "bin" / "python"
PEERS_DONE = ROOT / ".bench" / "done"

RUNS = 7
FOLLICLES, WEEKS, YEAR_WEEKS = 100_000, 522, 52
"""A scalp for ten years, and for one where ten take too long."""
DRAWS, MONTHS_IN_WEEKS = 1_000, 104
OPTIONS: tuple[tuple[str, ...], ...] = (
    (),
    ("finasteride_oral",),
    ("dutasteride",),
    ("minoxidil_topical",),
    ("minoxidil_oral",),
    ("finasteride_oral", "minoxidil_topical"),
    ("exosome",),
    ("exosome", "finasteride_oral"),
    ("prp",),
    ("microneedling",),
    ("microneedling", "minoxidil_topical"),
    ("lllt",),
)
MEAN_FIELD_S, COUNTS_MS, FOLLICLE_WEEKS_M_PER_S, SCALP_MB = 1.0, 30.0, 300.0, 50.0
FLAT_MB, LINEAR = 0.1 * SCALP_MB, 1.1
"""What still counts as flat in years, and as linear in follicles."""
RATE = "M follicle-weeks/s"
PEERS = (
    # shown, module, way, package, weeks, times faster to reach
    ("Starsim, cumulative rows", "starsim_follicles", "rows", "starsim", WEEKS, 30),
    ("Starsim, alias tables", "starsim_follicles", "alias", "starsim", WEEKS, 30),
    ("Mesa, cumulative rows", "mesa_follicles", "rows", "mesa", YEAR_WEEKS, 300),
    ("Mesa, chance to stay first", "mesa_follicles", "stay", "mesa", YEAR_WEEKS, 300),
)
PEER_SEEDS = (1, 2, 3)
HALF, DOUBLE = FOLLICLES // 2, 2 * FOLLICLES
SCALPS = ((FOLLICLES, 1), (FOLLICLES, 10), (FOLLICLES, 40), (HALF, 10), (DOUBLE, 10))
SCALP_RUNS = 3

# --- jobs, each in a process its own


def mean_field_seconds() -> dict[str, list[float]]:
    """Time twelve options from given baselines, and the run-in to these apart."""
    from anagen import facts
    from anagen.follicle import Layout, Regimen, follow_regimens, pattern_cohort

    model = facts.load().model
    layout = Layout.from_facts(model)
    single = np.arange(DRAWS, 2 * DRAWS)
    wanted = {Regimen(option): single for option in OPTIONS}
    weeks = np.arange(0.0, MONTHS_IN_WEEKS + 1, 4.0).tolist()

    def run_in(seed: int) -> object:
        return pattern_cohort(model, layout, np.random.default_rng(seed), DRAWS, None)

    cohort = pattern_cohort(model, layout, np.random.default_rng(1), DRAWS, None)
    return {
        "run-in": seconds_of(run_in),
        "courses": seconds_of(lambda _: follow_regimens(model, layout, cohort, wanted, weeks)),
    }


def seconds_of(job: Callable[[int], object]) -> list[float]:
    """Return the seconds of several runs after one that does not count."""
    job(0)
    took = []
    for seed in range(1, RUNS + 1):
        began = time.perf_counter()
        job(seed)
        took.append(time.perf_counter() - began)
    return took


def stochastic_seconds(
    prepared: Callable[[Chain, int, int], Callable[[int], Counts]],
) -> dict[str, list[float]]:
    """Time an engine on the chain of the race, and say how far its counts lie from the mean."""
    chain = untreated_chain()
    job = prepared(chain, FOLLICLES, WEEKS)
    return {"seconds": seconds_of(job), "se": [farthest_in_se(chain, job(1))]}


def prototype_seconds() -> dict[str, list[float]]:
    """Time alias tables in NumPy."""
    chain = untreated_chain()

    def once(seed: int) -> tuple[float, Counts]:
        return prototype_alias.run(chain.weekly, chain.start, FOLLICLES, WEEKS, seed)

    runs = [once(seed) for seed in range(RUNS + 1)][1:]
    return {
        "seconds": [took for took, _ in runs],
        "se": [max(farthest_in_se(chain, counts) for _, counts in runs)],
    }


def scalp_cost(follicles: int, years: int) -> dict[str, list[float]]:
    """Measure memory and time of one scalp; a small one before it compiles and allocates."""
    summaries_job(FOLLICLES // 100, 1)()
    job = summaries_job(follicles, years)
    began = time.perf_counter()
    peak = peak_above_bytes(job)
    return {"bytes": [peak], "seconds": [time.perf_counter() - began]}


def limits() -> dict[str, list[float]]:
    """Measure the machine."""
    return {**numbers_per_s(RUNS), "copy": copied_bytes_per_s(RUNS)}


JOBS: dict[str, Callable[..., dict[str, list[float]]]] = {
    "mean_field": mean_field_seconds,
    "counts": lambda: stochastic_seconds(counts_job),
    "follicles": lambda: stochastic_seconds(follicles_job),
    "prototype": prototype_seconds,
    "scalp": scalp_cost,
    "limits": limits,
}


def measured(name: str, *arguments: int, threads: int = 1) -> dict[str, list[float]]:
    """Run a job in a fresh process and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.follicle", "--job", name, *map(str, arguments)]
    found = json.loads(said(command, threads))
    if "se" in found:
        check_law(name, max(found["se"]))
    return {key: list(values) for key, values in found.items()}


def check_law(name: str, farthest_se: float) -> None:
    """Stop the race if somebody runs another chain."""
    if farthest_se > MOST_SE:
        sys.exit(f"{name} lies {farthest_se:.1f} SE from the mean field: not the same chain")


# --- tables


def mean_field_rows() -> list[Row]:
    found = measured("mean_field")
    job = f"mean field, 24 months, {len(OPTIONS)} options × {DRAWS:,} draws, 1 core"
    return [
        Row(job, "s", tuple(found["courses"]), MEAN_FIELD_S),
        Row(f"its run-in to {DRAWS:,} baselines", "s", tuple(found["run-in"])),
    ]


def rates(seconds: list[float], weeks: int = WEEKS) -> tuple[float, ...]:
    """Return million follicle-weeks per second."""
    return tuple(FOLLICLES * weeks / took / 1e6 for took in seconds)


def counts_rows() -> tuple[Row, Row]:
    """Return the time of the counts against its target, and as a rate to race the peers with."""
    seconds = measured("counts")["seconds"]
    job, took = f"counts, {FOLLICLES:,} follicles, {WEEKS} weeks", tuple(1e3 * s for s in seconds)
    return Row(job, "ms", took, COUNTS_MS), Row(job, RATE, rates(seconds))


def follicles_row(machine: Mapping[str, list[float]]) -> Row:
    found = measured("follicles")
    job = f"follicles, {FOLLICLES:,} for {WEEKS} weeks, 1 core"
    rate = rates(found["seconds"])
    row = Row(job, RATE, rate, FOLLICLE_WEEKS_M_PER_S, at_most=False)
    fastest = max((name for name in machine if name != "copy"), key=lambda name: max(machine[name]))
    share = row.median * 1e6 / max(machine[fastest])
    note = f"{share:.0%} of the rate of {fastest.partition(',')[0]}"
    return Row(job, RATE, rate, FOLLICLE_WEEKS_M_PER_S, at_most=False, note=note)


def peer_rows(ours: Row, counted: Row) -> list[Row]:
    """Return the rates of the peers and by how much they are beaten."""
    found = measured("prototype")
    rows = [Row("NumPy, alias tables (the prototype's way)", RATE, rates(found["seconds"]))]
    if not PEERS_DONE.exists():
        print("peers not installed: make bench-peers", file=sys.stderr)
        return rows
    for shown, peer, way, package, weeks, times in PEERS:
        seconds, version = raced({"peer": peer, "way": way, "package": package}, weeks)
        name = shown.replace(",", f" {version},", 1)
        theirs = Row(f"{name}: {FOLLICLES:,} for {weeks} weeks", RATE, rates(seconds, weeks))
        rows += [theirs, times_faster(ours, theirs, f"follicles against {name}", times)]
        rows.append(times_faster(counted, theirs, f"counts against {name}", None))
    return rows


def raced(job: Mapping[str, str], weeks: int) -> tuple[list[float], str]:
    """Run a peer in its environment; return its seconds and its version."""
    chain = untreated_chain()
    whole = {
        **job,
        "follicles": FOLLICLES,
        "weeks": weeks,
        "seeds": PEER_SEEDS,
        "weekly": chain.weekly.tolist(),
        "start": chain.start.tolist(),
    }
    with tempfile.TemporaryDirectory() as place:
        task, out = Path(place) / "job.json", Path(place) / "out.npz"
        task.write_text(json.dumps(whole), encoding="utf-8")
        said([str(PEERS_PYTHON), "-m", "benchmarks.peers.race", str(task), str(out)], threads=1)
        with np.load(out) as found:
            check_law(job["peer"], max(farthest_in_se(chain, c) for c in found["counts"]))
            return found["seconds"].tolist(), str(found["version"])


def times_faster(ours: Row, theirs: Row, job: str, times: float | None) -> Row:
    """Return by how much ours beats theirs; least and most pair the worst with the best."""
    least = min(ours.values) / max(theirs.values)
    most = max(ours.values) / min(theirs.values)
    middle = ours.median / theirs.median
    return Row(job, "×", (least, middle, most), times, at_most=False)


def scalp_rows() -> list[Row]:
    """Return memory of scalps, and how memory and time grow."""
    found: dict[tuple[int, int], dict[str, list[float]]] = {}
    for scalp in SCALPS:
        runs = [measured("scalp", *scalp) for _ in range(SCALP_RUNS)]
        found[scalp] = {key: [run[key][0] for run in runs] for key in runs[0]}
    rows = [
        Row(
            f"memory above imports, {follicles:,} follicles, {years} y",
            "MB",
            tuple(b / 1e6 for b in cost["bytes"]),
            SCALP_MB if follicles == FOLLICLES else None,
            note=f"in {min(cost['seconds']):.3g} s",
        )
        for (follicles, years), cost in found.items()
    ]
    middle = {scalp: np.median(cost["bytes"]) / 1e6 for scalp, cost in found.items()}
    added = float(middle[FOLLICLES, 40] - middle[FOLLICLES, 1])
    rows.append(Row("memory that 39 more years add", "MB", (added,), FLAT_MB))
    per_scalp = float(middle[DOUBLE, 10] - middle[HALF, 10]) / (DOUBLE - HALF) * FOLLICLES
    rows.append(Row(f"memory that {FOLLICLES:,} more follicles add", "MB", (per_scalp,)))
    slower = min(found[DOUBLE, 10]["seconds"]) / min(found[HALF, 10]["seconds"])
    job = f"time of {DOUBLE:,} follicles against {HALF:,}"
    return [*rows, Row(job, "×", (slower,), LINEAR * DOUBLE / HALF)]


def limit_rows(machine: Mapping[str, list[float]]) -> list[Row]:
    rows = [
        Row(f"limit: random numbers, {name}", "M/s", tuple(v / 1e6 for v in values))
        for name, values in machine.items()
        if name != "copy"
    ]
    copied = tuple(v / 1e9 for v in machine["copy"])
    return [*rows, Row("limit: memory, read and written in a big copy", "GB/s", copied)]


def main() -> int:
    """Print the table; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into its page")
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        print(json.dumps(JOBS[asked.job[0]](*map(int, asked.job[1:]))))
        return 0
    machine = measured("limits")
    ours, (counts, counted) = follicles_row(machine), counts_rows()
    rows = [
        *mean_field_rows(),
        counts,
        ours,
        *peer_rows(ours, counted),
        *scalp_rows(),
        *limit_rows(machine),
    ]
    print(as_text(rows))
    if asked.write:
        write_into(PAGE, f"{description()}\n\n{as_markdown(rows)}")
    return 1 if any(row.is_missed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
