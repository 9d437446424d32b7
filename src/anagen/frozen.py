"""What every record is: frozen, with named fields only, refusing what it does not know."""

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _Frozen(msgspec.StructMeta):
    """Tells a type checker what every record is: frozen, with named fields only."""


class Record(
    msgspec.Struct,
    metaclass=_Frozen,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A frozen record that refuses unknown keys and wrong types."""
