"""What a table of studies becomes: effects, contrasts or arms, one record for each."""

from typing import Literal

import msgspec

from anagen.frozen import Record

Layout = Literal["effects", "contrasts", "arms"]
Design = Literal["parallel", "split_scalp", "crossover", "single_arm", "non_randomised"]


class EffectRow(Record, gc=False):
    """One effect of one study, with its sampling variance in `unit` squared.

    `line` is that of the file. `week` is set where the column says weeks; `time` is in the table's
    own unit. `low` and `high` are the interval as given.
    """

    line: int
    study: str
    effect: float
    variance: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    outcome: str | None = None
    subgroup: str | None = None
    treatment: str | None = None
    control: str | None = None
    week: float | None = None
    time: float | None = None


class ContrastRow(Record, gc=False):
    """Treatment 1 minus treatment 2 in one study, with its standard error."""

    line: int
    study: str
    treatment_1: str
    treatment_2: str
    effect: float
    se: float
    outcome: str | None = None
    week: float | None = None
    time: float | None = None


class ArmRow(Record, gc=False):
    """One arm of one study at one time: a mean or a count, as the table gives it.

    `n` counts people. `change_*` are of the change from the baseline. `median` stands with its
    quartiles (`q1`, `q3`), with its range, or with both. `r` is the correlation between baseline
    and follow-up; `p_value` keeps the words (`<0.05`).
    """

    line: int
    study: str
    treatment: str
    n: int | None = None
    mean: float | None = None
    sd: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    events: int | None = None
    exposure: float | None = None
    baseline_mean: float | None = None
    baseline_sd: float | None = None
    change_mean: float | None = None
    change_sd: float | None = None
    change_se: float | None = None
    change_ci_low: float | None = None
    change_ci_high: float | None = None
    change_median: float | None = None
    change_q1: float | None = None
    change_q3: float | None = None
    p_value: str | None = None
    r: float | None = None
    outcome: str | None = None
    week: float | None = None
    time: float | None = None
    design: Design | None = None
    n_randomised: int | None = None
    sites_per_person: float | None = None
    dose: float | None = None
    sessions: float | None = None
    follow_up_weeks: float | None = None


class StudyTable(Record):
    """One table of studies, read and checked.

    `read_as` says of each column what it was taken for. Only the list of its `layout` is filled.
    `numbers` and `words` hold the other columns, one entry per record of that list; `numbers` also
    repeats `n`, week, time, year and dose under the table's own names, so that they can serve as
    moderators. `units` gives the unit of each outcome ("" where there is no outcome column); every
    number was turned into it. `ratio` says of which ratio the effects are logarithms (OR, RR, HR),
    where the name of the column tells. `sha256` is that of the file.
    """

    name: str
    layout: Layout
    read_as: dict[str, str]
    sha256: str
    effects: list[EffectRow] = msgspec.field(default_factory=list)
    contrasts: list[ContrastRow] = msgspec.field(default_factory=list)
    arms: list[ArmRow] = msgspec.field(default_factory=list)
    numbers: dict[str, list[float | None]] = msgspec.field(default_factory=dict)
    words: dict[str, list[str | None]] = msgspec.field(default_factory=dict)
    units: dict[str, str] = msgspec.field(default_factory=dict)
    ratio: str | None = None
    notes: list[str] = msgspec.field(default_factory=list)

    @property
    def studies(self) -> list[str]:
        """The studies, each once, in the order of the table."""
        rows = self.effects or self.contrasts or self.arms
        return list(dict.fromkeys(row.study for row in rows))
