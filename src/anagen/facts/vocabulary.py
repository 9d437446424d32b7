"""The one vocabulary: each id stands once, with its label, meaning and the words it replaces."""

import msgspec

from anagen.errors import FactError
from anagen.facts.base import Slug
from anagen.frozen import Record


class Term(Record):
    """One id: what people read for it, what it means, and other spellings of it in sources.

    `broader` names the kind that an id belongs to, such as a drug's class.
    """

    label: str
    meaning: str | None = None
    also: list[str] = msgspec.field(default_factory=list)
    broader: Slug | None = None


class Jurisdiction(Term):
    """A place of treatment, with its currency; a place that stands for several has none."""

    currency: Slug | None = None


class Vocabulary(Record):
    """All ids, by kind; each kind is one file of `data/vocabulary`."""

    conditions: dict[Slug, Term]
    treatments: dict[Slug, Term]
    measures: dict[Slug, Term]
    statistics: dict[Slug, Term]
    jurisdictions: dict[Slug, Jurisdiction]
    currencies: dict[Slug, Term]
    routes: dict[Slug, Term]
    statuses: dict[Slug, Term]
    grades: dict[Slug, Term]
    verdicts: dict[Slug, Term]
    units: dict[Slug, "Unit"]

    def label(self, kind: str, name: str) -> str:
        """Return the words for an id.

        Raises
        ------
        FactError
            If the id is not in the vocabulary of that kind.
        """
        terms: dict[str, Term] = getattr(self, kind)
        if name not in terms:
            raise FactError(f"'{name}' is not one of the {kind}; add it to vocabulary/{kind}.yaml")
        return terms[name].label


class Unit(Record):
    """How a unit that sources use is computed with: `definition` in the words of pint."""

    label: str
    definition: str
    also: list[str] = msgspec.field(default_factory=list)
