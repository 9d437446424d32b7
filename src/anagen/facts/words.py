"""The words of a message about a file that was read: what stands there, and what may stand."""

import difflib
from collections.abc import Sequence

MOST_LISTED = 17
LONGEST_SHOWN = 40


def shown(value: object) -> str:
    """Return a value as it is quoted in a message: never long, never with control characters."""
    text = value if isinstance(value, str) else repr(value)
    cut = text[:LONGEST_SHOWN] + ("..." if len(text) > LONGEST_SHOWN else "")
    return "'" + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut) + "'"


def near(word: str, known: Sequence[str], *, cutoff: float = 0.5) -> str:
    """Return what to write instead of a word that is not known."""
    folded = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower()[:80], folded, n=1, cutoff=cutoff)
    if found:
        return f"did you mean {folded[found[0]]}?"
    return f"write one of {', '.join(known)}" if len(known) <= MOST_LISTED else "see examples/"
