"""What one check of a reported result found."""

from typing import Literal

import msgspec

from anagen.frozen import Record

Verdict = Literal["possible", "impossible", "implausible", "cannot_tell"]
"""`impossible`: no data give the printed numbers, whatever the rounding; `implausible`: they need
something unusual that was not said; `cannot_tell`: the check has no power here."""

WORST: tuple[Verdict, ...] = ("impossible", "implausible", "possible", "cannot_tell")


class Finding(Record):
    """One check: its name, the verdict, the numbers it rests on, and a sentence."""

    name: str
    verdict: Verdict
    sentence: str
    numbers: dict[str, float] = msgspec.field(default_factory=dict)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the worst of some verdicts; of none, that nothing can be told."""
    return min(verdicts, key=WORST.index, default="cannot_tell")
