"""Treatments for the hair that a person uses now or has used."""

from typing import Annotated, Literal

import msgspec

from anagen.facts import Record

HairTreatmentName = Literal[
    "finasteride_oral",
    "finasteride_topical",
    "dutasteride",
    "minoxidil_oral",
    "minoxidil_topical",
]

Span = Annotated[float, msgspec.Meta(ge=0)]


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class UsedTreatment(Record):
    """A treatment for the hair that is used now or was used."""

    treatment: Annotated[HairTreatmentName, _meta("Which treatment.")]
    months_since_last_dose: Annotated[
        Span, _meta("Months since the last dose or session; 0 if it is being used.")
    ]
