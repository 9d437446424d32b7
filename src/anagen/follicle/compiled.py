"""How the loops of the engines are compiled: once, kept on disk where that can be written."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from numba import config, njit

P = ParamSpec("P")
R = TypeVar("R")
_settings: Any = config
FOLDER = "compiled-"


@cache
def _place() -> Path:
    """Return where compiled loops are kept: a folder named after the text of all of them.

    Numba renews a loop when its own file changes, not when that of a loop it calls does; in such a
    folder no stale one is ever run. Those of former texts are swept when the text is new.
    """
    here = Path(__file__).parent
    texts = [path.read_bytes() for path in sorted(here.glob("*.py"))]
    seen = hashlib.sha256(b"".join(text for text in texts if b"import compiled" in text))
    root = Path(_settings.CACHE_DIR) if _settings.CACHE_DIR else here / "__pycache__"
    place = root / f"{FOLDER}{seen.hexdigest()[:16]}"
    if not place.exists():
        for old in root.glob(f"{FOLDER}*"):
            shutil.rmtree(old, ignore_errors=True)
    return place


@contextmanager
def _kept_in(place: Path) -> Iterator[None]:
    """Let loops that are compiled meanwhile be kept in a folder."""
    before, _settings.CACHE_DIR = _settings.CACHE_DIR, str(place)
    try:
        yield
    finally:
        _settings.CACHE_DIR = before


def compiled(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a loop that releases the interpreter lock and divides as NumPy does.

    What is compiled is kept beside the code, or in the user's cache; where neither can be written
    it is compiled anew in every process, which takes some seconds.
    """

    def wrap(loop: Callable[P, R]) -> Callable[P, R]:
        common = {"nogil": True, "error_model": "numpy", **options}
        try:
            with _kept_in(_place()):
                kept: Callable[P, R] = njit(cache=True, **common)(loop)
        except RuntimeError:  # no place to keep it
            kept = njit(**common)(loop)
        return kept

    return wrap
