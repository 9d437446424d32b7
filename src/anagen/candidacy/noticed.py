"""What a person without a diagnosis notices about the loss, and what an examination found."""

from typing import Annotated, Literal

import msgspec

from anagen.facts import Record

Answer = Literal["yes", "no", "unknown"]
"""An answer; leaving the key out says the same as `unknown`: not answered."""


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Noticed(Record):
    """What the person notices; every answer may be left out, and "unknown" is an answer."""

    family_pattern_loss: Annotated[
        Answer | None, _meta("Did parents, grandparents, brothers or sisters lose hair this way?")
    ] = None


class Examination(Record):
    """What an examination of the scalp, or a test, has already shown."""

    pull_test: Annotated[
        Literal["positive", "negative", "unknown"] | None,
        _meta("Did the pull test draw out more hairs than it should (positive)?"),
    ] = None
