"""The most memory that a job takes above what its process held before it."""

import contextlib
import gc
import resource
import sys
from collections.abc import Callable
from pathlib import Path

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_above_bytes(job: Callable[[], object]) -> int:
    """Run a job once and return its peak of resident memory above that before it.

    Call it in a fresh process, once: where the peak cannot be set back, what imports took at most
    and gave back hides a peak of the job.
    """
    gc.collect()
    if not STATUS.exists():
        before = _most_so_far()
        job()
        return _most_so_far() - before
    with contextlib.suppress(OSError):  # not everybody may set it back
        FORGET.write_text("5", encoding="ascii")
    before = _status_bytes("VmRSS")
    job()
    return _status_bytes("VmHWM") - before


def _status_bytes(name: str) -> int:
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return 1024 * int(line.split()[1])
    raise ValueError(f"{STATUS} holds no {name}")


def _most_so_far() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
