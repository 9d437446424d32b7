"""The value of a fact by its path."""

from anagen.errors import FactError
from anagen.facts.store import Facts


def value_at(facts: Facts, path: str) -> object:
    """Return the value that a path such as `studies.ersan_2024.population.n` names.

    Raises
    ------
    FactError
        If it leads nowhere.
    """
    value: object = facts
    for step in path.split("."):
        try:
            if isinstance(value, dict):
                value = value[step]
            elif isinstance(value, list):
                value = value[int(step)]
            else:
                value = getattr(value, step)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise FactError(f"no fact stands at '{path}': '{step}' leads nowhere") from error
    return value
