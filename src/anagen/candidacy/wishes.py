"""What a person can and wants to spend: money, time, visits; and how to sort the options."""

from typing import Annotated, Literal

import msgspec

from anagen.facts import Record


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Wishes(Record):
    """Budget, horizon and burden; leave out what does not matter."""

    horizon_years: Annotated[
        Literal[1, 5] | None, _meta("Over how many years should cost be counted: 1 or 5?")
    ] = None
