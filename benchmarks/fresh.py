"""Run a command in a fresh process, held to so many threads."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
THREAD_VARIABLES = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def said(
    command: list[str], threads: int, given: str = "", surroundings: dict[str, str] | None = None
) -> str:
    """Return what a process printed; `given` is what it reads."""
    env = os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads)) | (surroundings or {})
    done = subprocess.run(
        command, cwd=ROOT, env=env, input=given, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command[1:]} failed; what it said stands above")
    return done.stdout
