"""What this machine is and what it can do at most: random numbers and memory bandwidth."""

import importlib.util
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

DRAWN = 1 << 20
"""Numbers drawn at a time: a scalp's worth, written to an array that stays in the cache."""
COPIED = 1 << 28
"""Bytes copied at a time: far more than a cache holds."""
LOOPED = 1 << 27


def description() -> str:
    """Return the machine in a sentence, without names or paths."""
    known = [f"{name} {found}" for name in ("numpy", "scipy", "numba") if (found := _version(name))]
    return (
        f"{_cpu()}, {os.cpu_count()} cores, {platform.system()}; Python "
        f"{platform.python_version()}, {', '.join(known)}; {datetime.now(UTC):%Y-%m-%d}."
    )


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    name = fields.get("model name", platform.machine())
    family = f"family {fields['cpu family']}, model {fields['model']}" if "model" in fields else ""
    return f"{name} ({family}, {fields.get('cache size', 'cache unknown')} cache)"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _seconds(job: Callable[[], object], runs: int) -> list[float]:
    job()
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        job()
        took.append(time.perf_counter() - began)
    return took


def numbers_per_s(runs: int) -> dict[str, list[float]]:
    """Return random numbers per second of one core, for each generator and width."""
    found = {}
    for name, bits in {"PCG64": np.random.PCG64, "Philox": np.random.Philox}.items():
        rng = np.random.Generator(bits(1))
        for dtype in (np.float32, np.float64):
            out = np.empty(DRAWN, dtype=dtype)

            def draw(rng: np.random.Generator = rng, out: np.ndarray = out) -> None:
                for _ in range(16):
                    rng.random(out=out, dtype=out.dtype.type)

            took = _seconds(draw, runs)
            found[f"{name}, {np.dtype(dtype).name}"] = [16 * DRAWN / s for s in took]
    if importlib.util.find_spec("numba"):
        found["splitmix64, 64 bits, never stored"] = _splitmix64_per_s(runs)
    return found


def _splitmix64_per_s(runs: int) -> list[float]:
    """Return the numbers per second of a compiled loop that only adds them up."""
    import numba

    step, first, second = (
        np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
    )
    a, b, c = np.uint64(30), np.uint64(27), np.uint64(31)

    @numba.njit
    def added(count: int, seed: np.uint64) -> np.uint64:
        total, state = np.uint64(0), seed
        for _ in range(count):
            state += step
            z = (state ^ (state >> a)) * first
            z = (z ^ (z >> b)) * second
            total += z ^ (z >> c)
        return total

    return [LOOPED / s for s in _seconds(lambda: added(LOOPED, np.uint64(1)), runs)]


def copied_bytes_per_s(runs: int) -> list[float]:
    """Return bytes read and written per second of one core while a big array is copied."""
    source = np.ones(COPIED // 8)
    target = np.zeros_like(source)
    return [2 * COPIED / s for s in _seconds(lambda: np.copyto(target, source), runs)]
