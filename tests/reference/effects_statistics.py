"""Every effect size and recovered number of the reference sets, ours beside theirs."""

import json
from collections.abc import Iterator
from pathlib import Path

from anagen.synthesis.effects import effect_sizes
from anagen.synthesis.recovery import (
    correlation_from_sds,
    pooled_sd_from_p,
    sd_from_ci,
    sd_from_se,
    sd_of_change,
    se_from_ci,
    se_of_difference_from_p,
)
from anagen.synthesis.recovery_groups import Group, combine_groups
from anagen.synthesis.recovery_medians import (
    from_quartiles,
    from_range,
    from_range_and_quartiles,
)

Row = tuple[str, str, float, float, float, float]

RELATIVE = 1e-8  # both sides are closed forms of the same numbers
ABSOLUTE = 1e-12  # for effects that are 0
SET = "effects"
OURS = {"LS": "SMD_LS2", "MC_split_r0": "MC", "MC_split_r0.5": "MC", "MC_split_r0.9": "MC"}
TWO_GROUPS = {f"{a}{g}i": f"{a}{g}" for a in ("m", "sd", "n", "x", "t") for g in (1, 2)}
PAIRED = {
    "m1i": "m_post", "m2i": "m_pre", "sd1i": "sd_post", "sd2i": "sd_pre", "ni": "n", "ri": "r",
}  # fmt: skip
FIRST_SECOND = {**TWO_GROUPS, "ni": "n", "ri": "r"}
TABLE = {"ai": "x1", "n1i": "n1", "ci": "x2", "n2i": "n2"}
ONE_GROUP = {"xi": "x", "mi": "m", "sdi": "sd", "ni": "n", "ri": "r"}
LEFT = {"SMCR": {"sd_post"}, "VRC": {"m_post", "m_pre"}}


def read(shared: Path) -> dict:
    path = shared / "stats" / "reference" / "sets" / "effects" / "reference.json"
    return json.loads(path.read_text(encoding="utf-8"))


def names(item: dict) -> dict[str, str]:
    given = item["inputs"]
    if item["measure"] == "SMCRH":
        return FIRST_SECOND
    if "ai" in given:
        return TABLE
    if "m1i" in given:
        return PAIRED if "ni" in given else TWO_GROUPS
    return TWO_GROUPS if "x1i" in given else ONE_GROUP


def measured(item: dict):
    measure = OURS.get(item["measure"], item["measure"])
    called = names(item)
    inputs = {called[k]: v for k, v in item["inputs"].items()}
    if item["measure"].startswith("MC_split"):
        inputs["r"] = float(item["measure"].removeprefix("MC_split_r"))
    inputs = {k: v for k, v in inputs.items() if k not in LEFT.get(measure, set())}
    return effect_sizes(measure, **inputs)


def effect_sizes_beside_metafor(shared: Path) -> Iterator[Row]:
    for item in read(shared)["items"]:
        ours = measured(item)
        for what, mine, theirs in (
            ("effect", ours.y, item["yi"]),
            ("variance", ours.v, item["vi"]),
        ):
            assert len(mine) == len(theirs)
            for a, b in zip(mine, theirs, strict=True):
                yield f"{item['measure']} {what}", SET, float(a), b, RELATIVE, ABSOLUTE


def rows(what: str, ours: float, theirs: float) -> Row:
    return what, SET, ours, theirs, RELATIVE, ABSOLUTE


def summaries(theirs: dict) -> Iterator[Row]:
    low, both, wide = (
        {key: theirs[key][i] for key in ("n", "median", "q1", "q3", "min", "max")} for i in range(3)
    )
    ours = (
        from_quartiles(low["median"], low["q1"], low["q3"], low["n"]),
        from_range_and_quartiles(
            both["median"], both["q1"], both["q3"], both["min"], both["max"], both["n"]
        ),
        from_range(wide["median"], wide["min"], wide["max"], wide["n"]),
    )
    for mine, mean, sd in zip(ours, theirs["mean"], theirs["sd"], strict=True):
        yield rows(f"mean {mine.conversion}", mine.mean, mean)
        yield rows(f"SD {mine.conversion}", mine.sd, sd)


def recovery_beside_r(shared: Path) -> Iterator[Row]:
    theirs = read(shared)["recovery"]
    for e in theirs["sd_change_from_pre_post_r"]:
        ours = sd_of_change(e["sd_pre"], e["sd_post"], e["r"])
        yield rows("SD of change from r", ours.value, e["sd_change"])
    for e in theirs["r_from_three_sds"]:
        ours = correlation_from_sds(e["sd_pre"], e["sd_post"], e["sd_change"])
        yield rows("r from three SDs", ours.value, e["r"])
    for e in theirs["sd_from_se"]:
        yield rows("SD from SE", sd_from_se(e["se"], e["n"]).value, e["sd"])
    for name, quantile in (("t", "t"), ("z", "normal")):
        for e in theirs[f"sd_from_ci95_single_arm_{name}"]:
            ours = sd_from_ci(e["lb"], e["ub"], e["n"], quantile=quantile)
            yield rows(f"SD from interval ({quantile})", ours.value, e["sd"])
    for e in theirs["sd_pooled_from_two_arm_p_t"]:
        given = e["md"], e["p"], e["n1"], e["n2"]
        yield rows("SE of difference from p", se_of_difference_from_p(*given), e["se"])
        yield rows("pooled SD from p", pooled_sd_from_p(*given).value, e["sd"])
    for e in theirs["se_md_from_ci"]:
        yield rows("SE from interval", se_from_ci(e["lb"], e["ub"]), e["se"])
    for e in theirs["combine_two_groups"]:
        ours = combine_groups(
            [Group(n=e[f"n{i}"], mean=e[f"m{i}"], sd=e[f"sd{i}"]) for i in (1, 2)]
        )
        for what, mine in (("n", ours.n), ("m", ours.mean), ("sd", ours.sd)):
            yield rows(f"two groups as one: {what}", mine, e[what])
    yield from summaries(theirs["mean_sd_from_median"])


def comparisons(shared: Path) -> Iterator[Row]:
    """Yield (statistic, set, ours, theirs, relative tolerance, absolute tolerance)."""
    yield from effect_sizes_beside_metafor(shared)
    yield from recovery_beside_r(shared)
