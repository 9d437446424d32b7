"""Treatments for the hair that a person uses now or has used."""

from typing import Annotated, Literal

import msgspec

from anagen.facts import Record

NamedTreatment = Literal[
    "finasteride_oral",
    "finasteride_topical",
    "dutasteride",
    "minoxidil_oral",
    "minoxidil_topical",
    "spironolactone",
    "clascoterone_topical",
    "prp",
    "lllt",
    "microneedling",
    "exosome",
    "hair_transplant",
    "baricitinib",
    "ritlecitinib",
    "deuruxolitinib",
    "steroid_intralesional",
    "steroid_topical",
    "contact_immunotherapy",
]
"""Treatments for the hair that have a name here; what a person may ask about."""
HairTreatmentName = Literal[NamedTreatment, "other"]

Span = Annotated[float, msgspec.Meta(ge=0)]
Above = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]

Adherence = Literal["most_days", "about_half", "seldom", "unknown"]
Response = Literal["better", "held", "no_change", "worse", "unknown"]
WhyStopped = Literal[
    "no_effect", "side_effects", "cost", "burden", "wish_for_child", "finished", "other", "unknown"
]

TABLETS = frozenset(
    {
        "finasteride_oral",
        "dutasteride",
        "minoxidil_oral",
        "spironolactone",
        "baricitinib",
        "ritlecitinib",
        "deuruxolitinib",
    }
)
LOTIONS = frozenset(
    {"finasteride_topical", "minoxidil_topical", "clascoterone_topical", "steroid_topical"}
)
BY_SESSION = frozenset(
    {
        "prp",
        "microneedling",
        "exosome",
        "hair_transplant",
        "steroid_intralesional",
        "contact_immunotherapy",
    }
)
OPERATIONS = frozenset({"hair_transplant"})
"""What is done once and then lies in the past: nobody goes on taking it."""


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class UsedTreatment(Record):
    """A treatment for the hair that is used now or was used.

    Without `months_since_last_dose` it has ended, and when it did was not said.
    """

    treatment: Annotated[HairTreatmentName, _meta("Which treatment.")]
    months_since_last_dose: Annotated[
        Span | None,
        _meta(
            "Months since the last dose or session; 0 if it is being used; unknown if it has ended "
            "and you do not know when."
        ),
    ] = None
    months_used: Annotated[
        Span | None, _meta("For how many months altogether? 0 if it has just begun.")
    ] = None
    dose_mg_per_day: Annotated[Above | None, _meta("Tablets: how many milligrams a day?")] = None
    strength_percent: Annotated[
        Above | None, _meta("Lotion, foam or spray: which strength, in percent?")
    ] = None
    sessions: Annotated[Count | None, _meta("Treatments by session: how many sessions so far?")] = (
        None
    )
    adherence: Annotated[
        Adherence | None, _meta("How regularly: on most days, about half of them, or seldom?")
    ] = None
    response: Annotated[
        Response | None,
        _meta("What did the hair do: get better, hold, show no change, or get worse?"),
    ] = None
    why_stopped: Annotated[WhyStopped | None, _meta("If it was stopped: why?")] = None

    @property
    def is_now(self) -> bool:
        """Whether it is being used; an operation is over once it is done."""
        return self.months_since_last_dose == 0 and self.treatment not in OPERATIONS


def used(history: list[UsedTreatment] | None, treatment: str) -> UsedTreatment | None:
    """Return what a history says of one treatment, if anything."""
    return next((one for one in history or () if one.treatment == treatment), None)
