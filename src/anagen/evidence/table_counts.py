"""Trials in which nobody, or everybody, has the event: one rule for pools and for networks."""

from collections.abc import Sequence

from anagen.errors import InputError
from anagen.evidence.tables import ArmRow, StudyTable

DIFFERENCES = frozenset({"RD", "AS", "IRD", "IRSD"})
"""Effect sizes to which a trial without events tells something: that nothing differed."""
ODDS = frozenset({"OR", "PETO"})


def tells_nothing(arms: Sequence[ArmRow], measure: str) -> bool:
    """Tell whether the arms of a trial say nothing of a ratio.

    They do not where no arm has an event, and of odds where every arm has nothing but events.
    """
    if measure in DIFFERENCES:
        return False
    if all(arm.events == 0 for arm in arms):
        return True
    return measure in ODDS and all(arm.events == arm.n for arm in arms)


def empty_said(studies: Sequence[str], *, keep_empty: bool) -> list[str]:
    """Return in words which trials say nothing of a ratio, and what became of them."""
    if not studies:
        return []
    stay = (
        "they stay with 1/2 added and draw a result towards no difference"
        if keep_empty
        else "they tell nothing of a ratio and are left out (--keep-empty keeps them)"
    )
    more = f" and {len(studies) - 12} more" if len(studies) > 12 else ""
    named = ", ".join(studies[:12])
    return [f"no event, or nothing but events, in any arm of {named}{more}: {stay}"]


def refuse_all_empty(table: StudyTable, measure: str, left: int) -> None:
    """Refuse a ratio of which no trial says anything.

    Raises
    ------
    InputError
        If no trial is left.
    """
    if not left:
        raise InputError(
            f"{table.name}: no trial tells anything of {measure}, because no arm has an event "
            "(or, of odds, nobody is without one); use --effect-size RD, or --keep-empty to add 1/2"
        )
