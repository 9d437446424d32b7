"""The record of k effects, and the checks that every measure makes of its input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError

Array = NDArray[np.float64]
Scale = Literal["raw", "standardised", "log", "logit", "arcsine", "square_root", "fisher_z"]
Correction = Literal["half_where_zero", "half_everywhere", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The k effects `y` of one measure with their sampling variances `v`, on one scale.

    `correction` names what was added to cells of counts, and `corrected` holds the indices of the
    entries that it changed. `double_zero` holds the indices of comparisons in which no event, or
    nothing but events, was seen in both arms: they tell nothing about a ratio, and whether they
    stay is for the analyst to say.
    """

    measure: str
    scale: Scale
    y: Array
    v: Array
    correction: Correction = "none"
    corrected: tuple[int, ...] = ()
    double_zero: tuple[int, ...] = ()

    @property
    def se(self) -> Array:
        """The standard errors, shape (k,)."""
        return np.sqrt(self.v)


def refuse(name: str, values: Array, wrong: NDArray[np.bool_], rule: str) -> None:
    """Raise for the first entry of `values` that breaks a rule, naming it and its index.

    Raises
    ------
    InputError
        If any entry of `wrong` is true.
    """
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise InputError(f"{name}[{i}] is {values[i]:g}, but {rule}; correct it or leave it out")


def columns(**given: ArrayLike) -> list[Array]:
    """Return the inputs of a measure as arrays of one length, each number finite.

    Raises
    ------
    InputError
        If lengths differ, there is no entry, or a number is missing or infinite.
    """
    arrays: dict[str, Array] = {}
    for name, values in given.items():
        try:
            arrays[name] = np.atleast_1d(np.asarray(values, dtype=np.float64))
        except (TypeError, ValueError):
            raise InputError(f"{name} holds something that is not a number; correct it") from None
        if arrays[name].ndim != 1 or arrays[name].size == 0:
            raise InputError(f"{name} must be one number or one row of numbers, and not be empty")
        refuse(name, arrays[name], ~np.isfinite(arrays[name]), "only finite numbers can be used")
    length = max(a.size for a in arrays.values())
    for name, array in arrays.items():
        if array.size not in {1, length}:
            raise InputError(
                f"{name} has {array.size} entries where others have {length}; give as many of each"
            )
    return [np.broadcast_to(a, (length,)) for a in arrays.values()]


def people(least: int, **given: Array) -> None:
    """Refuse numbers of persons below `least`; fractions are allowed, as effective sizes have them.

    Raises
    ------
    InputError
        If a number is too small.
    """
    for name, n in given.items():
        refuse(name, n, n < least, f"this measure needs {least} or more persons in a group")


def deviations(**given: Array) -> None:
    """Refuse standard deviations that are not above 0.

    Raises
    ------
    InputError
        If one is 0 or below.
    """
    for name, sd in given.items():
        refuse(name, sd, sd <= 0, "a standard deviation is above 0")


def means_above_zero(measure: str, **given: Array) -> None:
    """Refuse means that have no logarithm.

    Raises
    ------
    InputError
        If one is 0 or below.
    """
    for name, m in given.items():
        refuse(name, m, m <= 0, f"{measure} takes logarithms and needs means above 0")


def correlations(**given: Array) -> None:
    """Refuse correlations outside -1 to 1.

    Raises
    ------
    InputError
        If one is outside.
    """
    for name, r in given.items():
        refuse(name, r, np.abs(r) > 1, "a correlation lies between -1 and 1")


def events(x_name: str, x: Array, n_name: str, n: Array) -> None:
    """Refuse counts below 0 or above the number of persons.

    Raises
    ------
    InputError
        If one is.
    """
    refuse(n_name, n, n < 1, "a group holds 1 person or more")
    refuse(x_name, x, x < 0, "a number of events is 0 or above")
    refuse(x_name, x, x > n, f"there cannot be more events than persons ({n_name})")


def added(zero: NDArray[np.bool_], correction: Correction) -> Array:
    """Return what a continuity correction adds to each cell of each entry.

    Raises
    ------
    InputError
        If the correction is not one of the names known.
    """
    if correction == "half_where_zero":
        return np.where(zero, 0.5, 0.0)
    if correction == "half_everywhere":
        return np.full(zero.shape, 0.5)
    if correction == "none":
        return np.zeros(zero.shape)
    raise InputError(
        f"the continuity correction {correction!r} is not known; "
        "choose half_where_zero, half_everywhere or none"
    )


def indices(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return where a mask is true."""
    return tuple(int(i) for i in np.flatnonzero(mask))


def effects(
    measure: str,
    scale: Scale,
    y: Array,
    v: Array,
    *,
    correction: Correction = "none",
    corrected: Sequence[int] = (),
    double_zero: Sequence[int] = (),
) -> Effects:
    """Return the record, or refuse an effect without a variance.

    Raises
    ------
    InputError
        If a variance is not above 0: such an effect cannot be weighted.
    """
    wrong = ~(np.isfinite(v) & (v > 0) & np.isfinite(y))
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{measure} of entry [{i}] has no variance above 0 and cannot be weighted; "
            "correct its inputs, or choose another measure or continuity correction"
        )
    return Effects(
        measure=measure, scale=scale, y=y, v=v, correction=correction,
        corrected=tuple(corrected), double_zero=tuple(double_zero),
    )  # fmt: skip
