"""The clinician's letter on one sheet of paper, and the record as plain text."""

from collections.abc import Sequence

from anagen.plan.consultation import Consultation, Fill, FilledParagraph, FormEntry
from anagen.report.page import render

BLANK = "____________"
LINE_WIDTH = 78
INDENT = "  "
SIZES = ((3200, ""), (4000, "longer"), (5000, "long"), (6600, "longest"))
"""Up to how many characters a letter is printed in which size, so that it keeps to one sheet."""
SMALLEST = "smallest"
PLAIN = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‐": "-", "\u00a0": " ", "²": "2", "³": "3", "µ": "u", "μ": "u",
    "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "≥": ">=", "≤": "<=", "×": "x", "→": "->",
})  # fmt: skip
"""Signs that an old record system may not know, and what is written for them."""


def words_of_field(entry: FormEntry) -> str:
    """Return what a field holds in words; empty where nobody has filled it."""
    return ", ".join(entry.choices.get(value, value) for value in entry.filled)


def filled_text(paragraph: FilledParagraph, form: Sequence[FormEntry]) -> str:
    """Return a paragraph as text, with a blank for every field that is not filled.

    Parameters
    ----------
    paragraph:
        The paragraph.
    form:
        The form that fills it.
    """
    values = {entry.id: words_of_field(entry) for entry in form}
    said = "".join(
        values[part.field] or BLANK if isinstance(part, Fill) else part for part in paragraph.parts
    )
    return f"{paragraph.title}: {said}" if paragraph.title else said


def wrapped(text: str, width: int = LINE_WIDTH) -> list[str]:
    """Return a text in lines of at most `width` characters; all but the first are indented.

    The clinician's page wraps in the same way, so that a copy from there is the same record.

    Examples
    --------
    >>> wrapped("one two three four", 10)
    ['one two', '  three', '  four']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        rest = word
        while rest:
            joined = f"{line} {rest}" if line.strip() else line + rest
            if len(joined) <= width:
                line, rest = joined, ""
            elif line.strip():
                lines.append(line)
                line = INDENT
            else:  # one word that is longer than a line
                lines.append(joined[:width])
                line, rest = INDENT, joined[width:]
    return [*lines, line] if line.strip() else lines


def record_text(consultation: Consultation) -> str:
    """Return the record: plain text, one paragraph after the other, with blanks to be filled.

    Parameters
    ----------
    consultation:
        The case and the form, filled as far as the person file goes.
    """
    paragraphs = [*consultation.record, *consultation.closing]
    lines = [
        line
        for paragraph in paragraphs
        for line in wrapped(filled_text(paragraph, consultation.form).translate(PLAIN))
    ]
    return "\n".join(lines) + "\n"


def letter_page(consultation: Consultation) -> str:
    """Return the letter for one sheet of paper, with lines where the form was not filled.

    Parameters
    ----------
    consultation:
        The case and the form, filled as far as the person file goes.
    """
    paragraphs = [*consultation.letter, *consultation.closing]
    characters = sum(len(filled_text(p, consultation.form)) for p in paragraphs)
    return render(
        "letter.html",
        consultation=consultation,
        size=next((size for most, size in SIZES if characters <= most), SMALLEST),
        values={entry.id: words_of_field(entry) for entry in consultation.form},
        wide=[entry.id for entry in consultation.form if entry.kind in ("words", "several")],
    )
