"""What only a whole table shows: doubled rows, one-armed trials, loops, spellings, islands."""

import itertools
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from anagen.errors import InputError
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.records import ArmRow, ContrastRow, EffectRow, Layout, StudyTable
from anagen.evidence.tables.spelling import sounds

AnyRow = EffectRow | ContrastRow | ArmRow
LOOP_SLACK = (
    0.05  # of the smallest standard error in a loop, beyond the rounding of three contrasts
)
VARIANCE_SLACK = 1e-2  # of the largest variance: printed standard errors are rounded


class Names:
    """Watches that no two names of a table look alike."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[str, dict[str, int]] = {}
        self.heard: dict[str, dict[str, str]] = {}

    def see(self, kind: str, word: str | None, line: int) -> None:
        """Refuse a name that differs from an earlier one by case, blanks or letters alone."""
        if word is None:
            return
        lines = self.lines.setdefault(kind, {})
        if word in lines:
            return
        lines[word] = line
        first = self.heard.setdefault(kind, {}).setdefault(sounds(word), word)
        if first != word:
            raise InputError(
                f"{self.name}: line {line}: the {kind} '{clean(word)}' differs from "
                f"'{clean(first)}' (line {lines[first]}) by case, blanks or look-alike letters "
                "only; write both alike"
            )


def check_rows(
    rows: Sequence[AnyRow], layout: Layout, name: str, *, may_repeat: bool = False,
    may_be_alone: Container[str] = (),
) -> list[str]:  # fmt: skip
    """Refuse what cannot stand together in one table; return what the user should know.

    `may_repeat` lets a study give several effects that no column tells apart; `may_be_alone` are
    studies that have one arm because another one was empty.

    Raises
    ------
    InputError
        If a row stands twice, a trial has one arm, or contrasts of a study do not fit together.
    """
    if layout == "effects":
        kept = [r for r in rows if isinstance(r, EffectRow)]
        return _check_effects(kept, name, may_repeat=may_repeat)
    if layout == "contrasts":
        return _check_contrasts([r for r in rows if isinstance(r, ContrastRow)], name)
    return _check_arms([r for r in rows if isinstance(r, ArmRow)], name, may_be_alone)


def _named(study: str) -> str:
    return f"the study '{clean(study)}'"


def _check_effects(rows: Sequence[EffectRow], name: str, *, may_repeat: bool = False) -> list[str]:
    often = Counter(row.study for row in rows)
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        if often[row.study] == 1:
            continue
        key = (
            row.study, row.outcome, row.subgroup, row.treatment, row.control, row.week, row.time
        )  # fmt: skip
        if key in seen and not may_repeat:
            raise InputError(
                f"{name}: line {row.line}: {_named(row.study)} stands twice (line {seen[key]} "
                "too); keep one row, or tell them apart by a column outcome, week or subgroup"
            )
        seen[key] = row.line
    several = [study for study, count in often.items() if count > 1]
    if not several:
        return []
    return [
        f"{len(several)} studies give more than one effect (the first is '{clean(several[0])}'); "
        "effects of one study are not independent"
    ]


def _by_group(rows: Iterable[ContrastRow]) -> dict[tuple[object, ...], list[ContrastRow]]:
    groups: dict[tuple[object, ...], list[ContrastRow]] = {}
    for row in rows:
        groups.setdefault((row.study, row.outcome, row.week, row.time), []).append(row)
    return groups


def _check_contrasts(rows: Sequence[ContrastRow], name: str) -> list[str]:
    for group in _by_group(rows).values():
        if len(group) > 1:
            _check_pairs(group, name)
            _check_loops(group, name)
    return _island_notes(pieces(_links(rows)))


def _check_pairs(group: Sequence[ContrastRow], name: str) -> None:
    seen: dict[frozenset[str], int] = {}
    for row in group:
        pair = frozenset((row.treatment_1, row.treatment_2))
        if pair in seen:
            raise InputError(
                f"{name}: line {row.line}: {_named(row.study)} compares "
                f"'{clean(row.treatment_1)}' and '{clean(row.treatment_2)}' twice (line "
                f"{seen[pair]} too); keep one contrast"
            )
        seen[pair] = row.line
    treatments = sorted(set().union(*seen))
    wanted = [frozenset(pair) for pair in itertools.combinations(treatments, 2)]
    missing = [pair for pair in wanted if pair not in seen]
    if missing:
        first, second = sorted(missing[0])
        raise InputError(
            f"{name}: {_named(group[0].study)} has {len(treatments)} treatments and "
            f"{len(seen)} of the {len(wanted)} contrasts between them; add '{clean(first)}' "
            f"against '{clean(second)}' (its standard error tells what the arms share)"
        )


def _check_loops(group: Sequence[ContrastRow], name: str) -> None:
    """Refuse contrasts of one study that contradict each other, or variances that cannot be."""
    import numpy as np

    study = group[0].study
    effect: dict[tuple[str, str], float] = {}
    variance: dict[frozenset[str], float] = {}
    for row in group:
        effect[row.treatment_1, row.treatment_2] = row.effect
        effect[row.treatment_2, row.treatment_1] = -row.effect
        variance[frozenset((row.treatment_1, row.treatment_2))] = row.se**2
    treatments = sorted(set().union(*variance))
    places = max(len(repr(row.effect).partition("e")[0].partition(".")[2]) for row in group)
    slack = LOOP_SLACK * min(variance.values()) ** 0.5 + 1.5 * 10.0**-places
    base, *others = treatments
    for a, b in itertools.combinations(others, 2):
        gap = effect[base, a] + effect[a, b] - effect[base, b]
        if abs(gap) > slack:
            raise InputError(
                f"{name}: {_named(study)}: the contrasts of '{clean(base)}', '{clean(a)}' and "
                f"'{clean(b)}' do not add up (they miss by {abs(gap):.3g}); correct a sign or a "
                "number"
            )
    v = np.array(
        [
            [
                (variance[frozenset((base, a))] + variance[frozenset((base, b))]
                 - (variance[frozenset((a, b))] if a != b else 0.0)) / 2
                for b in others
            ]
            for a in others
        ]
    )  # fmt: skip
    if np.linalg.eigvalsh(v).min() < -VARIANCE_SLACK * v.max():
        raise InputError(
            f"{name}: {_named(study)}: the standard errors of its {len(group)} contrasts cannot "
            "stand together (one is too large or too small for the others); correct them"
        )


def _check_arms(rows: Sequence[ArmRow], name: str, may_be_alone: Container[str] = ()) -> list[str]:
    studies: dict[str, list[ArmRow]] = {}
    for row in rows:
        studies.setdefault(row.study, []).append(row)
    twice = [pair for arms in studies.values() if (pair := _twice(arms))]
    if twice:
        row, first = min(twice, key=lambda pair: pair[0].line)
        raise InputError(
            f"{name}: line {row.line}: {_named(row.study)} has the arm "
            f"'{clean(row.treatment)}' twice (line {first.line} too); keep one, or tell them "
            "apart by a column outcome, week or dose"
        )
    for study, arms in studies.items():  # in the order of their first lines
        if len(arms) > 1 or study not in may_be_alone:
            _check_design(arms, name)
    return _count_notes(rows, name) + _island_notes(pieces(_arm_links(rows)))


def _twice(arms: Sequence[ArmRow]) -> tuple[ArmRow, ArmRow] | None:
    """Return the first row of a study that repeats an arm, with the row it repeats."""
    seen: dict[tuple[object, ...], ArmRow] = {}
    for row in arms:
        first = seen.setdefault((row.treatment, row.dose, row.outcome, row.week, row.time), row)
        if first is not row:
            return row, first
    return None


def _check_design(arms: Sequence[ArmRow], name: str) -> None:
    row, count = arms[0], len({(arm.treatment, arm.dose) for arm in arms})
    is_single = any(arm.design == "single_arm" for arm in arms)
    if count == 1 and not is_single:
        raise InputError(
            f"{name}: line {row.line}: {_named(row.study)} has one arm "
            f"('{clean(row.treatment)}'), so that nothing is compared; add the other arm, or "
            "write single_arm in a column design"
        )
    if count > 1 and is_single:
        raise InputError(
            f"{name}: line {row.line}: {_named(row.study)} is called single_arm and has "
            f"{count} arms; correct one of the two"
        )


def _count_notes(rows: Sequence[ArmRow], name: str) -> list[str]:
    """Refuse a table without any event; note studies without one."""
    events: dict[str, int] = {}
    for row in rows:
        if row.events is not None:
            events[row.study] = events.get(row.study, 0) + row.events
    empty = [study for study, count in events.items() if not count]
    if empty and len(empty) == len(events) and len(events) == len({r.study for r in rows}):
        raise InputError(
            f"{name}: no arm of any study has an event, so that nothing can be compared; check the "
            "column of events"
        )
    if not empty:
        return []
    return [
        f"{len(empty)} studies have no event in any arm (the first is '{clean(empty[0])}'); a "
        "ratio learns nothing from them"
    ]


def _links(rows: Iterable[ContrastRow]) -> list[tuple[str, ...]]:
    return list({(row.treatment_1, row.treatment_2): None for row in rows})


def _arm_links(rows: Iterable[ArmRow]) -> list[tuple[str, ...]]:
    """Return the treatments of each study, each set of them once."""
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows:
        known = groups.get(row.study, ())
        if row.treatment not in known:
            groups[row.study] = (*known, row.treatment)
    return list(dict.fromkeys(groups.values()))


def pieces(links: Iterable[tuple[str, ...]]) -> list[list[str]]:
    """Return the groups of treatments that comparisons connect, the largest first."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group in links:
        for other in group:
            parent[root(other)] = root(group[0])
    found: dict[str, list[str]] = {}
    for name in parent:
        found.setdefault(root(name), []).append(name)
    return sorted((sorted(group) for group in found.values()), key=lambda g: (-len(g), g))


def _island_notes(groups: list[list[str]]) -> list[str]:
    if len(groups) < 2:
        return []
    shown = "; ".join(", ".join(clean(t) for t in group[:4]) for group in groups[:3])
    return [
        f"the treatments fall into {len(groups)} groups that no study compares ({shown}); nothing "
        "can be said between groups"
    ]


def components(table: StudyTable) -> list[list[str]]:
    """Return the groups of treatments that studies compare, the largest first.

    One group means that the network is connected; nothing is returned where a table names no
    treatments.
    """
    if table.layout == "contrasts":
        return pieces(_links(table.contrasts))
    if table.layout == "arms":
        return pieces(_arm_links(table.arms))
    return pieces(
        tuple(t for t in (row.treatment, row.control) if t is not None)
        for row in table.effects if row.treatment is not None
    )  # fmt: skip
