"""Write docs/reference-results.md: every statistic beside its reference, with what parts them.

The numbers come from the generators that the tests use (tests/reference/*_statistics.py), so the
page holds what the tests hold. They read ../shared. The sampled Bayesian fits take minutes and need
the optional extra: `--bayes` samples them and keeps the result in scripts/reference_bayes.yaml,
from where the page takes them, with their date.

`--check` writes nothing; it fails if a statistic appeared or went, or differs by more than its
tolerance. Last digits of differences vary between machines and are not compared.
"""

import argparse
import datetime
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "tests")]
SHARED = ROOT.parent / "shared"
SETS = SHARED / "stats" / "reference" / "sets"
PAGE = ROOT / "docs" / "reference-results.md"
KEPT = ROOT / "scripts" / "reference_bayes.yaml"
R = "R 4.2.2"


class Number(NamedTuple):
    """One number of ours beside theirs, and the largest difference that is allowed."""

    part: str
    statistic: str
    reference: str
    set: str
    ours: float
    theirs: float
    allowed: float
    tolerance: str


class Line(NamedTuple):
    """One line of the page: a statistic over all sets that have it."""

    part: str
    statistic: str
    reference: str
    sets: list[str]
    numbers: int
    absolute: float
    relative: float | None
    used: float
    worst: str
    tolerance: str


PARTS = {
    "effects": "Effect sizes and recovered standard deviations",
    "pairwise": "Pairwise synthesis",
    "exact": "Exact Bayes",
    "dependent": "Dependent effects",
    "network": "Networks",
}
NOTES = {
    "network": "tau² by REML and ML is metafor's, with the full covariance of each trial; all else "
    "under REML is netmeta's with that tau² told to it. Why not netmeta's own REML: "
    "[networks](method/networks.md).",
}
QUADRATURE = "normal-normal quadrature on a grid, R 4.2.2"


def within(relative: float, absolute: float) -> str:
    """Return a tolerance in words."""
    if not relative:
        return f"{absolute:g}"
    return f"{relative:g} relative, or {absolute:g}" if absolute else f"{relative:g} relative"


def _effects() -> Iterator[Number]:
    from tests.reference import effects_statistics as source

    recovered = {row[0] for row in source.recovery_beside_r(SHARED)}
    for name, where, ours, theirs, relative, absolute in source.comparisons(SHARED):
        told = f"metafor 4.8.0, {R}"
        if name in recovered:
            told = f"meta 8.2.0, {R}" if " from_" in name else R
        allowed = max(relative * abs(theirs), absolute)
        yield Number("effects", name, told, where, ours, theirs, allowed,
                     within(relative, absolute))  # fmt: skip


def _pairwise() -> Iterator[Number]:
    from tests.reference import pairwise_statistics as source

    for c in source.comparisons(SETS):
        is_exact = c.statistic.startswith("exact Bayes")
        allowed = max(c.relative * abs(c.theirs), c.absolute)
        yield Number(
            "exact" if is_exact else "pairwise", c.statistic,
            QUADRATURE if is_exact else f"metafor 4.8.0, {R}", c.set, c.ours, c.theirs, allowed,
            within(c.relative, c.absolute),
        )  # fmt: skip


def _dependent() -> Iterator[Number]:
    from tests.reference import multivariate_statistics as source

    for name, where, ours, theirs, relative, absolute in source.comparisons(SHARED):
        robust = name.startswith("CR")
        told = f"{'clubSandwich 0.5.8' if robust else 'metafor 4.8.0'}, {R}"
        allowed = max(relative * abs(theirs), absolute)
        yield Number("dependent", name, told, where.split("/")[0], ours, theirs, allowed,
                     within(relative, absolute))  # fmt: skip


FROM_METAFOR = ("REML tau2", "REML log", "ML ", "common split", "REML split")


def _network() -> Iterator[Number]:
    from tests.reference import network_statistics as source

    for name, where, ours, theirs, relative, absolute in source.statistics(SETS / "network"):
        is_metafor = name.startswith(FROM_METAFOR) or name == "Q, df"
        program = "metafor 4.8.0" if is_metafor else "netmeta 3.2.0"
        for a, b in zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True):
            if math.isnan(a) and math.isnan(b):
                continue
            yield Number("network", name, f"{program}, {R}", where, a, b,
                         absolute + relative * abs(b), within(relative, absolute))  # fmt: skip


def numbers() -> Iterator[Number]:
    """Yield every number of every part that needs no sampling."""
    for part in (_effects, _pairwise, _dependent, _network):
        yield from part()


def _gap(n: Number) -> float:
    if n.ours == n.theirs:  # infinities too
        return 0.0
    gap = abs(n.ours - n.theirs)
    return math.inf if math.isnan(gap) else gap


def _share(gap: float, allowed: float) -> float:
    return 0.0 if gap == 0 else gap / allowed if allowed else math.inf


def _used(n: Number) -> float:
    return _share(_gap(n), n.allowed)


def _relative(some: list[Number]) -> float | None:
    """Return the largest relative difference; what lies within its tolerance of 0 has none."""
    shares = [
        _gap(n) / abs(n.theirs)
        for n in some
        if math.isfinite(n.theirs) and abs(n.theirs) > n.allowed and n.theirs != 0
    ]
    return max(shares, default=None)


def lines(found: Iterable[Number]) -> list[Line]:
    """Return one line for each statistic, in the order in which they come."""
    grouped: dict[tuple[str, str, str], list[Number]] = {}
    for n in found:
        grouped.setdefault((n.part, n.statistic, n.reference), []).append(n)
    made = []
    for (part, statistic, told), some in grouped.items():
        worst = max(some, key=_used)
        tolerances = list(dict.fromkeys(n.tolerance for n in some))
        made.append(
            Line(
                part=part, statistic=statistic, reference=told,
                sets=list(dict.fromkeys(n.set for n in some)), numbers=len(some),
                absolute=max(_gap(n) for n in some), relative=_relative(some), used=_used(worst),
                worst=worst.set, tolerance="; ".join(tolerances),
            )
        )  # fmt: skip
    return made


KINDS = (
    ("mean of ", "posterior means"), ("SD of ", "posterior SDs"),
    ("effective draws of ", "effective draws, 4,000 at least"),
    ("differences of all pairs", "differences of all pairs at a time, in posterior SDs"),
    ("rank probabilities", "rank probabilities"), ("residual deviance", "residual deviance"),
    ("direct ", "node split: direct"), ("indirect ", "node split: indirect"),
)  # fmt: skip


class Sampled(NamedTuple):
    """One figure of a sampled fit beside theirs, and the largest difference that is allowed."""

    statistic: str
    set: str
    ours: float
    theirs: float
    tolerance: str
    allowed: float


def sampled() -> Iterator[Sampled]:
    """Yield every figure of every Bayesian reference set; it takes some minutes."""
    from tests.bayes import bayes_statistics as source

    for s in source.comparisons(SETS / "bayes"):
        yield Sampled(*s[:6])


def summary(found: Iterable[Sampled]) -> dict[str, object]:
    """Return what is kept of sampled fits: by set and kind, how many and how far apart."""
    grouped: dict[tuple[str, str], list[Sampled]] = {}
    for s in found:
        kind = next((words for start, words in KINDS if s.statistic.startswith(start)), s.statistic)
        grouped.setdefault((s.set, kind), []).append(s)
    rows = []
    for (where, kind), some in grouped.items():
        gaps = [abs(s.ours - s.theirs) for s in some]
        shares = [_share(gap, s.allowed) for gap, s in zip(gaps, some, strict=True)]
        rows.append({
            "set": where, "statistic": kind, "numbers": len(some),
            "largest_difference": float(f"{max(gaps):.3g}"),
            "share_of_tolerance": float(f"{max(shares):.3g}"),
            "tolerance": "; ".join(dict.fromkeys(s.tolerance for s in some)),
        })  # fmt: skip
    return {"measured_on": datetime.datetime.now(datetime.UTC).date().isoformat(), "rows": rows}


HEAD = """# Agreement with other programs

Written by `scripts/reference_table.py` from the comparisons that the tests make; do not edit. Each
line is one statistic over all data sets that have it.

- **Numbers**: how many were compared, in how many sets.
- **Largest difference**: between ours and theirs, absolute, and relative to theirs. A number that
  lies within its tolerance of 0 has no relative difference.
- **Of tolerance**: the largest part of what is allowed that any number used, and in which set.
  100 % would be a difference as large as allowed.
- **Tolerance**: the larger of the relative and the absolute one (networks: their sum). Statistics
  that end an iteration have wider ones; why stands beside each in `tests/reference`.

The references were computed with the versions named; their data sets are published trials, and one
synthetic network of split scalps. An agreement shows that two programs compute the same thing. It
does not show that the thing is right for a question.
"""

BAYES = """
## Bayes by sampling

NUTS (NumPyro) beside gemtc 1.0.2 and MBNMAtime 0.2.6 with JAGS 4.3.1, and for hierarchical models
beside the quadrature. Both sides are draws, so a tolerance is a part of the posterior SD. Measured
on {day} with the optional extra; `--bayes` measures anew.

| set | statistic | numbers | largest difference | of tolerance | tolerance |
|---|---|---|---|---|---|
"""


def shown(value: float | None) -> str:
    """Return a difference in few digits."""
    if value is None:
        return "–"
    return "0" if value == 0 else f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e+")


def percent(share: float) -> str:
    """Return a share in percent, small ones as such."""
    value = 100 * share
    return "0" if value == 0 else "< 0.1 %" if value < 0.1 else f"{value:.2g} %"


def _table(made: list[Line]) -> Iterator[str]:
    yield "| statistic | reference | sets | numbers | largest difference | relative | of tolerance | tolerance |"  # noqa: E501  # one row of the page
    yield "|---|---|---|---|---|---|---|---|"
    for line in made:
        sets = line.sets[0] if len(line.sets) == 1 else str(len(line.sets))
        where = f" ({line.worst})" if line.used > 0 and len(line.sets) > 1 else ""
        yield (
            f"| {line.statistic} | {line.reference} | {sets} | {line.numbers} | "
            f"{shown(line.absolute)} | {shown(line.relative)} | {percent(line.used)}{where} | "
            f"{line.tolerance} |"
        )


def page(made: list[Line], kept: dict[str, object]) -> str:
    """Return the page."""
    said = [HEAD]
    total = sum(line.numbers for line in made)
    said.append(f"\n{total:,} numbers in {len(made)} lines, and the sampled ones at the end.\n")
    for part, title in PARTS.items():
        mine = [line for line in made if line.part == part]
        sets = sorted({name for line in mine for name in line.sets})
        note = f" {NOTES[part]}" if part in NOTES else ""
        said.append(f"\n## {title}\n\nSets: {', '.join(sets)}.{note}\n\n")
        said.append("\n".join(_table(mine)) + "\n")
    said.append(BAYES.format(day=kept["measured_on"]))
    said += [
        f"| {row['set']} | {row['statistic']} | {row['numbers']} | "
        f"{shown(row['largest_difference'])} | {percent(row['share_of_tolerance'])} | "
        f"{row['tolerance']} |\n"
        for row in kept["rows"]
    ]
    return "".join(said)


def structure(text: str) -> list[tuple[str, ...]]:
    """Return what of a page does not vary: statistic, reference, sets, numbers, tolerance."""
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith(("| ", "Sets:"))]
    return [(*row[:4], row[-1]) if len(row) == 8 else (*row[:3], row[-1]) for row in rows]


def main() -> int:
    """Write the page, or compare its structure; return the exit status."""
    parser = argparse.ArgumentParser(description="Write docs/reference-results.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    parser.add_argument("--bayes", action="store_true", help="sample the Bayesian sets anew")
    arguments = parser.parse_args()
    if not SETS.is_dir():
        print("reads ../shared, which is not beside this checkout: nothing was compared")
        return 0
    if arguments.bayes:
        measured = yaml.safe_dump(summary(sampled()), sort_keys=False, allow_unicode=True)
        KEPT.write_text(measured, "utf-8")
    kept = yaml.safe_load(KEPT.read_text("utf-8"))
    made = lines(numbers())
    beyond = [f"{line.part}: {line.statistic} ({line.worst})" for line in made if line.used > 1]
    beyond += [f"{r['set']}: {r['statistic']}" for r in kept["rows"] if r["share_of_tolerance"] > 1]
    text = page(made, kept)
    if not arguments.check:
        PAGE.write_text(text, "utf-8")
    elif structure(text) != structure(PAGE.read_text("utf-8")):
        print(f"{PAGE.name} holds other statistics than the tests; run scripts/reference_table.py")
        return 1
    if beyond:
        print("beyond their tolerance: " + "; ".join(beyond))
    return int(bool(beyond))


if __name__ == "__main__":
    raise SystemExit(main())
