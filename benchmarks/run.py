"""Whole-process times of the commands against their limits: the median of several runs."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANAGEN = Path(sys.executable).with_name("anagen")
RUNS = 7

JOBS = {
    "anagen --help": (("--help",), 0.3),
    "anagen plan, one person": (("plan", "examples/01_man_nh3_vertex.yaml", "--out", "{out}"), 2.0),
    "anagen plan, one person, --json": (
        ("plan", "examples/02_woman_ludwig1.yaml", "--out", "{out}", "--json"),
        2.0,
    ),
    "anagen facts show": (("facts", "show", "finasteride_oral"), None),
    "anagen facts check": (("facts", "check"), None),
}


def seconds(arguments: tuple[str, ...], out: str) -> float:
    """Return how long one whole process took."""
    command = [str(ANAGEN), *(a.format(out=out) for a in arguments)]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    took = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed: {done.stderr.decode()}")
    return took


def main() -> int:
    """Print a line for each job; return 1 if one is over its limit."""
    over = 0
    with tempfile.TemporaryDirectory() as out:
        print(f"{'job':38s} {'median':>8s} {'least':>8s} {'most':>8s} {'limit':>7s}")
        for name, (arguments, limit) in JOBS.items():
            seconds(arguments, out)
            times = [seconds(arguments, out) for _ in range(RUNS)]
            middle = statistics.median(times)
            verdict = "" if limit is None else ("  ok" if middle <= limit else "  OVER")
            over += limit is not None and middle > limit
            shown = "" if limit is None else f"{limit:.1f} s"
            print(
                f"{name:38s} {middle:6.2f} s {min(times):6.2f} s {max(times):6.2f} s "
                f"{shown:>7s}{verdict}"
            )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
