"""What a scenario and its arms may be called: names that print, sort and open everywhere."""

import unicodedata

from anagen.errors import InputError
from anagen.follicle.scenario import Scenario

FORMULA_SIGNS = ("=", "+", "-", "@")
"""A cell of a spreadsheet that begins with one of these is read as a formula."""


def check_names(scenario: Scenario) -> None:
    """Refuse names that cannot be printed or told apart, or that a spreadsheet would run.

    Raises
    ------
    InputError
        One sentence: the key, what is wrong, and what to do.
    """
    _check_name("name", scenario.name)
    seen: dict[str, tuple[str, str]] = {}
    for k, arm in enumerate(scenario.arms):
        path = f"arms[{k + 1}].name"
        _check_name(path, arm.name)
        earlier = seen.setdefault(_folded(arm.name), (path, arm.name))
        if earlier[0] == path:
            continue
        if earlier[1] == arm.name:
            raise InputError(f"{path}: '{arm.name}' stands twice; give each its own name")
        raise InputError(
            f"{path}: '{arm.name}' reads like {earlier[0]}, '{earlier[1]}'; give each its own name"
        )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _check_name(path: str, name: str) -> None:
    odd = next((sign for sign in name if not sign.isprintable()), None)
    if odd is not None:
        raise InputError(
            f"{path}: holds a character that cannot be printed (U+{ord(odd):04X}); remove it"
        )
    if not name.strip():
        raise InputError(f"{path}: is blank; write some words")
    if name != name.strip():
        raise InputError(f"{path}: begins or ends with a space; remove it")
    if unicodedata.normalize("NFKC", name).startswith(FORMULA_SIGNS):
        raise InputError(
            f"{path}: begins with {name[0]}, which a spreadsheet reads as a formula; begin with a "
            "letter or a digit"
        )
