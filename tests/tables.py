"""What several tests read with: tables of people laid over one another, and records in records."""

import copy
from collections.abc import Iterator

from anagen.facts import Record


def laid_over(below: dict, above: dict) -> dict:
    """Return a person with some answers changed; a severity is replaced as a whole."""
    result = copy.deepcopy(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict) and key != "severity":
            result[key] = laid_over(result[key], value)
        else:
            result[key] = value
    return result


def records_in(value: object) -> Iterator[Record]:
    """Yield every record in a value, however deep."""
    if isinstance(value, Record):
        yield value
        for field in value.__struct_fields__:
            yield from records_in(getattr(value, field))
    elif isinstance(value, dict):
        for entry in value.values():
            yield from records_in(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from records_in(entry)
