"""What the evidence engine is timed on: made by a seed; the networks of the anchors where at hand.

Networks: 20 % of trials have three arms; treatments differ by SD 0.5, a trial's arms scatter by SD
0.1 and by sampling variances of 0.01 to 0.1.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHARED = Path(__file__).parents[2] / "shared" / "stats" / "bench"
SEED = 7
Floats = NDArray[np.float64]
Columns = tuple[list[str], list[str], list[str], list[float], list[float]]
"""Study, treatment 1, treatment 2, effect, standard error: one contrast per row."""


def effects(k: int, seed: int = SEED) -> tuple[Floats, Floats]:
    """Return k effects around 0.3 with tau2 0.15 and variances of 0.01 to 0.3."""
    rng = np.random.default_rng([seed, k])
    v = rng.uniform(0.01, 0.3, k)
    return rng.normal(0.3, np.sqrt(v + 0.15)), v


def network(studies: int, treatments: int, seed: int = SEED) -> Columns:
    """Return the contrasts of a connected network."""
    rng = np.random.default_rng([seed, studies, treatments])
    level = rng.normal(0, 0.5, treatments)
    rows: Columns = ([], [], [], [], [])
    for s in range(studies):
        arms = rng.choice(treatments, 3 if rng.random() < 0.2 else 2, replace=False)
        if s < treatments - 1:  # a chain through all treatments, so that they hang together
            arms = np.array([s, s + 1])
        variance = rng.uniform(0.01, 0.1, arms.size)
        mean = level[arms] + rng.normal(0, 0.1, arms.size) + rng.normal(0, np.sqrt(variance))
        for i, j in zip(*np.triu_indices(arms.size, 1), strict=True):
            values = (f"s{s}", f"t{arms[i]:02d}", f"t{arms[j]:02d}")
            for column, value in zip(rows, values, strict=False):
                column.append(value)
            rows[3].append(float(mean[i] - mean[j]))
            rows[4].append(float(np.sqrt(variance[i] + variance[j])))
    return rows


def anchor_network(studies: int, treatments: int) -> Columns:
    """Return the network that R was timed on, or one of the same recipe."""
    path = SHARED / f"net_{studies}.csv"
    if not path.exists():
        return network(studies, treatments)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first, second = [row["treat1"] for row in rows], [row["treat2"] for row in rows]
    effect, se = [float(row["TE"]) for row in rows], [float(row["seTE"]) for row in rows]
    return [row["studlab"] for row in rows], first, second, effect, se


def time_course() -> dict[str, list[object]]:
    """Return 60 arms of 24 trials and 8 treatments with means at 4 visits, on Emax curves."""
    rng = np.random.default_rng(SEED)
    sizes = np.full(24, 2)
    np.add.at(sizes, rng.integers(24, size=12), 1)
    size = np.concatenate([[0.0], rng.normal(12, 6, 7)])
    columns: dict[str, list[object]] = {
        "study": [],
        "treatment": [],
        "week": [],
        "mean": [],
        "se": [],
    }
    for s, arms in enumerate(sizes):
        own = rng.normal(4, 3)
        others = rng.permutation(np.arange(1, 8))[: arms - 1]
        for a in (0, *others.tolist()):
            most, people = own + size[a] + rng.normal(0, 1.8), rng.integers(10, 45)
            for week in (4.0, 8.0, 12.0, 24.0):
                se = float(14 / np.sqrt(people))
                mean = float(most * week / (7 + week) + rng.normal(0, se / 2))
                for name, value in zip(columns, (f"s{s}", f"t{a}", week, mean, se), strict=True):
                    columns[name].append(value)
    return columns


def write_effects(path: Path, k: int) -> None:
    """Write a table of k effects."""
    y, v = effects(k)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("study,yi,vi\n")
        stream.writelines(
            f"Study {i},{a:.6f},{b:.6f}\n" for i, (a, b) in enumerate(zip(y, v, strict=True))
        )


def write_arms(path: Path, k: int) -> None:
    """Write a table of k arms, two a study."""
    rng = np.random.default_rng([SEED, k])
    mean, sd, n = rng.normal(5, 3, k), rng.uniform(3, 9, k), rng.integers(10, 60, k)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("study,treatment,mean,sd,n\n")
        stream.writelines(
            f"Trial {i // 2},{('placebo', 'active')[i % 2]},{mean[i]:.2f},{sd[i]:.2f},{n[i]}\n"
            for i in range(k)
        )


def write_network(path: Path, studies: int, treatments: int) -> None:
    """Write a table of contrasts."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("study,treat1,treat2,TE,seTE\n")
        stream.writelines(
            f"{s},{a},{b},{y!r},{e!r}\n"
            for s, a, b, y, e in zip(*anchor_network(studies, treatments), strict=True)
        )
