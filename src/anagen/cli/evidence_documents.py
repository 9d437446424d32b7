"""The JSON documents of `anagen evidence studies`, `study`, `claims` and `certainty`."""

from typing import Literal

import msgspec

from anagen.evidence.judged import CertaintyProfile
from anagen.evidence.ledger import Ledger
from anagen.evidence.register import StudyLine
from anagen.evidence.study_card import StudyCard, StudyHarm
from anagen.facts.base import Sex, Slug
from anagen.facts.judgement import SingleArmLimit
from anagen.frozen import Record


class EvidenceStudies(Record):
    """The studies that were asked for, and by what they were chosen."""

    schema: Literal["anagen/evidence-studies/1"]
    total: int
    studies: list[StudyLine]
    option: Slug | None = None
    sex: Sex | None = None
    kind: str | None = None


class EvidenceStudy(Record):
    """Everything on one study."""

    schema: Literal["anagen/evidence-study/1"]
    card: StudyCard


class EvidenceClaims(Record):
    """The ledger of claims."""

    schema: Literal["anagen/evidence-claims/1"]
    ledger: Ledger


class CertaintyOfOption(Record):
    """How sure the evidence on one option, sex and condition is, domain by domain.

    `measure` is hair_density or responders. `harms` are those that its studies counted, with exact
    bounds; they are listed once, with the density.
    """

    option: Slug
    label: str
    sex: Sex
    condition: Slug
    measure: Slug
    profile: CertaintyProfile
    harms: list[StudyHarm] = msgspec.field(default_factory=list)
    limits: list[SingleArmLimit] = msgspec.field(default_factory=list)


class EvidenceCertainty(Record):
    """The certainty of what was asked for; only a person sets a rating."""

    schema: Literal["anagen/evidence-certainty/1"]
    profiles: list[CertaintyOfOption]
