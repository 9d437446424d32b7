"""Numbers that lie too many orders of magnitude apart for sums of them to hold both."""

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError

FARTHEST = 1e7  # squared, sums of both keep two digits of the smaller


def refuse_far_apart(effects: NDArray[np.float64], errors: NDArray[np.float64]) -> None:
    """Refuse standard errors and effects between which no computer can weigh.

    Parameters
    ----------
    effects, errors:
        Differences, and their standard errors, all above 0.

    Raises
    ------
    InputError
        If one standard error is ten million times another, or an effect so many times one.
    """
    least, most = float(errors.min()), float(errors.max())
    if most > FARTHEST * least:
        raise InputError(
            f"standard errors from {least:.3g} to {most:.3g} lie too far apart to be weighed "
            "against each other; check their units"
        )
    largest = float(np.abs(effects).max())
    if largest > FARTHEST * least:
        raise InputError(
            f"an effect of {largest:.3g} and a standard error of {least:.3g} lie too far apart to "
            "be computed with; check their units"
        )
