"""The speed of the evidence engine against its targets, R and the peers of Python.

`python -m benchmarks.evidence` prints one table; `--write` also puts it into docs/benchmarks.md.
Each job runs in a fresh process on one thread. R takes part where Rscript has metafor; netmeta, and
metafor where it lacks, stand by the figures that were measured with them once.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import evidence_data as data
from benchmarks.follicle import PAGE, PEERS_DONE, PEERS_PYTHON, times_faster
from benchmarks.fresh import ROOT, said
from benchmarks.machine import description
from benchmarks.table import EVIDENCE, Row, as_markdown, as_text, write_into

RUNS, PROCESS_RUNS = 7, 5
SAME = 1e-5  # relative: the loosest stopping rule of a peer
PINNED = "pinned: R 4.2.2, metafor 4.8-0, netmeta 3.2-0 on a like machine"
PINNED_METAFOR_MS = {20: 3.9, 1_000: 1_681.0}
PINNED_NETMETA_MS = {50: 7_600.0, 200: 22_100.0, 500: 88_700.0}
FASTER = {20: (8.0, 8.0), 1_000: (1_000.0, 500.0)}
"""Times faster than metafor: with the reference BLAS, and with OpenBLAS."""
NETWORKS = {50: (8, 50.0), 200: (12, None), 500: (20, 500.0)}
"""Studies: treatments, and the milliseconds to keep to."""
CONTRIBUTION_MS, BOOTSTRAP_MS = 300.0, 300.0
BAYES_S, CACHED_S = 20.0, 5.0
TABLE_ROWS, TABLE_S, TABLE_MB, REFUSED_ROWS = 200_000, 4.0, 150.0, 1_000_000
BAYES_PYTHON, BAYES_DONE = ROOT / ".bayes" / "bin" / "python", ROOT / ".bayes" / "done"
METAFOR = ROOT / "benchmarks" / "peers" / "pairwise_metafor.R"
PARTS = ("net_heat", "design_split", "shortest_paths")
Found = dict[str, list[float]]


def measured(
    name: str,
    *arguments: object,
    python: str = sys.executable,
    surroundings: dict[str, str] | None = None,
) -> Found:
    """Run a job in a fresh process and return what it measured."""
    command = [python, "-m", "benchmarks.evidence_jobs", name, *map(str, arguments)]
    found: Found = json.loads(said(command, 1, surroundings=surroundings))
    return found


def in_ms(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(1e3 * s for s in seconds)


def check_same(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    """Stop the race if a peer finds other numbers."""
    if not np.allclose(ours, theirs, rtol=SAME, atol=1e-9):
        sys.exit(f"{name} finds {theirs}, we {ours}: estimate, its error, tau2, Q")


# --- pairwise


def has_metafor() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def metafor_row(k: int, ours: Found) -> tuple[Row, bool]:
    """Return the time of metafor in this run, or the pinned one; and whether BLAS is OpenBLAS."""
    if not has_metafor():
        pinned = (PINNED_METAFOR_MS[k],)
        return Row(f"metafor, REML and Knapp-Hartung, k = {k:,}", "ms", pinned, note=PINNED), False
    y, v = data.effects(k)
    lines = "".join(f"{a!r} {b!r}\n" for a, b in zip(y.tolist(), v.tolist(), strict=True))
    answer = said(["Rscript", "--vanilla", str(METAFOR), str(RUNS)], 1, lines).splitlines()
    version, blas, outputs, seconds = (line.strip() for line in answer)
    check_same("metafor", ours["outputs"], [float(x) for x in outputs.split()])
    is_fast = "openblas" in blas.lower()
    name = f"metafor {version}, REML and Knapp-Hartung, k = {k:,}"
    note = f"same run, {'OpenBLAS' if is_fast else 'reference BLAS'}; one interval and prediction"
    return Row(name, "ms", in_ms([float(x) for x in seconds.split()]), note=note), is_fast


def metafor_rows(k: int) -> list[Row]:
    found = measured("pairwise", k)
    note = "both models, four intervals, prediction, I², H², weights"
    ours = Row(f"REML and Knapp-Hartung, k = {k:,}", "ms", in_ms(found["seconds"]), note=note)
    theirs, is_fast = metafor_row(k, found)
    faster = times_faster(theirs, ours, f"against metafor, k = {k:,}", FASTER[k][is_fast])
    return [ours, theirs, faster]


def peer_rows(k: int) -> list[Row]:
    """Return the times of the peers in Python, which give less."""
    rows = []
    peers = (
        ("statsmodels", "PM", "Paule-Mandel; no REML, no prediction, no interval of tau²"),
        ("pymare", "REML", "no Knapp-Hartung, no prediction"),
    )
    for peer, method, lacks in peers:
        found = measured("pairwise", k, method)
        ours = Row(f"{method}, k = {k:,}", "ms", in_ms(found["seconds"]))
        y, v = data.effects(k)
        job = {"peer": peer, "y": y.tolist(), "v": v.tolist(), "runs": RUNS, "repeats": 10}
        command = [str(PEERS_PYTHON), "-m", "benchmarks.peers.pairwise_race"]
        answer = json.loads(said(command, 1, json.dumps(job)))
        shared = [0, 2, 3] if peer == "pymare" else [0, 1, 2, 3]
        outputs = ([found["outputs"][i] for i in shared], [answer["outputs"][i] for i in shared])
        check_same(peer, *outputs)
        name = f"{peer} {answer['version']}"
        theirs = Row(f"{name}, {method}, k = {k:,}", "ms", in_ms(answer["seconds"]), note=lacks)
        rows += [theirs, times_faster(theirs, ours, f"against {name}, k = {k:,}", None)]
    return rows


def pairwise_rows() -> list[Row]:
    rows = [row for k in PINNED_METAFOR_MS for row in metafor_rows(k)]
    if PEERS_DONE.exists():
        rows += [row for k in PINNED_METAFOR_MS for row in peer_rows(k)]
    else:
        print("peers not installed: make bench-peers", file=sys.stderr)
    took = in_ms(measured("bootstrap", 60, 1_000)["seconds"])
    return [*rows, Row("1,000 bootstrap re-poolings of 60 trials", "ms", took, BOOTSTRAP_MS)]


# --- networks


def network_rows() -> list[Row]:
    rows = []
    for studies, (treatments, limit) in NETWORKS.items():
        took = in_ms(measured("network", studies, treatments)["seconds"])
        job = f"network, full report, {studies} studies × {treatments} treatments"
        pinned = Row("netmeta", "ms", (PINNED_NETMETA_MS[studies],))
        ours = Row(job, "ms", took, limit)
        faster = times_faster(pinned, ours, f"against netmeta, {studies} studies", None)
        rows += [ours, Row(faster.job, faster.unit, faster.values, note=PINNED)]
    took = in_ms(measured("part", "random_walk", 500, 20)["seconds"])
    rows.append(
        Row("contribution matrix, 500 studies × 20 treatments", "ms", took, CONTRIBUTION_MS)
    )
    for name in PARTS:
        took = in_ms(measured("part", name, 500, 20)["seconds"])
        words = name.replace("_", " ")
        rows.append(
            Row(f"{words}, 500 studies × 20 treatments", "ms", took, note="beside the report")
        )
    return rows


# --- scaling


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return b of seconds ~ size^b over the larger half of the sizes, where overheads are small."""
    half = len(sizes) // 2
    return float(np.polyfit(np.log(sizes[half:]), np.log(seconds[half:]), 1)[0])


def scaling_row(what: str, name: str, sizes: dict[int, tuple[object, ...]], why: str) -> Row:
    found = {n: measured(name, *arguments)["seconds"] for n, arguments in sizes.items()}
    at = list(sizes)
    b = exponent(at, [statistics.median(found[n]) for n in at])
    each = ", ".join(f"{n:,}: {1e3 * statistics.median(found[n]):.3g}" for n in at[:-1])
    note = f"{each} ms; grows as size^{b:.2f} in the end: {why}"
    return Row(f"{what}, {at[-1]:,}", "ms", in_ms(found[at[-1]]), note=note)


def scaling_rows() -> list[Row]:
    return [
        scaling_row(
            "scaling of REML, k", "pairwise", {k: (k,) for k in (100, 1_000, 10_000, 100_000)},
            "sums over k studies; beyond the cache, memory",
        ),
        scaling_row(
            "scaling of networks × 20 treatments, studies", "network",
            {s: (s, 20, "made") for s in (50, 100, 200, 500, 1_000, 2_000)},
            "X'WX and the shares of studies, linear; the walk depends on treatments alone",
        ),
        scaling_row(
            "scaling of networks of 500 studies, treatments", "network",
            {n: (500, n, "made") for n in (5, 10, 20, 40)},
            "the walk multiplies n(n−1)/2 matrices n × n: n^5 at most, and fills n^4",
        ),
    ]  # fmt: skip


# --- whole processes, memory, chains


def process_rows(folder: Path) -> list[Row]:
    for k in (20, 1_000):
        data.write_effects(folder / f"pairs_{k}.csv", k)
    data.write_network(folder / "network_50.csv", 50, 8)
    jobs = {
        "--help": (("--help",), 0.3),
        "evidence --help": (("evidence", "--help"), 0.3),
        "evidence pool --option exosome": (("evidence", "pool", "--option", "exosome"), None),
        "evidence pool TABLE.csv, k = 20": (("evidence", "pool", f"{folder}/pairs_20.csv"), None),
        "evidence pool TABLE.csv, k = 1,000": (
            ("evidence", "pool", f"{folder}/pairs_1000.csv"),
            None,
        ),
        "evidence network TABLE.csv, 50 studies": (
            ("evidence", "network", f"{folder}/network_50.csv"),
            None,
        ),
        "evidence claims": (("evidence", "claims"), None),
    }
    return [
        Row(f"whole process: anagen {name}", "s", process_seconds(arguments), limit)
        for name, (arguments, limit) in jobs.items()
    ]


def process_seconds(arguments: tuple[str, ...]) -> tuple[float, ...]:
    """Return how long whole processes took, after one that does not count."""
    took = []
    command = [str(Path(sys.executable).with_name("anagen")), *arguments]
    for _ in range(PROCESS_RUNS + 1):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        took.append(time.perf_counter() - began)
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)} failed: {done.stderr.decode()}")
    return tuple(took[1:])


def table_rows(folder: Path) -> list[Row]:
    rows = []
    for layout in ("effects", "arms"):
        runs = [measured("table", layout, TABLE_ROWS, folder) for _ in range(3)]
        job = f"table of {TABLE_ROWS:,} {layout}"
        seconds = tuple(run["seconds"][0] for run in runs)
        peak = tuple(run["bytes"][0] / 1e6 for run in runs)
        rows += [
            Row(f"{job}, read and checked", "s", seconds, TABLE_S),
            Row(f"{job}, memory above imports", "MB", peak, TABLE_MB),
        ]
    found = measured("table", "effects", REFUSED_ROWS, folder)
    if not found["refused"]:
        sys.exit(f"a table of {REFUSED_ROWS} rows was not refused")
    job = f"table of {REFUSED_ROWS:,} rows, refused"
    return [
        *rows,
        Row(job, "s", tuple(found["seconds"])),
        Row(f"{job}, memory above imports", "MB", (found["bytes"][0] / 1e6,)),
    ]


def bayes_rows(folder: Path) -> list[Row]:
    """Return a first run and one with kept programs, each a process of its own."""
    if not BAYES_DONE.exists():
        print("the Bayesian extra is not installed: make test-bayes", file=sys.stderr)
        return []
    job = "Bayesian Emax time course, 60 arms × 4 visits, 4 chains"
    kept = {"XDG_CACHE_HOME": str(folder)}
    first, *later = (
        measured("bayes", python=str(BAYES_PYTHON), surroundings=kept) for _ in range(4)
    )
    note = f"1,000 + 1,000 draws, fewest effective {first['ess'][0]:.0f}"
    seconds = tuple(run["seconds"][0] for run in later)
    return [
        Row(f"{job}, first run", "s", tuple(first["seconds"]), BAYES_S, note=note),
        Row(f"{job}, next process, programs kept", "s", seconds, CACHED_S),
    ]


def main() -> int:
    """Print the table; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into its page")
    asked = parser.parse_args()
    load = f"Load when begun: {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores."
    with tempfile.TemporaryDirectory() as place:
        rows = [
            *pairwise_rows(),
            *network_rows(),
            *bayes_rows(Path(place)),
            *scaling_rows(),
            *process_rows(Path(place)),
            *table_rows(Path(place)),
        ]
    print(as_text(rows), load, sep="\n")
    if asked.write:
        write_into(PAGE, f"{description()} {load}\n\n{as_markdown(rows)}", EVIDENCE)
    return 1 if any(row.is_missed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
