"""`anagen evidence multivariate`: effects that depend on each other, in one model."""

import argparse
import re
from pathlib import Path
from typing import Any

from anagen.cli import evidence_arguments as shared
from anagen.errors import InputError

STRUCTURES = ("nested", "CS", "HCS", "UN", "AR", "HAR", "CAR", "ID", "DIAG", "none")


def centre(text: str) -> tuple[str, float | None]:
    """Read where a moderator is counted from: year=1983, or year=mean."""
    name, _, value = text.rpartition("=")
    if not name or not (value == "mean" or re.fullmatch(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?", value)):
        raise argparse.ArgumentTypeError(
            f"'{text[:40]}' is no centre; give COLUMN=NUMBER or COLUMN=mean"
        )
    return name, None if value == "mean" else float(value)


def add_to(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb `multivariate` with its arguments."""
    summary = (
        "Fit dependent effects of a table (several outcomes, times or schools of one study) in a "
        "multivariate or multilevel model with a known covariance."
    )
    parser = verbs.add_parser(
        "multivariate", help=summary, description=summary,
        epilog="examples:\n  anagen evidence multivariate mine.csv --outer study --inner outcome "
        "--structure UN --by outcome --covariance v.csv --out out\n"
        "  anagen evidence multivariate mine.csv --outer district --inner school --robust CR2",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("file", metavar="TABLE.csv", help="one effect per row")
    parser.add_argument("--outer", metavar="COLUMN", help="groups of effects (default: the study)")
    parser.add_argument("--inner", metavar="COLUMN", help="outcomes, times or groups within them")
    parser.add_argument(
        "--structure", choices=STRUCTURES, default="nested",
        help="nested: a variance of each grouping (default); the others: over the levels of "
        "--inner; none: a common effect",
    )  # fmt: skip
    parser.add_argument(
        "--by", metavar="COLUMN", help="each level gets a coefficient, without an intercept"
    )
    parser.add_argument(
        "--moderator", metavar="COLUMN", action="append", default=[],
        help="a column of numbers, with --by a slope for each level; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--centre", metavar="COLUMN=VALUE", type=centre, action="append", default=[],
        help="count a moderator from a number, or from its mean (default: from 0)",
    )  # fmt: skip
    parser.add_argument(
        "--common-slopes", action="store_true", help="one slope for all levels of --by"
    )
    _add_covariance(parser)
    parser.add_argument("--method", choices=("REML", "ML"), default="REML", help="default: REML")
    parser.add_argument(
        "--test", choices=("z", "t"), default="z",
        help="t has the degrees of freedom of the groups that hold each coefficient",
    )  # fmt: skip
    parser.add_argument("--robust", choices=("CR1", "CR2"), help="cluster-robust standard errors")
    parser.add_argument("--cluster", metavar="COLUMN", help="of --robust (default: --outer)")
    shared.add_output(parser)
    parser.set_defaults(run=run_multivariate)


def _add_covariance(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how effects of one study covary; one of")
    group.add_argument(
        "--covariance", metavar="V.csv",
        help="entries of the upper triangle: row, col, value; rows of the table from 1",
    )  # fmt: skip
    group.add_argument("--within-r", metavar="R", type=shared.number, help="one correlation")
    group.add_argument(
        "--within-ar", metavar="PHI", type=shared.number,
        help="to the power of the time between two; needs --time",
    )  # fmt: skip
    group.add_argument("--time", metavar="COLUMN", help="times, as numbers")


def run_multivariate(arguments: argparse.Namespace) -> int:
    """Fit the model; return the exit status."""
    from anagen.evidence.dependent import DependentSettings, multivariate_table
    from anagen.evidence.known_covariance import Covariance
    from anagen.report.evidence.of_dependent import dependent_forest
    from anagen.report.evidence_dependent_sheet import dependent_sheet

    folder = shared.folder_of(arguments)
    if len({name for name, _ in arguments.centre}) < len(arguments.centre):
        raise InputError("--centre names one column twice; keep one")
    path = None if arguments.covariance is None else Path(arguments.covariance)
    settings = DependentSettings(
        outer=arguments.outer, inner=arguments.inner, structure=arguments.structure,
        by=arguments.by, moderators=tuple(dict.fromkeys(arguments.moderator)),
        centres=dict(arguments.centre), common_slopes=arguments.common_slopes,
        covariance=Covariance(
            path=path, within_r=arguments.within_r, within_ar=arguments.within_ar
        ),
        time=arguments.time, method=arguments.method, test=arguments.test,
        robust=arguments.robust, cluster=arguments.cluster, level=arguments.level,
    )  # fmt: skip
    source = Path(arguments.file)
    document = multivariate_table(source, settings)
    forest = None if folder is None else dependent_forest(document)
    return shared.tell(
        arguments, folder, "multivariate", document, dependent_sheet(document),
        {} if forest is None else {"forest": forest},
        spare=[source] if path is None else [source, path],
    )  # fmt: skip
