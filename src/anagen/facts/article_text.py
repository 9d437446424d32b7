"""An article's text, cut into its headings, list items and sentences, always in the same way."""

import hashlib
import re
import unicodedata
from itertools import pairwise

HASH_LENGTH = 12

_BULLET = re.compile(r"^(?:[•\-–*]|\d{1,2}\.)(?:\s+|$)")
_LEAD_IN = re.compile(r"^([A-Z][^.:!?]{1,60}:)\s+(?=\S)")
_SPOKEN_LABELS = ("Myth:", "Fact:")
"""Labels that belong to their sentence: without it neither says anything."""

_END = re.compile(
    r"""[.!?]+[”’"')\]]*   # the sentence stops, with what closes after it
    (?:\s+(?=[“‘"'(\[]?[A-Z0-9])|(?<=[a-z0-9%)\]][.!?])(?=[A-Z]))  # a gap, or glued to the next""",
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|al)|\b[A-Z])\.$"
)


def normalised(text: str) -> str:
    r"""Return a text as it is compared: composed characters, single spaces, small letters.

    Examples
    --------
    >>> normalised("  Hair\u00a0loss,\n  EXPLAINED ")
    'hair loss, explained'
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).lower()


def short_hash(text: str) -> str:
    """Return what a sentence is known by: the head of the SHA-256 of its normalised text."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()[:HASH_LENGTH]


def full_hash(text: str) -> str:
    """Return the SHA-256 of a whole article as read."""
    return hashlib.sha256(text.encode()).hexdigest()


def sentences(text: str) -> list[str]:
    r"""Cut an article into its parts, in order; nothing but bullets and blank lines is left out.

    A part is a heading, a list item without a full stop, the label at the head of a line ("Cost:")
    or a sentence. A line that does not end as a sentence does stays whole, and a sentence never
    runs over the end of a line.

    Parameters
    ----------
    text:
        The article as plain text, one paragraph or list item to a line.

    Examples
    --------
    >>> sentences("Does it work?\n- Cost: From 1.5 to 2 units, e.g. here.The rest is vs. nothing.")
    ['Does it work?', 'Cost:', 'From 1.5 to 2 units, e.g. here.', 'The rest is vs. nothing.']
    """
    parts: list[str] = []
    for raw in text.splitlines():
        line = _BULLET.sub("", unicodedata.normalize("NFC", raw).strip()).strip()
        if line:
            parts.extend(_parts_of(line))
    return parts


def _parts_of(line: str) -> list[str]:
    """Cut one line, without its bullet."""
    if line[-1] not in ".!?:”\"')":
        return [line]
    label = _LEAD_IN.match(line)
    if label and not line.endswith("?") and label.group(1) not in _SPOKEN_LABELS:
        return [label.group(1), *_cut(line[label.end() :])]
    return _cut(line)


def _cut(line: str) -> list[str]:
    """Cut a line where one sentence ends and the next begins."""
    stops = [0]
    for found in _END.finditer(line):
        before = line[: found.end()].rstrip()
        if not _ABBREVIATION.search(before):
            stops.append(found.end())
    stops.append(len(line))
    return [part for a, b in pairwise(stops) if (part := line[a:b].strip())]
