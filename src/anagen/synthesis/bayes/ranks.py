"""How probable each rank of each treatment is."""

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError


def rank_probabilities(
    effects: NDArray[np.float64], *, largest_first: bool = True
) -> NDArray[np.float64]:
    """Return the probability that a treatment (row) holds a rank (column), shape (N, N).

    Parameters
    ----------
    effects:
        Draws of all effects, the reference's 0 among them, shape (D, N).
    largest_first:
        True where more is better.

    Raises
    ------
    InputError
        If there is no draw.
    """
    if effects.ndim != 2 or not effects.size:
        raise InputError("ranks need draws of every treatment's effect, got none")
    order = np.argsort(-effects if largest_first else effects, axis=1, kind="stable")
    n = effects.shape[1]
    found = np.zeros((n, n))
    for rank in range(n):
        found[:, rank] = np.bincount(order[:, rank], minlength=n) / effects.shape[0]
    return found
