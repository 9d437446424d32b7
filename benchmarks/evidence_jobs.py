"""What is timed of the evidence engine: `python -m benchmarks.evidence_jobs NAME ARGUMENT ...`.

Each job runs in a fresh process and prints its seconds, in JSON, with what proves that it worked.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import evidence_data as data
from benchmarks.memory import peak_above_bytes

RUNS = 7
LONG_ENOUGH_S = 0.02
"""Quick jobs are repeated until a run lasts as long."""


def timed(job: Callable[[], object]) -> list[float]:
    """Return the seconds of one call, in several runs after one that does not count."""
    began = time.perf_counter()
    job()
    once = time.perf_counter() - began
    repeats = max(1, round(LONG_ENOUGH_S / max(once, 1e-5))) if once < LONG_ENOUGH_S else 1
    for _ in range(repeats - 1):
        job()
    took = []
    for _ in range(RUNS if once < 2 else 3):
        began = time.perf_counter()
        for _ in range(repeats):
            job()
        took.append((time.perf_counter() - began) / repeats)
    return took


def pairwise(k: int, method: str = "REML") -> dict[str, list[float]]:
    """Pool k effects, with every interval."""
    from anagen.synthesis import fit_pairwise

    y, v = data.effects(k)
    found = fit_pairwise(y, v, method=method)
    random = found.random
    outputs = [random.estimate, random.hartung_knapp.se, random.tau2, found.common.q]
    return {"seconds": timed(lambda: fit_pairwise(y, v, method=method)), "outputs": outputs}


def network(studies: int, treatments: int, source: str = "anchor") -> dict[str, list[float]]:
    """Read contrasts and make the full report of a network."""
    from anagen.synthesis.network import full_report, network_from_contrasts

    made = data.anchor_network if source == "anchor" else data.network
    columns = made(studies, treatments)

    def report() -> object:
        return full_report(network_from_contrasts(*columns), smaller_is_better=False)

    return {"seconds": timed(report)}


def part(name: str, studies: int, treatments: int) -> dict[str, list[float]]:
    """Time one answer about a network that is fitted already."""
    from anagen.synthesis import network as of

    net = of.network_from_contrasts(*data.anchor_network(studies, treatments))
    fit = of.fit_network(net)
    return {"seconds": timed(lambda: getattr(of, name)(net, fit))}


def bootstrap(k: int, draws: int) -> dict[str, list[float]]:
    """Pool resamples of k trials by REML."""
    from anagen.synthesis.bootstrap import bootstrap_pool

    y, v = data.effects(k)
    return {"seconds": timed(lambda: bootstrap_pool(y, v, draws=draws, seed=1))}


def table(layout: str, rows: int, folder: str) -> dict[str, list[float]]:
    """Read a long table once; return seconds and the peak of memory, or how it was refused."""
    from anagen.errors import InputError
    from anagen.evidence.tables import read_table

    small, path = Path(folder) / f"{layout}_20.csv", Path(folder) / f"{layout}_{rows}.csv"
    for place, k in ((small, 20), (path, rows)):
        write = {"effects": data.write_effects, "arms": data.write_arms}[layout]
        write(place, k)
    read_table(small)
    refused: list[float] = []

    def read() -> None:
        try:
            read_table(path)
        except InputError:
            refused.append(1.0)

    began = time.perf_counter()
    peak = peak_above_bytes(read)
    return {"seconds": [time.perf_counter() - began], "bytes": [peak], "refused": refused}


def bayes() -> dict[str, list[float]]:
    """Sample an Emax time course once, as a program would: its imports and compiling count."""
    began = time.perf_counter()
    from anagen.synthesis.bayes.sampling import Sampling
    from anagen.synthesis.bayes.time_course import fit_time_course
    from anagen.synthesis.time_course_data import read_visits

    visits = read_visits(**data.time_course())
    fit = fit_time_course(visits, "emax", sampling=Sampling(refuse=False))
    return {
        "seconds": [time.perf_counter() - began],
        "ess": [fit.diagnostics.fewest_ess_bulk],
        "rhat": [fit.diagnostics.worst_rhat],
    }


JOBS: dict[str, Callable[..., dict[str, list[float]]]] = {
    "pairwise": pairwise,
    "network": network,
    "part": part,
    "bootstrap": bootstrap,
    "table": table,
    "bayes": bayes,
}


def main() -> int:
    name, *arguments = sys.argv[1:]
    given = [int(word) if word.isdigit() else word for word in arguments]
    print(json.dumps({key: list(values) for key, values in JOBS[name](*given).items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
