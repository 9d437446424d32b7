"""`anagen evidence studies` and `anagen evidence study ID`: every study, and one whole."""

import argparse
from pathlib import Path
from typing import get_args

from anagen import facts as package_facts
from anagen.cli import output
from anagen.errors import InputError
from anagen.facts.base import Sex
from anagen.facts.study import DesignKind


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs `studies` and `study` with their arguments."""
    summary = "Every study: who, what, design, bias, and whether its numbers are pooled."
    listing = verbs.add_parser(
        "studies", help=summary, description=summary,
        epilog="example:\n  anagen evidence studies --option exosome --sex female",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    listing.add_argument(
        "--option", metavar="ID", help="an option or a treatment, e.g. exosome or prp"
    )
    listing.add_argument("--sex", choices=get_args(Sex), help="studies of this sex, or of both")
    listing.add_argument("--kind", choices=get_args(DesignKind), help="studies of this design")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    listing.set_defaults(run=run_studies)
    summary = "Everything on one study: arms, results, harms, bias, cautions, sources."
    one = verbs.add_parser(
        "study", help=summary, description=summary,
        epilog="example:\n  anagen evidence study wan_2025 --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    one.add_argument("id", metavar="ID", help="the study's id, e.g. wan_2025")
    one.add_argument("--out", metavar="DIR", help="write study-ID.html and study-ID.json there")
    one.add_argument("--json", action="store_true", help="print one JSON document")
    one.set_defaults(run=run_study)


def run_studies(arguments: argparse.Namespace) -> int:
    """List the studies; return the exit status."""
    from anagen.cli.evidence_documents import EvidenceStudies
    from anagen.evidence.register import studies

    if arguments.option is not None and not arguments.option.strip():
        raise InputError("--option is empty; give an option or a treatment, such as exosome")
    facts = package_facts.load()
    lines = studies(facts, option=arguments.option, sex=arguments.sex, kind=arguments.kind)
    if arguments.json:
        output.say_json(
            EvidenceStudies(
                schema="anagen/evidence-studies/1", total=len(facts.studies), studies=lines,
                option=arguments.option, sex=arguments.sex, kind=arguments.kind,
            )
        )  # fmt: skip
        return 0
    from anagen.report.evidence_terminal import studies_text

    output.say(studies_text(lines, len(facts.studies)))
    return 0


def run_study(arguments: argparse.Namespace) -> int:
    """Show one study; return the exit status."""
    from anagen.cli.evidence_documents import EvidenceStudy
    from anagen.evidence.study_card import card

    if not arguments.id.strip():
        raise InputError("the id is empty; give a study, see 'anagen evidence studies'")
    if arguments.out is not None and not arguments.out.strip():
        raise InputError("--out is empty; give a folder")
    found = card(package_facts.load(), arguments.id)
    document = EvidenceStudy(schema="anagen/evidence-study/1", card=found)
    out = None if arguments.out is None else Path(arguments.out)
    page = f"study-{found.line.id}.html"
    if out is not None:
        from anagen.report.evidence_pages import study_page

        output.check_folder(out)
        html = study_page(found)
        output.put(
            out, {f"study-{found.line.id}.json": output.as_json(document), page: html.encode()}
        )
    if arguments.json:
        output.say_json(document)
        return 0
    from anagen.report.evidence_terminal import card_text

    output.say(card_text(found))
    if out is not None:
        output.say(f"page: {out / page}\n")
    return 0
