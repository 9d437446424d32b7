"""A network of trials from contrasts of their arms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.network.build import (
    LARGEST,
    Array,
    Index,
    Network,
    in_order,
    places,
    read_names,
    read_numbers,
    refuse_scales,
    stack,
)


def _local(study: Index, treatment: Index, n: int) -> tuple[Index, Index, Index]:
    """Return the arms (sorted study × treatment), where each study's begin, and how many it has."""
    arms = np.unique(study * n + treatment)
    first = np.searchsorted(arms // n, np.arange(study.max() + 1))
    return arms, first, np.diff(np.append(first, arms.size))


def network_from_contrasts(
    study: Sequence[str],
    treatment_1: Sequence[str],
    treatment_2: Sequence[str],
    effect: ArrayLike,
    se: ArrayLike,
    *,
    shared_variance: ArrayLike | None = None,
) -> Network:
    """Build a network from contrasts, one per row.

    A study with a arms gives all its a(a−1)/2 contrasts, from which its covariances follow:
    Cov(d_1j, d_1k) = (v_1j + v_1k − v_jk)/2. Where it gives only the a−1 against one arm, the
    variance of that arm must be told as well.

    Parameters
    ----------
    study, treatment_1, treatment_2:
        Names; rows of one study share its name.
    effect:
        Treatment 1 minus treatment 2; ratios on the log scale.
    se:
        Standard error of each effect, finite and above 0. A study of which nothing is known (an
        infinite standard error) is refused: leave it out.
    shared_variance:
        Variance of the arm of treatment 2, for studies of three and more arms that give only their
        contrasts against it; NaN elsewhere.

    Raises
    ------
    InputError
        If a row cannot be used, contrasts of a study are missing or twice there, do not agree with
        each other, or have no positive definite covariance; the study is named.
    """
    studies, first = read_names(study, "study"), read_names(treatment_1, "treatment 1", len(study))
    second = read_names(treatment_2, "treatment 2", len(study))
    y, e = (
        read_numbers(effect, "effect", len(studies)),
        read_numbers(se, "standard error", len(studies)),
    )
    _check_rows(studies, first, second, y, e)
    rows = _Rows(studies, first, second, y, e**2)
    if shared_variance is not None:
        rows = _completed(rows, read_numbers(shared_variance, "shared variance", len(studies)))
    treatments, order = in_order({*first, *second}), list(dict.fromkeys(studies))
    n, s = len(treatments), places(rows.study, order)
    i, j = places(rows.first, treatments), places(rows.second, treatments)
    arms, begin, count = _local(np.tile(s, 2), np.concatenate([i, j]), n)
    _check_contrasts(s, i, j, count, order, treatments)
    at_i = np.searchsorted(arms, s * n + i) - begin[s]
    at_j = np.searchsorted(arms, s * n + j) - begin[s]
    blocks, flags = [], []
    for a in np.unique(count):
        chosen = np.flatnonzero(count == a)
        place = np.full(len(order), -1)
        place[chosen] = np.arange(chosen.size)
        r = np.flatnonzero(count[s] == a)
        d, v = np.zeros((2, chosen.size, a, a))
        cell, mirrored = (place[s[r]], at_i[r], at_j[r]), (place[s[r]], at_j[r], at_i[r])
        d[cell], d[mirrored] = rows.effect[r], -rows.effect[r]
        v[cell] = v[mirrored] = rows.variance[r]
        names = arms[begin[chosen][:, None] + np.arange(a)] % n
        block, said = stack(chosen, names, d, v, order)
        blocks.append(block)
        flags += said
    refuse_scales(blocks)
    return Network(tuple(treatments), tuple(order), tuple(blocks), tuple(flags))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    study: list[str]
    first: list[str]
    second: list[str]
    effect: Array
    variance: Array


def _check_rows(study: list[str], first: list[str], second: list[str], y: Array, e: Array) -> None:
    wrong = np.flatnonzero(~((np.abs(y) < LARGEST) & (e > 1 / LARGEST) & (e < LARGEST)))
    if wrong.size:
        k = int(wrong[0])
        raise InputError(
            f"study {study[k]!r} ({first[k]} : {second[k]}) needs a finite effect and a finite "
            f"standard error above 0, got {y[k]:g} and {e[k]:g}; correct it or leave it out"
        )
    same = [k for k, (a, b) in enumerate(zip(first, second, strict=True)) if a == b]
    if same:
        raise InputError(
            f"study {study[same[0]]!r} compares {first[same[0]]!r} with itself; pool the two arms "
            "or name them apart"
        )


def _completed(rows: _Rows, shared: Array) -> _Rows:
    """Return the rows with those contrasts added that follow from a shared arm and its variance."""
    by_study: dict[str, list[int]] = {}
    for k, name in enumerate(rows.study):
        by_study.setdefault(name, []).append(k)
    study, first, second = list(rows.study), list(rows.first), list(rows.second)
    effect, variance = list(rows.effect), list(rows.variance)
    for name, members in by_study.items():
        known = {rows.second[k] for k in members}
        if len(members) < 2 or len(known) > 1:
            continue
        for place, j in enumerate(members):
            for k in members[place + 1 :]:
                if not (np.isfinite(shared[j]) and shared[j] > 0 and shared[j] == shared[k]):
                    raise InputError(
                        f"study {name!r} needs one variance above 0 of its shared arm "
                        f"{rows.second[j]!r} in all its rows"
                    )
                study.append(name)
                first.append(rows.first[j])
                second.append(rows.first[k])
                effect.append(rows.effect[j] - rows.effect[k])
                variance.append(rows.variance[j] + rows.variance[k] - 2 * shared[j])
    return _Rows(study, first, second, np.array(effect), np.array(variance))


def _check_contrasts(
    s: Index, i: Index, j: Index, count: Index, order: list[str], treatments: list[str]
) -> None:
    n = len(treatments)
    key = (s * n + np.minimum(i, j)) * n + np.maximum(i, j)
    found, often = np.unique(key, return_counts=True)
    if (often > 1).any():
        twice = int(found[often > 1][0])
        pair = f"{treatments[twice // n % n]} : {treatments[twice % n]}"
        raise InputError(
            f"study {order[twice // n // n]!r} gives the contrast {pair} more than once; keep one, "
            "or name the studies apart"
        )
    given = np.bincount(s, minlength=count.size)
    lacking = np.flatnonzero(given != count * (count - 1) // 2)
    if lacking.size:
        k = int(lacking[0])
        raise InputError(
            f"study {order[k]!r} has {count[k]} arms and gives {given[k]} of their "
            f"{count[k] * (count[k] - 1) // 2} contrasts; give all, or the variance of the shared "
            "arm, or the arms themselves"
        )
