"""Names that a person reads as one and a computer as two."""

import unicodedata

LOOK_ALIKE = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "м": "m",
        "н": "h", "о": "o", "р": "p", "ѕ": "s", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q",
        "α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u",
        "χ": "x", "ı": "i",
    }
)  # fmt: skip


def sounds(name: str) -> str:
    """Return what a name looks like: without case, blanks, width and look-alike letters.

    Examples
    --------
    >>> sounds("PRP ") == sounds("р r p")
    True
    """
    if name.isascii():
        return "".join(name.lower().split())
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(wide.translate(LOOK_ALIKE).split())
