"""Every effect size and recovered number of the reference sets, ours beside theirs."""

import json
from collections.abc import Iterator
from pathlib import Path

from anagen.synthesis.effects import effect_sizes

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
