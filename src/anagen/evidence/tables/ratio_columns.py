"""Columns of ratios with their limits: read only where both names say what they are."""

import re

RATIOS = {
    "or": "OR", "odds_ratio": "OR", "rr": "RR", "risk_ratio": "RR", "hr": "HR",
    "hazard_ratio": "HR",
}  # fmt: skip
RATIO_ROLES = ("or", "or_lower", "or_upper")


def with_limits(at: dict[str, int], keys: list[str]) -> dict[str, int]:
    """Return the columns of a ratio with those of its limits; without both it is none."""
    rest = {role: k for role, k in at.items() if role not in RATIO_ROLES}
    if "or" not in at or "effect" in at:
        return rest
    kind = RATIOS[keys[at["or"]]]
    own = {role: at[role] for role in RATIO_ROLES[1:] if role in at}
    if len(own) == 2:
        stems = {re.sub(r"_(ci_)?(lower|upper)\Z", "", keys[k]) for k in own.values()}
        is_same = {RATIOS[stem] for stem in stems} == {kind}
        return {**rest, "or": at["or"], **own} if is_same else rest
    if not own and {"ci_low", "ci_high"} <= set(at):
        shared = {"or_lower": at["ci_low"], "or_upper": at["ci_high"]}
        return {**rest, "or": at["or"], **shared}
    return rest
