"""Which answers of a person are still missing, those first that could change a verdict."""

from anagen.candidacy.assess import Candidacy
from anagen.candidacy.finding import ORDER, question
from anagen.facts import Line, Record, Verdict


class MissingAnswer(Record):
    """A key of the person file that is not answered, and what the answer could do.

    `could_become` is the worst that it could turn its line into; without one the answer could no
    longer change a line, but a physician will ask for it.
    """

    key: str
    question: str
    line: Line
    could_become: Verdict | None = None


FIRST: tuple[Line, ...] = ("health", "evidence", "product", "law")
"""The lines in the order in which their questions are asked: the person before the product."""


def missing_answers(candidacy: Candidacy, *, has_offer: bool = True) -> list[MissingAnswer]:
    """Return every missing answer once: the one that could do the worst first, then the others.

    Parameters
    ----------
    candidacy:
        The four verdicts of a person.
    has_offer:
        Whether a clinic has offered anything. If not, nobody can answer what is asked of a
        product, and those questions are left out.
    """
    lines = sorted(candidacy.lines(), key=lambda line: FIRST.index(line.line))
    asks = [f for line in lines for f in line.findings if f.verdict == "ASK"]
    asks.sort(key=lambda finding: ORDER.index(finding.could_become or "STOP"))
    found = [
        MissingAnswer(key=key, question=question(key), line=f.line, could_become=f.could_become)
        for f in asks
        for key in f.missing
    ]
    found += [
        MissingAnswer(key=key, question=question(key), line=f.line)
        for line in lines
        for f in line.findings
        if f.verdict != "ASK"
        for key in f.missing
    ]
    found += [
        MissingAnswer(key=key, question=question(key), line=line.line)
        for line in lines
        for key in line.unanswered
    ]
    first: dict[str, MissingAnswer] = {}
    for missing in found:
        if missing.key.startswith("product.") and not has_offer:
            continue
        first.setdefault(missing.key, missing)
    return list(first.values())
