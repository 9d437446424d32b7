"""The ledger: what each claim of an article rests on, and what can be recomputed of it."""

from anagen.evidence.ledger.entries import (
    Ledger,
    LedgerEntry,
    Place,
    ledger,
    recognised,
)
from anagen.evidence.ledger.found import Outcome
from anagen.evidence.ledger.recompute import (
    Bound,
    GainQuestion,
    Recomputation,
    recompute,
)

__all__ = [
    "Bound", "GainQuestion", "Ledger", "LedgerEntry", "Outcome", "Place", "Recomputation",
    "ledger", "recognised", "recompute",
]  # fmt: skip
