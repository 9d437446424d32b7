"""A study of a table as the YAML text of a fact, for its editor to complete."""

from collections.abc import Mapping
from typing import Any

import msgspec

from anagen import strict_yaml
from anagen.errors import InputError
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.records import ArmRow, StudyTable
from anagen.facts import Facts
from anagen.facts.study import Study
from anagen.facts.vocabulary import Term

PER_CM2 = "hairs/cm2"
KINDS = {
    "parallel": "randomised_trial", "split_scalp": "randomised_trial",
    "crossover": "randomised_trial", "single_arm": "single_arm",
    "non_randomised": "non_randomised_trial", None: "not_stated",
}  # fmt: skip


def study_draft(
    table: StudyTable,
    study: str,
    facts: Facts,
    *,
    measure: str | None = None,
    source: str = "source_to_add",
    condition: str = "androgenetic_alopecia",
) -> str:
    """Return one study of a table of arms as the text of a study file.

    Parameters
    ----------
    table:
        A table of arms.
    study:
        The study's name in it.
    facts:
        The facts, for their words of treatments, measures and units.
    measure:
        The measure of rows that name no outcome.
    source:
        The id of the source, which the editor adds to `sources.yaml`.
    condition:
        The condition that was treated.

    Raises
    ------
    InputError
        If the table has no such study or holds no arms, or a treatment, measure, unit or condition
        is not in the vocabulary.
    """
    rows = [row for row in table.arms if row.study == study]
    if not rows:
        what = "no such study" if table.arms else f"{table.layout} and no arms"
        raise InputError(f"{table.name}: holds {what}; a draft of '{clean(study)}' needs its arms")
    medians = [row for row in rows if row.median is not None or row.change_median is not None]
    if medians:
        raise InputError(
            f"{table.name}: line {medians[0].line}: tells a median, of which no draft is made; "
            "write the observation by hand, or give mean and sd"
        )
    _known(condition, facts.vocabulary.conditions, "condition", table.name)
    ids = _arm_ids(rows)
    value: dict[str, Any] = {
        "collection": "comparator",
        "citation": {"text": study},
        "condition": condition,
        "design": _design(rows),
        "stage": "not_stated",
        "reading": "numbers",
        "population": {"status": "measured"},
        "source": [source],
        "arms": {ids[_arm(row)]: _arm_fact(row, facts, table.name) for row in _firsts(rows)},
    }
    baseline = [o for row in rows for o in _at_start(row, ids, table, facts, measure, source)]
    if baseline:
        value["baseline"] = baseline
    value["observations"] = [
        o for row in rows for o in _later(row, ids, table, facts, measure, source)
    ]
    msgspec.convert(value, Study)  # the draft must read as a fact
    return strict_yaml.dump(value)


def _arm(row: ArmRow) -> tuple[str, float | None]:
    return row.treatment, row.dose


def _firsts(rows: list[ArmRow]) -> list[ArmRow]:
    return list({_arm(row): row for row in reversed(rows)}.values())[::-1]


def _arm_ids(rows: list[ArmRow]) -> dict[tuple[str, float | None], str]:
    ids: dict[tuple[str, float | None], str] = {}
    for row in rows:
        if _arm(row) in ids:
            continue
        word = "".join(c if c.isascii() and c.isalnum() else "_" for c in row.treatment.lower())
        word = "_".join(filter(None, word.split("_")))[:60] or "arm"
        if row.dose is not None:
            word = f"{word}_{row.dose:g}"
        ids[_arm(row)] = word if word not in ids.values() else f"{word}_{len(ids) + 1}"
    return ids


def _known(word: str, terms: Mapping[str, Any], kind: str, name: str) -> str:
    """Return the id of a word of the vocabulary: an id, a label or another spelling."""
    low = word.strip().casefold()
    for term_id, term in terms.items():
        spellings = [term_id, term_id.replace("_", " "), term.label, *term.also]
        if low in (spelling.casefold() for spelling in spellings):
            return str(term_id)
    import difflib

    near = difflib.get_close_matches(low, list(terms), n=3, cutoff=0.4)
    hint = f" (near: {', '.join(near)})" if near else ""
    raise InputError(
        f"{name}: the {kind} '{clean(word)}' is not in the vocabulary; write one of its ids{hint}"
    )


def _components(treatment: str, facts: Facts, name: str) -> list[dict[str, str]]:
    """Return the parts of a treatment; `a + b` is two."""
    terms: Mapping[str, Term] = facts.vocabulary.treatments
    return [{"treatment": _known(part, terms, "treatment", name)} for part in treatment.split("+")]


def _arm_fact(row: ArmRow, facts: Facts, name: str) -> dict[str, Any]:
    components = _components(row.treatment, facts, name)
    arm: dict[str, Any] = {"label": row.treatment, "components": components}
    if row.sessions is not None and row.sessions == int(row.sessions):
        for component in components:
            component["sessions"] = int(row.sessions)  # type: ignore[assignment]  # beside words
    counts = {"n_randomised": row.n_randomised, "n_analysed": row.n}
    arm |= {key: count for key, count in counts.items() if count is not None}
    if row.dose is not None:
        arm["note"] = f"dose {row.dose:g} in the table, whose unit is to be added"
    return arm


def _design(rows: list[ArmRow]) -> dict[str, Any]:
    said = next((row.design for row in rows if row.design is not None), None)
    design: dict[str, Any] = {"kind": KINDS[said], "text": said or "not stated in the table"}
    if KINDS[said] == "randomised_trial":
        design |= {"randomised": True, "controlled": True}
    elif said is not None:
        design |= {"randomised": False, "controlled": said == "non_randomised"}
    if said == "split_scalp":
        design["split_scalp"] = True
    return design


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _observation(
    row: ArmRow, value: float, statistic: str, ids: Mapping[tuple[str, float | None], str],
    table: StudyTable, facts: Facts, measure: str | None, source: str,
) -> dict[str, Any]:  # fmt: skip
    outcome = row.outcome or measure
    if outcome is None:
        raise InputError(
            f"{table.name}: no column outcome says what was measured; say the measure, such as "
            "hair_density"
        )
    found: dict[str, Any] = {
        "arm": ids[_arm(row)],
        "week": None if row.week is None else _plain(row.week),
        "measure": _known(outcome, facts.vocabulary.measures, "measure", table.name),
        "statistic": statistic,
        "value": _plain(value),
        "unit": table.units.get(row.outcome or ""),
        "status": "measured",
        "source": [source],
        "n": row.n,
        "p_value": row.p_value if statistic != "mean_level" or row.week != 0 else None,
    }
    if found["unit"] == PER_CM2:
        found |= {"conversion": {"how": "as_reported"}, "value_per_cm2": found["value"]}
    return {key: entry for key, entry in found.items() if entry is not None}


def _with_spread(
    found: dict[str, Any], sd: float | None, se: float | None, low: float | None,
    high: float | None,
) -> dict[str, Any]:  # fmt: skip
    spread: dict[str, Any]
    if sd is not None or se is not None:
        value = sd if sd is not None else se
        spread = {"kind": "sd" if sd is not None else "se", "value": _plain(value or 0.0)}
    elif low is not None and high is not None:
        spread = {"kind": "ci95", "low": _plain(low), "high": _plain(high)}
    else:
        return found
    if found.get("unit") == PER_CM2:
        spread |= {f"{key}_per_cm2": spread[key] for key in list(spread) if key != "kind"}
    return {**found, "dispersion": spread}


def _at_start(
    row: ArmRow, ids: Mapping[tuple[str, float | None], str], table: StudyTable, facts: Facts,
    measure: str | None, source: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return what the row says of week 0."""
    start = row if row.week == 0 else msgspec.structs.replace(row, week=0.0)
    if row.week == 0 and row.mean is not None:
        found = _observation(start, row.mean, "mean_level", ids, table, facts, measure, source)
        return [_with_spread(found, row.sd, row.se, row.ci_low, row.ci_high)]
    if row.baseline_mean is None:
        return []
    found = _observation(start, row.baseline_mean, "mean_level", ids, table, facts, measure, source)
    return [_with_spread(found, row.baseline_sd, None, None, None)]


def _later(
    row: ArmRow, ids: Mapping[tuple[str, float | None], str], table: StudyTable, facts: Facts,
    measure: str | None, source: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return what the row says of a later week: level, change, share with the event."""
    made: list[dict[str, Any]] = []
    if row.mean is not None and row.week != 0:
        found = _observation(row, row.mean, "mean_level", ids, table, facts, measure, source)
        made.append(_with_spread(found, row.sd, row.se, row.ci_low, row.ci_high))
    if row.change_mean is not None:
        found = _observation(
            row, row.change_mean, "mean_change", ids, table, facts, measure, source
        )
        made.append(
            _with_spread(found, row.change_sd, row.change_se, row.change_ci_low, row.change_ci_high)
        )
    if row.events is not None and row.n:
        share = round(100 * row.events / row.n, 4)
        found = _observation(row, share, "responder_percent", ids, table, facts, measure, source)
        found |= {"unit": "percent", "status": "derived", "text": f"{row.events} of {row.n}"}
        made.append(found)
    return made
