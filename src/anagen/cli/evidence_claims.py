"""`anagen evidence claims`: what the articles claim, what was found, and what can be recomputed."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from anagen import facts as package_facts
from anagen.cli import output
from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.treatment import ClaimVerdict

if TYPE_CHECKING:
    from anagen.evidence.ledger import Bound, GainQuestion

PAGE = "claims.html"
MAX_ARTICLE_BYTES = 1_000_000
CONDITION = "androgenetic_alopecia"


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb `claims` with its arguments."""
    summary = "The claims of the articles with verdict, reason, source and recomputation."
    parser = verbs.add_parser(
        "claims", help=summary, description=summary,
        epilog="example:\n  anagen evidence claims --article article_004 --verdict unsupported",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--article", metavar="FILE|ID", help="one article: its id, or a file with its text"
    )
    parser.add_argument("--verdict", choices=get_args(ClaimVerdict), help="only this verdict")
    parser.add_argument("--out", metavar="DIR", help=f"write {PAGE} and claims.json there")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_claims)


def _read_article(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InputError
        If it is missing, too large or no text.
    """
    name = output.clean(path.name)[:80]
    try:
        if not path.is_file():
            raise InputError(f"{name}: is not a file; give an article as a text file, or its id")
        with path.open("rb") as stream:
            raw = stream.read(MAX_ARTICLE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be opened; check the path") from error
    if len(raw) > MAX_ARTICLE_BYTES:
        raise InputError(f"{name}: is larger than 1 MB; such a file is no article")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 text; save it as UTF-8") from error


def article_of(given: str, facts: Facts) -> Slug:
    """Return the article that an id names or a file holds.

    Parameters
    ----------
    given:
        An id such as article_004, its number such as 004, or the path of a text.
    facts:
        All facts.

    Raises
    ------
    InputError
        If it is neither an id nor a file, or the text is none of the articles that were read.
    """
    from anagen.evidence.ledger import recognised

    if not given.strip():
        raise InputError("--article is empty; give an id or a file")
    for name in (given, f"article_{given}"):
        if name in facts.articles:
            return name
    path = Path(given)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise InputError(
            f"there is neither an article nor a file '{output.clean(given)[:60]}'; the articles "
            f"are {', '.join(facts.articles)}"
        )
    return recognised(_read_article(path), facts)


def bound_from_model(facts: Facts) -> "Bound":
    """Return what gives the largest plausible gain, from the bounds of the follicle model.

    Parameters
    ----------
    facts:
        All facts; they hold the computed bounds.
    """
    from anagen.plan.plausibility import judge
    from anagen.plan.reported import Report

    def bound(question: "GainQuestion") -> Estimate | None:
        report = Report(
            study="claim", arm="claim", label="claim", treatments=[], measure=question.measure,
            is_net=question.is_net, is_percent=question.is_percent, condition=CONDITION,
            source=[], notes=[], week=question.week, gain=0.0,
            baseline_per_cm2=question.baseline_per_cm2,
        )  # fmt: skip
        return judge(report, facts).bound

    return bound


def run_claims(arguments: argparse.Namespace) -> int:
    """Show the ledger; return the exit status."""
    from anagen.cli.evidence_documents import EvidenceClaims
    from anagen.evidence.ledger import ledger

    if arguments.out is not None and not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    facts = package_facts.load()
    article = None if arguments.article is None else article_of(arguments.article, facts)
    found = ledger(facts, article=article, verdict=arguments.verdict, bound=bound_from_model(facts))
    document = EvidenceClaims(schema="anagen/evidence-claims/1", ledger=found)
    out = None if arguments.out is None else Path(arguments.out)
    if out is not None:
        from anagen.report.evidence_pages import claims_page

        output.check_folder(out)
        page = claims_page(found)
        files: dict[str, bytes | Path] = {
            "claims.json": output.as_json(document),
            PAGE: page.encode(),
        }
        spare = [Path(arguments.article)] if arguments.article is not None else []
        output.put(out, files, spare=spare)
    if arguments.json:
        output.say_json(document)
        return 0
    from anagen.report.evidence_terminal import claims_text

    output.say(claims_text(found))
    if out is not None:
        output.say(f"page: {out / PAGE}\n")
    return 0
