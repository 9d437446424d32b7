"""`anagen evidence pool`: what all studies of a treatment say together, or those of a table."""

import argparse
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.cli import output
from anagen.errors import InputError

PICTURES = r"(forest|funnel|bias-[a-z0-9-]+)\.svg"
OF_TABLES = {
    "effect_size": "--effect-size", "outcome": "--outcome", "week": "--week",
    "treatment": "--treatment", "against": "--against", "subgroup": "--subgroup",
    "moderator": "--moderator", "layout": "--layout", "method": "--method",
    "prior_scale": "--prior-scale", "keep_empty": "--keep-empty",
}  # fmt: skip
OF_FACTS = {
    "option": "--option", "sex": "--sex", "weeks": "--weeks", "measure": "--measure",
    "route": "--route", "origin": "--origin",
}  # fmt: skip


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `pool` with its arguments."""
    summary = (
        "Pool the studies of one treatment, controlled apart from uncontrolled; or one comparison "
        "of a table of your own."
    )
    parser = verbs.add_parser(
        "pool", help=summary, description=summary,
        epilog="examples:\n  anagen evidence pool --option exosome --out out\n"
        "  anagen evidence pool mine.csv --against placebo --effect-size MD --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--option", metavar="ID", help="a treatment or option, e.g. exosome")
    shared.add_facts(parser)
    parser.add_argument("--measure", metavar="ID", help="one way of counting hairs")
    parser.add_argument("--route", metavar="ID", help="one route, e.g. intradermal_injection")
    parser.add_argument("--origin", metavar="WORD", help="sources that hold this word: adipose")
    shared.add_table(parser)
    parser.add_argument("--treatment", metavar="NAME", help="which treatment of the table")
    parser.add_argument("--against", metavar="NAME", help="which control of the table")
    parser.add_argument("--subgroup", metavar="COLUMN", help="pool by the words of a column too")
    parser.add_argument(
        "--moderator", metavar="COLUMN", action="append", default=[],
        help="regress on a column of numbers; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--prior-scale", metavar="S", type=shared.number,
        help="of a table of two to five studies: the exact Bayesian answer beside, with a "
        "half-normal prior of tau of this scale, in the unit of the effects",
    )  # fmt: skip
    shared.add_keep_empty(parser)
    parser.add_argument(
        "--method", choices=shared.METHODS,
        help="of a table: estimator of the variance between studies (default: REML)",
    )  # fmt: skip
    shared.add_output(parser)
    parser.set_defaults(run=run_pool)


def run_pool(arguments: argparse.Namespace) -> int:
    """Pool; return the exit status."""
    if arguments.file is None:
        return _run_option(arguments)
    return _run_table(arguments)


def _run_option(arguments: argparse.Namespace) -> int:
    from anagen.evidence.groups import treatment_named
    from anagen.evidence.option_pool import BeyondBound, option_pool
    from anagen.plan.plausibility import flagged, plausibility, said
    from anagen.report.evidence_option_sheet import option_sheet

    if arguments.option is None:
        raise InputError(
            "say what to pool: --option exosome for our own facts, or a table of your own"
        )
    shared.refuse_given(arguments, OF_TABLES, "of our own facts")
    folder = shared.folder_of(arguments)
    facts = package_facts.load()
    name = treatment_named(arguments.option.strip(), facts)
    beyond = [
        BeyondBound(study=finding.report.study, text=said(finding))
        for finding in flagged(plausibility(facts))
    ]
    pool = option_pool(
        name, shared.question_of(arguments, facts), facts, level=arguments.level, beyond=beyond,
        without=arguments.without,
    )  # fmt: skip
    if folder is not None:
        from anagen.report.evidence.of_pool import option_bias, option_forest
        from anagen.report.evidence_result_pages import page_of

        forest = option_forest(pool, facts)
        figures = {} if forest is None else {"forest": forest}
        figures |= option_bias(pool, facts)
        files = {f"{stem}.svg": svg.encode() for stem, svg in figures.items()}
        files["pool.json"] = output.as_json(pool)
        files["pool.html"] = page_of(option_sheet(pool, facts), figures).encode()
        output.put(folder, files, stale=shared.pictures_in(folder, PICTURES))
    if arguments.json:
        output.say_json(pool)
        return 0
    from anagen.report.evidence_result_pages import text_of

    output.say(text_of(option_sheet(pool, facts)))
    if folder is not None:
        output.say(f"page: {folder / 'pool.html'}\n")
    return 0


def _run_table(arguments: argparse.Namespace) -> int:
    from anagen.evidence.table_analysis import PoolSettings, pool_table
    from anagen.report.evidence_pool_sheet import table_sheet

    shared.refuse_given(arguments, OF_FACTS, "of a table")
    if arguments.prior_scale is not None and arguments.prior_scale <= 0:
        raise InputError("--prior-scale is not above 0; give a size of tau such as 0.5")
    folder = shared.folder_of(arguments)
    table = shared.table_of(arguments)
    twice = [name for name in arguments.moderator if arguments.moderator.count(name) > 1]
    if twice:
        raise InputError(
            f"--moderator {output.clean(twice[0])} is given twice; give each column once"
        )
    settings = PoolSettings(
        method=arguments.method or "REML", level=arguments.level, subgroup=arguments.subgroup,
        moderators=tuple(arguments.moderator), prior_scale=arguments.prior_scale,
    )  # fmt: skip
    rules = package_facts.load().evidence_rules
    pool, groups = pool_table(table, shared.choice_of(arguments), settings, rules)
    if folder is not None:
        from anagen.report.evidence.of_pool import forest_of, funnel_of
        from anagen.report.evidence_result_pages import page_of

        figures = {"forest": forest_of(pool.analysis, table.name, groups)}
        if pool.analysis.pooled.studies > 1:
            figures["funnel"] = funnel_of(pool.analysis, f"{table.name}: funnel")
        files = {f"{stem}.svg": svg.encode() for stem, svg in figures.items()}
        files["pool.json"] = output.as_json(pool)
        files["pool.html"] = page_of(table_sheet(pool), figures).encode()
        output.put(
            folder, files, spare=[Path(arguments.file)], stale=shared.pictures_in(folder, PICTURES)
        )
    if arguments.json:
        output.say_json(pool)
        return 0
    from anagen.report.evidence_result_pages import text_of

    output.say(text_of(table_sheet(pool)))
    if folder is not None:
        output.say(f"page: {folder / 'pool.html'}\n")
    return 0
