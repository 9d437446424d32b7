"""From a table of studies to a network of treatments."""

from dataclasses import dataclass, field

import numpy as np

from anagen.errors import InputError
from anagen.evidence.table_arms import ArmMean, alike, arm_mean, kind_chosen, kinds_said, said_of
from anagen.evidence.table_choice import Choice, narrowed, refuse_measure, unit_of
from anagen.evidence.table_counts import empty_said, refuse_all_empty, tells_nothing
from anagen.evidence.table_effects import SD_OF_CHANGE, LentCorrelations, refuse_scale
from anagen.evidence.tables import ArmRow, StudyTable
from anagen.synthesis.network import Network, network_from_arms, network_from_contrasts

MEASURES = {
    "means": ("MD", "SMD", "ROM"),
    "events": ("OR", "RR", "RD"),
    "rates": ("IRR",),
}
"""Effect sizes of a network, by what the arms hold; the first is taken where none is chosen."""
WORDS = {
    "MD": "difference of means", "SMD": "difference of means over the trial's pooled SD",
    "ROM": "log ratio of means", "OR": "log odds ratio", "RR": "log risk ratio",
    "RD": "risk difference", "HR": "log hazard ratio", "IRR": "log ratio of rates",
    "as given": "effects of the table",
}  # fmt: skip
LOGS = frozenset({"ROM", "OR", "RR", "IRR", "HR"})


@dataclass(frozen=True, eq=False)
class TableNetwork:
    """A network with what its effects are, who was in it and what was assumed."""

    network: Network
    measure: str
    unit: str
    people: dict[str, int]
    notes: list[str] = field(default_factory=list)
    rests_on_r: bool = False


def network_of(table: StudyTable, choice: Choice, lent: LentCorrelations) -> TableNetwork:
    """Return the network of a table of contrasts or arms.

    Parameters
    ----------
    table:
        A table of contrasts or of arms.
    choice:
        Outcome, visit and effect size where the table leaves them open.
    lent:
        Correlations that are assumed where the table tells none.

    Raises
    ------
    InputError
        If the table holds effects of one comparison, a choice is open or a number cannot be used.
    """
    if table.layout == "effects":
        raise InputError(
            f"{table.name}: holds one effect per study and no names of two treatments; a network "
            "needs treatment_1 and treatment_2, or one row per arm"
        )
    if table.layout == "contrasts":
        refuse_measure(table, choice)
        rows = [row for _, row in narrowed(table, table.contrasts, choice)]
        network = network_from_contrasts(
            [r.study for r in rows], [r.treatment_1 for r in rows], [r.treatment_2 for r in rows],
            [r.effect for r in rows], [r.se for r in rows],
        )  # fmt: skip
        return TableNetwork(
            network=network,
            measure=table.ratio or "as given",
            unit=unit_of(table, choice),
            people={},
        )
    return _of_arms(table, choice, lent)


def _compared(table: StudyTable, choice: Choice) -> tuple[list[ArmRow], list[str]]:
    """Return the arms of studies with two or more, and the studies that have one."""
    rows = [row for _, row in narrowed(table, table.arms, choice)]
    count: dict[str, int] = {}
    for row in rows:
        count[row.study] = count.get(row.study, 0) + 1
    alone = [study for study, arms in count.items() if arms == 1]
    kept = [row for row in rows if count[row.study] > 1]
    if not kept:
        raise InputError(
            f"{table.name}: every study has one arm, so nothing is compared; see "
            "'anagen evidence pool' for single arms"
        )
    return kept, alone


def _of_arms(table: StudyTable, choice: Choice, lent: LentCorrelations) -> TableNetwork:
    rows, alone = _compared(table, choice)
    _refuse_visits(table, rows)
    kind = kind_chosen(table, rows, choice.measure, MEASURES)
    measure = choice.measure or MEASURES[kind][0]
    if measure not in MEASURES[kind]:
        raise InputError(
            f"{table.name}: holds {kind}; a network of them takes {' or '.join(MEASURES[kind])}, "
            f"not {measure}"
        )
    notes = [f"one arm only, so in no comparison: {', '.join(alone[:12])}"] if alone else []
    people: dict[str, int] = {}
    for row in rows:
        people[row.treatment] = people.get(row.treatment, 0) + (row.n or 0)
    rests = False
    if kind == "means":
        changes = {study: alike(table, arms) for study, arms in _by_study(rows).items()}
        refuse_scale(table, measure, changes)
        means = [
            arm_mean(table, row, lent.before_after, of_change=changes[row.study], measure=measure)
            for row in rows
        ]
        notes += [*kinds_said(changes), *said_of(means, [row.study for row in rows])]
        if measure == "SMD" and all(changes.values()):
            notes.append(SD_OF_CHANGE)
        split = {row.study for row in rows if row.design in ("split_scalp", "crossover")}
        rests = bool(split) or any(a.rests_on_r for a in means)
        network = _of_means(table, rows, means, measure, split, lent)
        if split:
            notes.append(
                f"sides of one person are compared in {len(split)}; the correlation of the sides "
                f"is assumed, {lent.between_sides:g}"
            )
    else:
        network, said = _of_counts(table, rows, kind, measure, keep_empty=choice.keep_empty)
        notes += said
    return TableNetwork(
        network=network, measure=measure,
        unit=unit_of(table, choice) if measure in ("MD", "RD") else "",
        people=people, notes=notes, rests_on_r=rests,
    )  # fmt: skip


def _of_means(
    table: StudyTable,
    rows: list[ArmRow],
    means: list[ArmMean],
    measure: str,
    split: set[str],
    lent: LentCorrelations,
) -> Network:
    studies, treatments = [r.study for r in rows], [r.treatment for r in rows]
    m = np.array([a.mean for a in means])
    sd, n = np.array([a.sd for a in means]), np.array([float(a.n) for a in means])
    if measure == "SMD":
        if split:
            raise InputError(
                f"{table.name}: sides of one person give no standardised difference here; use MD"
            )
        return _standardised(studies, treatments, m, sd, n)
    variance = sd**2 / n
    if measure == "ROM":
        if (m <= 0).any():
            i = int(np.flatnonzero(m <= 0)[0])
            raise InputError(
                f"{table.name}, line {rows[i].line}: the mean {m[i]:g} has no logarithm; a ratio "
                "of means needs means above 0"
            )
        m, variance = np.log(m), variance / m**2
    return network_from_arms(
        studies, treatments, m, variance,
        correlation=dict.fromkeys(split, lent.between_sides) or None,
    )  # fmt: skip


def _standardised(
    studies: list[str], treatments: list[str], m: np.ndarray, sd: np.ndarray, n: np.ndarray
) -> Network:
    """Return the network of differences over the SD pooled over all arms of a trial.

    One SD per trial keeps the loops of a trial with three arms closed.

    References
    ----------
    Crippa & Orsini (2016), BMC Medical Research Methodology 16:91, equations 4 and 5.
    """
    study, first, second, effect, se = [], [], [], [], []
    for name in dict.fromkeys(studies):
        at = [i for i, s in enumerate(studies) if s == name]
        total = n[at].sum()
        pooled = np.sqrt(((n[at] - 1) * sd[at] ** 2).sum() / (total - len(at)))
        for a, i in enumerate(at):
            for j in at[a + 1 :]:
                d = (m[i] - m[j]) / pooled
                study.append(name)
                first.append(treatments[i])
                second.append(treatments[j])
                effect.append(d)
                se.append(np.sqrt(1 / n[i] + 1 / n[j] + d**2 / (2 * total)))
    return network_from_contrasts(study, first, second, effect, se)


def _by_study(rows: list[ArmRow]) -> dict[str, list[ArmRow]]:
    found: dict[str, list[ArmRow]] = {}
    for row in rows:
        found.setdefault(row.study, []).append(row)
    return found


def _refuse_visits(table: StudyTable, rows: list[ArmRow]) -> None:
    """Refuse an arm that stands twice: two visits are not two arms."""
    seen: dict[tuple[str, str], ArmRow] = {}
    for row in rows:
        first = seen.setdefault((row.study, row.treatment), row)
        if first is row:
            continue
        by_dose = (first.week, first.time) == (row.week, row.time)
        how = (
            "write the dose into the name of the treatment"
            if by_dose
            else "choose a visit with --week"
        )
        raise InputError(
            f"{table.name}, line {row.line}: study {row.study!r} has {row.treatment!r} twice (line "
            f"{first.line} too); {how}"
        )


def _told(rows: list[ArmRow], measure: str, *, keep_empty: bool) -> tuple[list[ArmRow], list[str]]:
    """Return the arms of trials that tell something of a ratio, and the trials that do not."""
    empty = [s for s, arms in _by_study(rows).items() if tells_nothing(arms, measure)]
    return [row for row in rows if keep_empty or row.study not in empty], empty


def _of_counts(
    table: StudyTable, rows: list[ArmRow], kind: str, measure: str, *, keep_empty: bool
) -> tuple[Network, list[str]]:
    """Return the network of odds, risks or rates; 1/2 goes to all arms of a trial with a zero."""
    notes = []
    everywhere = {row.treatment for row in rows}
    rows, empty = _told(rows, measure, keep_empty=keep_empty)
    refuse_all_empty(table, measure, len(rows))
    by_study: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        by_study.setdefault(row.study, []).append(i)
    x = np.array([float(r.events or 0) for r in rows])
    size = np.array([float((r.n if kind == "events" else r.exposure) or 0) for r in rows])
    zero = (x == 0) | ((x == size) & (kind == "events"))
    add = np.zeros(len(rows))
    for at in by_study.values():
        add[at] = 0.5 * zero[at].any()
    if add.any():
        named = ", ".join(dict.fromkeys(rows[i].study for i in np.flatnonzero(add)))
        notes.append(f"1/2 was added to the cells of trials with an empty one: {named}")
    notes += empty_said(empty, keep_empty=keep_empty)
    gone = sorted(everywhere - {row.treatment for row in rows})
    if gone:
        notes.append(f"only such trials have {', '.join(gone)}: no longer in the network")
    x, total = x + add, size + (2 * add if kind == "events" else 0)
    if measure == "OR":
        y, v = np.log(x / (total - x)), 1 / x + 1 / (total - x)
    elif measure == "RR":
        y, v = np.log(x / total), 1 / x - 1 / total
    elif measure == "RD":
        y, v = x / total, x * (total - x) / total**3
    else:
        y, v = np.log(x / total), 1 / x
    return (
        network_from_arms([r.study for r in rows], [r.treatment for r in rows], y, v),
        notes,
    )
