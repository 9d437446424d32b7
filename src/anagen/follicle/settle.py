"""Years under constant drives, by a rational approximation of the exponential."""

from math import factorial

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError
from anagen.follicle.cycle import SIZES, Array, Controls, CycleParameters, Layout, Rates, rates

Complex = NDArray[np.complex128]
SETTLE_STEPS = 16


def settle(
    layout: Layout, parameters: CycleParameters, start: Array, u: Array, years: Array
) -> Array:
    """Return the shares after `years` (B) of androgen drive `u` (B) and nothing else (F15).

    The rates are constant, so the exponential of the generator is applied as `SETTLE_STEPS` equal
    steps of its Padé approximant with numerator of degree 3 and denominator of degree 4, which
    damps what is fast and is exact to rounding in what is slow. Its partial fractions need one
    solution of a shifted system for each of two poles, found along the cycle of each size.

    Raises
    ------
    InputError
        If hairs started by a stimulus are there at the start.
    """
    batch = start.shape[1]
    if np.any(layout.live(start)[layout.early_driven :]):
        raise InputError("years without a stimulus must start without hairs that one started")
    r = rates(layout, parameters, Controls(u=u, S=np.zeros(batch)))
    step_y = np.broadcast_to(years, (batch,)) / SETTLE_STEPS
    full = start.copy()
    live = layout.live(full)
    systems = [(residue, _Shifted(layout, r, step_y, pole)) for pole, residue in _pade_poles()]
    for _ in range(SETTLE_STEPS):
        x = live[: layout.early_driven]
        live[: layout.early_driven] = sum(
            (-2 * residue * system.solve(x)).real for residue, system in systems
        )
    live *= np.exp(-r.loss * years)
    full[-1] = 1 - full[:-1].sum(axis=0)
    return full


def _pade_poles() -> list[tuple[complex, complex]]:
    """Return poles and residues of the Padé approximant (3, 4), one of each conjugate pair."""
    top = np.polynomial.Polynomial([_pade(3, 4, j) for j in range(4)])
    bottom = np.polynomial.Polynomial([(-1) ** j * _pade(4, 3, j) for j in range(5)])
    return [(p, top(p) / bottom.deriv()(p)) for p in map(complex, bottom.roots()) if p.imag > 0]


def _pade(own: int, other: int, j: int) -> float:
    """Return the coefficient of power `j` in the Padé polynomial of degree `own`."""
    total = own + other
    return (factorial(total - j) * factorial(own)) / (
        factorial(total) * factorial(j) * factorial(own - j)
    )


class _Shifted:
    """The system (pole - step x generator) y = x without stimulus and uniform loss.

    Each size is a chain from early growth to the empty follicle; what enters it closes the cycle,
    through a system of three equations for the entries of the three sizes.
    """

    def __init__(self, layout: Layout, r: Rates, step_y: Array, pole: complex) -> None:
        self._shed, self._empty = layout.telogen.stop - 1, layout.kenogen
        out = np.empty((layout.kenogen + 1, SIZES, step_y.size))
        out[0] = r.early
        out[layout.anagen] = r.anagen
        out[layout.catagen] = r.catagen
        out[layout.telogen] = r.telogen
        out[self._empty] = r.wake
        out[self._empty, SIZES - 1] += r.empty_lost
        out *= step_y
        self._inverse = 1 / (pole + out)
        on = out[:-1].copy()
        on[-1] *= r.shed_to_empty + r.shed_to_driven
        self._onward = on * self._inverse[1:]
        self._enter = out[self._shed] * r.shed_to_early, r.wake * step_y
        moves = np.zeros((step_y.size, SIZES, SIZES))
        for size in range(SIZES):
            moves[:, size, size] = r.stay[size]
            if size:
                moves[:, size, size - 1] = r.shrink[size - 1]
                moves[:, size - 1, size] = r.grow[size]
        unit = np.zeros((layout.kenogen + 1, SIZES, step_y.size))
        unit[0] = 1
        self._response = self._chain(unit)
        back = self._leaving(self._response).T[:, None, :]
        closed = np.linalg.solve(np.eye(SIZES) - moves * back, moves.astype(complex))
        self._closed = np.ascontiguousarray(closed.transpose(1, 2, 0))

    def _chain(self, x: Array) -> Complex:
        """Solve along each chain with nothing entering but `x`."""
        y = x * self._inverse
        for phase in range(1, self._empty + 1):
            y[phase] += self._onward[phase - 1] * y[phase - 1]
        return y

    def _leaving(self, y: Complex) -> Complex:
        """Return what leaves each size for a new cycle."""
        fallen, woken = self._enter
        return np.asarray(fallen * y[self._shed] + woken * y[self._empty])

    def solve(self, x: Array) -> Complex:
        """Return the solution for living follicles `x`, phases without the driven x sizes x B."""
        y = self._chain(x)
        entering = (self._closed * self._leaving(y)).sum(axis=1)
        y += self._response * entering
        return y
