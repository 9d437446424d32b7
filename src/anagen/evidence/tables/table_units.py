"""The unit of each outcome of a table, and what turns a row's own unit into it."""

from anagen.errors import FactError, InputError
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.row import Row


class Units:
    """Gathers the unit of each outcome: the first row sets it, the others are turned into it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: dict[str, str] = {}
        self.factors: dict[tuple[str, str], float] = {}
        self.largest: dict[str, float] = {}

    @property
    def notes(self) -> list[str]:
        """What the whole table says: units that were turned, and percentages as fractions.

        Raises
        ------
        InputError
            If the unit is percent and every value is a fraction of 1.
        """
        for outcome, unit in self.known.items():
            if unit in ("percent", "%") and 0 < self.largest.get(outcome, 0) <= 1:
                raise InputError(
                    f"{self.name}: the unit is percent, but no value is larger than 1; write 12 "
                    "for 12 percent, or name the unit fraction"
                )
        return [
            f"numbers in '{clean(start)}' were turned into '{clean(goal)}'"
            for (start, goal), factor in self.factors.items() if start != goal and factor != 1
        ]  # fmt: skip

    def see(self, outcome: str | None, value: float | None) -> None:
        """Watch how large the values of an outcome are."""
        if value is not None:
            key = outcome or ""
            self.largest[key] = max(self.largest.get(key, 0.0), abs(value))

    def factor(self, row: Row) -> float:
        """Return what a row's numbers are multiplied by."""
        if "unit" not in row.at:
            return 1.0
        from anagen.facts import units

        unit = row.text("unit")
        if unit is None:
            raise row.wrong("unit", "is empty; name the unit in every row, or remove the column")
        if unit not in units.words():
            raise row.wrong(
                "unit",
                f"the unit '{clean(unit)}' is not known; write one such as hairs/cm2, um, percent "
                "or weeks",
            )
        goal = self.known.setdefault(row.text("outcome") or "", unit)
        if (unit, goal) not in self.factors:
            try:
                self.factors[unit, goal] = units.convert(1.0, unit, goal)
            except FactError as error:
                raise row.wrong(
                    "unit",
                    f"'{clean(unit)}' cannot be turned into '{clean(goal)}' of the rows above; "
                    "give one unit, or one outcome per table",
                ) from error
        return self.factors[unit, goal]
