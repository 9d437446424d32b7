"""`anagen evidence check`: whether a reported result is possible."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anagen.evidence.result_check import Finding, ReportedResult, ResultCheck
    from anagen.facts import Facts

SUMMARY = (
    "Say whether reported results are possible: percentages of people, means, standard deviations, "
    "p-values, intervals, gains."
)
EXAMPLE = "example:\n  anagen evidence check examples/results/wan_2025.yaml"


def add_to(verbs: Any) -> None:  # argparse leaves the type of its subparsers private
    """Add the verb `check` to those of `anagen evidence`."""
    parser = verbs.add_parser(
        "check", help=SUMMARY, description=SUMMARY, epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("file", metavar="RESULT.yaml", help="a reported result, as printed")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check one file; return 1 if something in it is impossible."""
    from anagen.cli import output
    from anagen.errors import InputError
    from anagen.evidence.result_check import check_results, read_reported

    if not arguments.file.strip():
        raise InputError("the name of the file is empty; give the path of a YAML file")
    path = Path(arguments.file)
    reported = read_reported(path)
    asked = [one for one in reported.results if one.gain is not None and one.gain.bound is None]
    try:
        more = _against_the_model(asked) if asked else {}
        result = check_results(reported, more)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    if arguments.json:
        output.say_json(result)
    else:
        output.say(text(result))
    return 1 if result.verdict == "impossible" else 0


def _against_the_model(results: "list[ReportedResult]") -> "dict[str, list[Finding]]":
    """Hold gains against the bound of the follicle model, by the label of the result."""
    from anagen import facts as package_facts

    facts = package_facts.load()
    return {one.label: [_judged(one, facts)] for one in results}


def _judged(result: "ReportedResult", facts: "Facts") -> "Finding":
    from anagen.errors import InputError
    from anagen.evidence.result_check import Finding, Verdict, printed
    from anagen.plan.plausibility import CONDITION, judge
    from anagen.plan.reported import Report

    gain = result.gain
    value = None if gain is None else gain.percent if gain.percent is not None else gain.per_cm2
    if gain is None or value is None:
        raise InputError(f"{result.label}: gain needs one of percent and per_cm2")
    measure = gain.measure or "hair_density"
    if measure not in facts.vocabulary.measures:
        raise InputError(
            f"{result.label}: gain.measure '{measure[:40]}' is not known; write one such as "
            "hair_density, nonvellus_density or terminal_density"
        )
    report = Report(
        study=result.label, arm=result.label, label=result.label, treatments=[], measure=measure,
        is_net=gain.is_net, is_percent=gain.percent is not None, condition=CONDITION, source=[],
        notes=[], week=gain.week, gain=float(printed(value, "gain").low),
        se=None if gain.se is None else float(printed(gain.se, "se of the gain").value),
        baseline_per_cm2=gain.baseline_per_cm2,
        why_not="its week is not said; give gain.week" if gain.week is None else None,
    )  # fmt: skip
    found = judge(report, facts)
    verdicts: dict[str, Verdict] = {
        "within": "possible", "beyond": "implausible", "beyond_within_error": "possible",
        "cannot_be_judged": "cannot_tell",
    }  # fmt: skip
    unit = " %" if gain.percent is not None else " hairs/cm²"
    numbers = {"gain": float(printed(value, "gain").value)}
    if found.upper is not None:
        numbers["upper"] = found.upper
    notes = f" ({'; '.join(found.notes)})" if found.notes else ""
    return Finding(
        name="gain_and_bound", verdict=verdicts[found.verdict], numbers=numbers,
        sentence=f"a gain of {str(value).rstrip(' %')}{unit} {_is(found.text)}{notes}.",
    )  # fmt: skip


def _is(words: str) -> str:
    return words if words.startswith("cannot") else f"is {words}"


def text(result: "ResultCheck") -> str:
    """Return what was found, one line for each check."""
    from anagen.cli import output

    lines = [f"{result.name} ({result.source})"]
    for one in result.results:
        lines += ["", f"{one.label}: {one.verdict.replace('_', ' ')}"]
        lines += [
            f"  {found.verdict.replace('_', ' ') + ':':13s} {found.sentence}"
            for found in one.findings
        ]
    return "".join(f"{output.clean(line)}\n" for line in lines)
