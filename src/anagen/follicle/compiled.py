"""How the loops of the engines are compiled: once, kept on disk where that can be written."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a loop that releases the interpreter lock and divides as NumPy does.

    What is compiled is kept beside the file, or in the user's cache; where neither can be written
    it is compiled anew in every process, which takes some seconds. A kept loop is renewed when its
    own file changes, not when that of a function it calls does: after such a change to the source
    run `make clean`.
    """

    def wrap(loop: Callable[P, R]) -> Callable[P, R]:
        common = {"nogil": True, "error_model": "numpy", **options}
        try:
            kept: Callable[P, R] = njit(cache=True, **common)(loop)
        except RuntimeError:  # no place to keep it
            kept = njit(**common)(loop)
        return kept

    return wrap
