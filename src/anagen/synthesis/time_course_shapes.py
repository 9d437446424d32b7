"""Shapes of a response over time, with slopes free of error: g(t), 0 at week 0, size set apart.

An arm that responds fully to E follows E g(t). Every kinetic parameter is above 0 and is fitted on
the log scale. Slopes come from complex steps, so every shape must be written in functions that take
complex numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError

Sessions = Sequence[tuple[float, float]]
Curve = Callable[[NDArray[np.float64], NDArray[np.complex128], Sessions], NDArray[np.complex128]]
STEP = 1e-30  # of the complex step: so small that the slope is exact to rounding


def _plateau(
    t: NDArray[np.float64], k: NDArray[np.complex128], _: Sessions
) -> NDArray[np.complex128]:
    return np.asarray(-np.expm1(-t / k[0]))


def _emax(t: NDArray[np.float64], k: NDArray[np.complex128], _: Sessions) -> NDArray[np.complex128]:
    return np.asarray(t / (k[0] + t))


def _lagged(
    t: NDArray[np.float64], k: NDArray[np.complex128], _: Sessions
) -> NDArray[np.complex128]:
    after = np.where(t > k[1].real, t - k[1], 0.0)
    return np.asarray(-np.expm1(-after / k[0]))


def _rise_and_loss(
    t: NDArray[np.float64], k: NDArray[np.complex128], sessions: Sessions
) -> NDArray[np.complex128]:
    """Sum the sessions' responses: onset over k[0], then loss over k[0] + k[1].

    Each is the response of two compartments in a row, a (e^-bs - e^-as)/(a - b) with a = 1/k[0] and
    b = 1/(k[0] + k[1]); expm1 keeps it exact as the two times draw near.
    """
    fast = 1 / k[0]
    slow = 1 / (k[0] + k[1])
    total = np.zeros(t.shape, dtype=np.complex128)
    for week, dose in sessions:
        since = np.where(t > week, t - week, 0.0)
        gap = fast - slow
        total = total - dose * fast * np.exp(-slow * since) * np.expm1(-gap * since) / gap
    return total


def _log_linear(
    t: NDArray[np.float64], _k: NDArray[np.complex128], _: Sessions
) -> NDArray[np.complex128]:
    return np.log1p(t).astype(np.complex128)


def _level(
    t: NDArray[np.float64], _k: NDArray[np.complex128], _: Sessions
) -> NDArray[np.complex128]:
    return np.ones(t.shape, dtype=np.complex128)


SHAPES: dict[str, tuple[Curve, tuple[str, ...]]] = {
    "plateau": (_plateau, ("time_constant",)),
    "emax": (_emax, ("half_time",)),
    "lagged_plateau": (_lagged, ("time_constant", "lag")),
    "rise_and_loss": (_rise_and_loss, ("onset_time", "extra_loss_time")),
    "log_linear": (_log_linear, ()),
    "level": (_level, ()),
}


def kinetics_of(shape: str) -> tuple[str, ...]:
    """Return the names of a shape's kinetic parameters, all in the unit of time.

    Raises
    ------
    InputError
        If there is no such shape.
    """
    if shape not in SHAPES:
        raise InputError(f"there is no shape {shape!r}; choose one of {', '.join(SHAPES)}")
    return SHAPES[shape][1]


def curve(
    shape: str, weeks: NDArray[np.float64], log_kinetics: NDArray[np.float64], sessions: Sessions
) -> NDArray[np.float64]:
    """Return g at T times, shape (T,).

    Parameters
    ----------
    shape:
        A name of `SHAPES`.
    weeks:
        Times since the start, shape (T,), 0 or above.
    log_kinetics:
        Natural logarithm of each kinetic parameter, shape (K,).
    sessions:
        (time, dose) of each session; used by `rise_and_loss` alone.
    """
    kinetics = np.exp(log_kinetics.astype(np.complex128))
    return np.asarray(SHAPES[shape][0](weeks, kinetics, sessions).real)


def slopes(
    shape: str, weeks: NDArray[np.float64], log_kinetics: NDArray[np.float64], sessions: Sessions
) -> NDArray[np.float64]:
    """Return the slope of g by the logarithm of each kinetic parameter, shape (T, K)."""
    found = np.zeros((weeks.size, log_kinetics.size))
    for j in range(log_kinetics.size):
        moved = log_kinetics.astype(np.complex128)
        moved[j] += 1j * STEP
        found[:, j] = SHAPES[shape][0](weeks, np.exp(moved), sessions).imag / STEP
    return found
