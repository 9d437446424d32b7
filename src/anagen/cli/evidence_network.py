"""`anagen evidence network`: all treatments against each other, of our facts or of a table."""

import argparse
from pathlib import Path
from typing import Any

from anagen import facts as package_facts
from anagen.cli import evidence_arguments as shared
from anagen.cli import output
from anagen.errors import InputError

PICTURES = r"(network|(against|league|ranks|contributions|heat)(-[0-9]+)?)\.svg"
OF_TABLES = {
    "effect_size": "--effect-size", "outcome": "--outcome", "week": "--week",
    "layout": "--layout", "keep_empty": "--keep-empty", "smaller_is_better": "--smaller-is-better",
}  # fmt: skip
OF_FACTS = {"sex": "--sex", "weeks": "--weeks"}


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `network` with its arguments."""
    summary = (
        "Compare all treatments at once: effects with prediction intervals, direct and indirect "
        "evidence, ranks with their intervals, contributions, and what no trial joins."
    )
    parser = verbs.add_parser(
        "network", help=summary, description=summary,
        epilog="examples:\n  anagen evidence network --sex male --out out\n"
        "  anagen evidence network mine.csv --reference placebo --smaller-is-better --out out",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    shared.add_facts(parser)
    shared.add_table(parser)
    parser.add_argument("--reference", metavar="NAME", help="list the others against this one")
    parser.add_argument(
        "--smaller-is-better", action="store_true", help="of a table: a smaller value is a benefit"
    )
    shared.add_keep_empty(parser)
    parser.add_argument(
        "--interval", choices=("normal", "t"), default="normal",
        help="intervals of contrasts: normal, or t with the degrees of freedom of Q "
        "(default: normal)",
    )  # fmt: skip
    parser.add_argument(
        "--meaningful", metavar="D", type=shared.number,
        help="the least difference that matters, for ranks (our facts: that of the rules)",
    )  # fmt: skip
    parser.add_argument(
        "--inactive", metavar="NAME", help="component without an effect of its own, e.g. placebo"
    )
    parser.add_argument(
        "--separator", metavar="SIGN", default="+", help="between components (default: +)"
    )
    parser.add_argument(
        "--shortest-paths", action="store_true",
        help="contributions by shortest paths too; slow with many treatments",
    )  # fmt: skip
    parser.add_argument(
        "--method", choices=shared.NETWORK_METHODS, default="REML",
        help="estimator of the variance between trials, or the common effect (default: REML)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=shared.seed, default=1, metavar="N", help="of the draws of ranks"
    )
    shared.add_output(parser)
    parser.set_defaults(run=run_network)


def run_network(arguments: argparse.Namespace) -> int:
    """Fit the network; return the exit status."""
    from anagen.evidence.table_analysis import NetworkSettings, network_table
    from anagen.report.evidence_network_sheet import network_sheet

    if not arguments.separator.strip() or len(arguments.separator) > 5:
        raise InputError("--separator is empty or long; give one sign such as +")
    if arguments.meaningful is not None and arguments.meaningful < 0:
        raise InputError("--meaningful is below 0; give the size of a difference")
    folder = shared.folder_of(arguments)
    facts = package_facts.load()
    own = facts.evidence_rules.meaningful_difference.number() if arguments.file is None else 0.0
    settings = NetworkSettings(
        method=arguments.method, level=arguments.level,
        smaller_is_better=arguments.smaller_is_better,
        meaningful=own if arguments.meaningful is None else arguments.meaningful,
        reference=arguments.reference, inactive=arguments.inactive,
        separator=arguments.separator, seed=arguments.seed,
        with_paths=arguments.shortest_paths, interval=arguments.interval,
    )  # fmt: skip
    document: Any
    if arguments.file is None:
        shared.refuse_given(arguments, OF_TABLES, "of our own facts")
        document, title, spare = _own(arguments, facts, settings)
    else:
        shared.refuse_given(arguments, OF_FACTS, "of a table")
        table = shared.table_of(arguments)
        document = network_table(table, shared.choice_of(arguments), settings, facts.evidence_rules)
        title, spare = table.name, [Path(arguments.file)]
    if folder is not None:
        from anagen.report.evidence.of_network import network_figures
        from anagen.report.evidence_result_pages import page_of

        figures = network_figures(document.analysis, title)
        files = {f"{stem}.svg": svg.encode() for stem, svg in figures.items()}
        files["network.json"] = output.as_json(document)
        files["network.html"] = page_of(network_sheet(document, title), figures).encode()
        output.put(folder, files, spare=spare, stale=shared.pictures_in(folder, PICTURES))
    if arguments.json:
        output.say_json(document)
        return 0
    from anagen.report.evidence_result_pages import text_of

    output.say(text_of(network_sheet(document, title)))
    if folder is not None:
        output.say(f"page: {folder / 'network.html'}\n")
    return 0


def _own(arguments: argparse.Namespace, facts: Any, settings: Any) -> tuple[Any, str, list[Path]]:
    from anagen.evidence.facts_network import facts_network
    from anagen.facts.evidence_rules import Window

    question = shared.question_of(arguments, facts)
    window = facts.evidence_rules.windows[0]
    if arguments.weeks is not None:
        low, high = arguments.weeks
        window = Window(from_week=low, to_week=high, label=f"weeks {low:g} to {high:g}")
    document = facts_network(question, window, facts, settings, without=arguments.without)
    people = {"male": "men", "female": "women", None: "men and women"}[question.sex]
    condition = facts.vocabulary.label("conditions", question.condition)
    return document, f"{condition}, {people}, {window.label}", []
