"""Run one peer in the environment of the peers: `python -m benchmarks.peers.race JOB.json OUT.npz`.

The job names peer, way, follicles, weeks and seeds, and carries the chain, so that this environment
needs nothing of anagen. OUT holds the seconds of each seed, the counts of the last, the version.
"""

import importlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

WARM_FOLLICLES, WARM_WEEKS = 1_000, 4
"""A first short run, so that compiling and first allocations are no part of the race."""


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    peer = importlib.import_module(f"benchmarks.peers.{job['peer']}")
    way = {"way": job["way"]} if job["way"] else {}
    P, start = np.array(job["weekly"]), np.array(job["start"])
    peer.run(P, start, WARM_FOLLICLES, WARM_WEEKS, 0, **way)
    runs = [peer.run(P, start, job["follicles"], job["weeks"], s, **way) for s in job["seeds"]]
    seconds = [took for took, _ in runs]
    counts = np.stack([counted for _, counted in runs])
    np.savez(sys.argv[2], seconds=seconds, counts=counts, version=version(job["package"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
