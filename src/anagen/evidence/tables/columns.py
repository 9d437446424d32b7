"""What each column of a header means: the words of the field's packages, and the three layouts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from anagen.errors import InputError
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.ratio_columns import RATIO_ROLES, RATIOS, with_limits
from anagen.evidence.tables.records import Layout
from anagen.evidence.tables.wide import Wide, wide_arms

STUDY = (
    "study", "studlab", "study_id", "studyid", "study_name", "trial", "trial_id", "trial_name",
)  # fmt: skip
AUTHOR = ("author", "authors", "first_author")
LOG_RATIOS = {
    "lnor": "log odds ratio", "logor": "log odds ratio", "log_or": "log odds ratio",
    "lnrr": "log risk ratio", "logrr": "log risk ratio", "log_rr": "log risk ratio",
    "lnhr": "log hazard ratio", "loghr": "log hazard ratio", "log_hr": "log hazard ratio",
}  # fmt: skip

ROLES: dict[str, tuple[str, ...]] = {
    "effect": ("effect", "effect_size", "yi", "te", "y", "est", "estimate", "smd", *LOG_RATIOS),
    "variance": ("variance", "var", "vi", "v", "sampling_variance"),
    "se": (
        "se", "sei", "sete", "se_te", "standard_error", "std_err", "stderr", "std_error",
        *(f"se{stem}" for stem in LOG_RATIOS), *(f"se_{stem}" for stem in LOG_RATIOS),
    ),
    "ci_low": ("ci_low", "ci_lower", "low", "lower", "lcl", "ci_lb", "lower_ci", "ci_l"),
    "ci_high": ("ci_high", "ci_upper", "high", "upper", "ucl", "ci_ub", "upper_ci", "ci_u"),
    "or": tuple(RATIOS),
    "or_lower": tuple(f"{stem}_{end}" for stem in RATIOS for end in ("lower", "ci_lower")),
    "or_upper": tuple(f"{stem}_{end}" for stem in RATIOS for end in ("upper", "ci_upper")),
    "treatment": ("treatment", "treat", "t", "trt", "intervention"),
    "control": ("control", "comparator", "control_treatment"),
    "treatment_1": ("treatment_1", "treatment1", "treat1", "treat_1", "t1"),
    "treatment_2": ("treatment_2", "treatment2", "treat2", "treat_2", "t2"),
    "mean": ("mean", "y", "mi"),
    "sd": ("sd", "sdi", "std_dev", "stddev", "stdev", "standard_deviation"),
    "median": ("median", "med"),
    "q1": ("q1", "p25", "lower_quartile"),
    "q3": ("q3", "p75", "upper_quartile"),
    "minimum": ("minimum", "min"),
    "maximum": ("maximum", "max"),
    "n": ("n", "samplesize", "sample_size", "total", "ni", "n_analysed", "n_analyzed"),
    "n_randomised": ("n_randomised", "n_randomized", "randomised", "randomized"),
    "events": (
        "events", "event", "responders", "response", "responses", "death", "deaths", "stroke",
        "strokes", "cases", "xi",
    ),
    "exposure": ("exposure", "years", "person_years", "patient_years"),
    "correlation": ("pre_post_r", "correlation", "corr", "r_pre_post"),
    "baseline_mean": ("baseline_mean", "mean_baseline"),
    "baseline_sd": ("baseline_sd", "sd_baseline"),
    "change_mean": ("change_mean", "mean_change"),
    "change_sd": ("change_sd", "sd_change"),
    "change_se": ("change_se", "se_change"),
    "change_ci_low": ("change_ci_low",),
    "change_ci_high": ("change_ci_high",),
    "change_median": ("change_median", "median_change"),
    "change_q1": ("change_q1", "q1_change"),
    "change_q3": ("change_q3", "q3_change"),
    "p_value": ("p_value", "pvalue", "pval", "p"),
    "r": ("r",),
    "outcome": ("outcome", "measure", "endpoint"),
    "unit": ("unit", "units"),
    "design": ("design",),
    "subgroup": ("subgroup",),
    "week": ("week", "weeks"),
    "time": ("time", "month", "day", "visit"),
    "sites_per_person": ("sites_per_person",),
    "dose": ("dose",),
    "sessions": ("sessions",),
    "follow_up_weeks": ("follow_up_weeks", "follow_up", "followup", "followup_weeks"),
}  # fmt: skip

MEANINGS = {
    "effect": "the effect", "variance": "its sampling variance", "se": "its standard error",
    "ci_low": "lower end of the 95 % interval", "ci_high": "upper end of the 95 % interval",
    "or": "ratio of odds, risks or hazards; its logarithm is the effect",
    "or_lower": "lower end of its 95 % interval", "or_upper": "upper end of its 95 % interval",
    "treatment": "treatment", "control": "control", "treatment_1": "treatment 1",
    "treatment_2": "treatment 2; the effect is treatment 1 minus treatment 2",
    "median": "median", "q1": "first quartile", "q3": "third quartile",
    "minimum": "smallest value", "maximum": "largest value",
    "mean": "mean", "sd": "standard deviation", "n": "number of people",
    "n_randomised": "number of people randomised", "events": "people or times with the event",
    "exposure": "person-time in which the events are counted",
    "correlation": "correlation between baseline and follow-up",
    "baseline_mean": "mean at the baseline", "baseline_sd": "standard deviation at the baseline",
    "change_mean": "mean change", "change_sd": "standard deviation of the change",
    "change_se": "standard error of the mean change",
    "change_ci_low": "lower end of the 95 % interval of the change",
    "change_ci_high": "upper end of the 95 % interval of the change",
    "change_median": "median change", "change_q1": "first quartile of the change",
    "change_q3": "third quartile of the change", "p_value": "p-value",
    "r": "correlation between baseline and follow-up", "outcome": "outcome", "unit": "unit",
    "design": "design", "subgroup": "subgroup", "week": "week",
    "time": "time, in the table's own unit", "sites_per_person": "sites per person",
    "dose": "dose", "sessions": "number of sessions", "follow_up_weeks": "weeks of follow-up",
    "study": "study", "year": "year, part of the study's name",
    "author": "author, part of the study's name",
}  # fmt: skip

SHARED = frozenset({"outcome", "unit", "week", "time"})
USED: dict[Layout, frozenset[str]] = {
    "effects": SHARED
    | {
        "effect", "variance", "se", "ci_low", "ci_high", "n", "subgroup", "treatment", "control",
        *RATIO_ROLES,
    },
    "contrasts": SHARED
    | {"treatment_1", "treatment_2", "effect", "se", "variance", *RATIO_ROLES},
    "arms": SHARED
    | {
        "treatment", "mean", "sd", "se", "ci_low", "ci_high", "n", "n_randomised", "events",
        "exposure", "baseline_mean", "baseline_sd", "change_mean", "change_sd", "change_se",
        "median", "q1", "q3", "minimum", "maximum", "change_median", "change_q1", "change_q3",
        "change_ci_low", "change_ci_high", "p_value", "r", "design", "sites_per_person", "dose",
        "sessions", "follow_up_weeks",
    },
}  # fmt: skip
MODERATORS = frozenset({"n", "week", "time", "dose", "sessions", "follow_up_weeks"})
"""Roles that may explain why effects differ, and so stay among the numbers too."""

HINTS = {
    "ri": "'ri' looks like correlations: give Fisher's z as effect and 1/(n - 3) as variance",
    "or": "'or' looks like odds ratios: add or_lower and or_upper (95 %), or give logarithms",
    "rr": "'rr' looks like risk ratios: add rr_lower and rr_upper (95 %), or give logarithms",
    "hr": "'hr' looks like hazard ratios: add hr_lower and hr_upper (95 %), or give logarithms",
    "iqr": "the width of the quartiles is not enough beside a median: give q1 and q3",
    "median": "a median needs n, and q1 with q3 or min with max",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read: the column of each role, by number, and the wide arms if any."""

    layout: Layout
    at: dict[str, int]
    study: int | None
    author: int | None
    year: int | None
    wide: Wide | None = None
    notes: list[str] = field(default_factory=list)


def key(title: str) -> str:
    """Return a column's name as it is looked up.

    Examples
    --------
    >>> key("Std.Dev"), key("sample size")
    ('std_dev', 'sample_size')
    """
    return re.sub(r"[\s._\-/]+", "_", title.strip().casefold()).strip("_")


def _roles(header: Iterable[str], name: str) -> dict[str, int]:
    """Return the column of each role; two columns for one role are refused."""
    keys = [key(title) for title in header]
    at: dict[str, int] = {}
    titles = list(header)
    for role, words in ROLES.items():
        found = [number for number, word in enumerate(keys) if word in words]
        if len(found) > 1 and role in RATIO_ROLES:
            continue
        if len(found) > 1:
            first, second = (clean(titles[k]) for k in found[:2])
            raise InputError(
                f"{name}: '{first}' and '{second}' can both be the {role.replace('_', ' ')}; "
                "rename the one that is not"
            )
        if found:
            at[role] = found[0]
    return at


def _one_of(keys: list[str], words: Iterable[str]) -> int | None:
    return next((keys.index(word) for word in words if word in keys), None)


def _resolved(at: dict[str, int]) -> dict[str, int]:
    """Settle what depends on the company: r beside means, randomised beside no other n."""
    at = dict(at)
    if "correlation" in at:
        at["r"] = at.pop("correlation")
    elif "r" in at and not {"mean", "change_mean"} & set(at) and "events" not in at:
        at["events"] = at.pop("r")
    if "n" not in at and "n_randomised" in at:
        at["n"] = at.pop("n_randomised")
    if "median" not in at:  # a range or quartiles of something else
        at = {role: k for role, k in at.items() if role not in ("q1", "q3", "minimum", "maximum")}
    return at


def _has_arms(at: Mapping[str, int]) -> bool:
    has = set(at)
    scatter = (
        {"sd", "n"} <= has or "se" in has or {"ci_low", "ci_high"} <= has
    )  # fmt: skip
    middle = "n" in has and (
        ("median" in has and ({"q1", "q3"} <= has or {"minimum", "maximum"} <= has))
        or {"change_median", "change_q1", "change_q3"} <= has
    )
    change = (
        {"change_sd", "n"} <= has
        or "change_se" in has
        or {"change_ci_low", "change_ci_high"} <= has
        or {"p_value", "n"} <= has
        or {"sd", "baseline_sd", "n"} <= has
    )
    counts = "events" in has and bool({"n", "exposure"} & has)
    value = ("mean" in has and scatter) or ("change_mean" in has and change) or counts
    return "treatment" in has and (value or middle)


def _possible(
    at: Mapping[str, int], wide: Wide | None, layout: Layout | None = None
) -> list[Layout]:
    """Return every layout that the columns allow."""
    has = set(at)
    spread = bool({"se", "variance"} & has)
    found: list[Layout] = []
    if {"treatment_1", "treatment_2", "effect"} <= has and spread:
        found.append("contrasts")
    elif "effect" in has and (spread or {"ci_low", "ci_high"} <= has):
        found.append("effects")
    if wide is not None or (_has_arms(at) and "treatment_1" not in has and "control" not in has):
        found.append("arms")
    if "or" in at and (not found or layout in ("effects", "contrasts")):
        found.append("contrasts" if {"treatment_1", "treatment_2"} <= has else "effects")
    return found


def _missing(at: Mapping[str, int], header: tuple[str, ...]) -> str:
    """Say which columns are missing for which layout."""
    has = set(at)
    effects = [] if "effect" in has else ["effect"]
    if not ({"variance", "se"} & has or {"ci_low", "ci_high"} <= has):
        effects.append("variance (or se, or ci_low with ci_high)")
    contrasts = [c for c in ("treatment_1", "treatment_2", "effect") if c not in has]
    contrasts += [] if {"se", "variance"} & has else ["se"]
    arms = [] if "treatment" in has else ["treatment"]
    if not _has_arms({**at, "treatment": 0}):
        arms.append("mean with sd and n, or events with n")
    keys = {key(title) for title in header}
    hint = next((f"; {said}" for word, said in HINTS.items() if word in keys), "")
    if not hint and {"mean", "se"} <= has and "treatment" not in has:
        hint = "; if each row is the effect of one study, rename 'mean' to effect"
    if not hint and "treatment" not in has and _has_arms({**at, "treatment": 0}):
        hint = (
            "; if each row is one group without a control, say so: add a column treatment (its "
            "name) and a column design (single_arm)"
        )
    return (
        f"the columns fit no layout: effects lack {' and '.join(effects)}; contrasts lack "
        f"{', '.join(contrasts)}; arms lack {' and '.join(arms)}; name the columns so{hint}"
    )


def _between(possible: list[Layout], at: Mapping[str, int], header: tuple[str, ...]) -> str:
    if at.get("mean", -1) == at.get("effect", -2):
        title = clean(header[at["mean"]])
        return (
            f"'{title}' beside '{clean(header[at['treatment']])}' can be the mean of an arm or the "
            "effect of a study; rename it to mean, or to effect with a column control"
        )
    return (
        f"the columns can be read as {' and as '.join(possible)}; keep the columns of one, or say "
        f"which layout is meant: {' or '.join(f'--layout {one}' for one in possible)}"
    )


def plan_of(header: tuple[str, ...], name: str, layout: Layout | None = None) -> Plan:
    """Recognise the layout of a header and the meaning of its columns.

    Parameters
    ----------
    header:
        The names of the columns.
    name:
        What to call the table in a message.
    layout:
        The layout that the user says it is, where two are possible.

    Raises
    ------
    InputError
        If no layout fits, or more than one.
    """
    keys = [key(title) for title in header]
    if keys[:2] == ["i", "j"] or keys == ["row", "col", "v"]:
        raise InputError(
            f"{name}: is a matrix of variances (i, j, v) and no table of studies; give the table "
            "whose effects it belongs to"
        )
    at = with_limits(_resolved(_roles(header, name)), keys)
    wide = wide_arms(header, keys, has_effects="effect" in at)
    possible = _possible(at, wide, layout)
    if layout is not None:
        if layout not in get_args(Layout):
            raise InputError(f"'{clean(layout)}' is no layout; write effects, contrasts or arms")
        possible = [one for one in possible if one == layout]
    if not possible:
        raise InputError(f"{name}: {_missing(at, header)}")
    if len(possible) > 1:
        raise InputError(f"{name}: {_between(possible, at, header)}")
    chosen = possible[0]
    if chosen == "arms" and wide is not None and _has_arms(at) and "treatment_1" not in at:
        raise InputError(
            f"{name}: each row can be one arm ('{clean(header[at['treatment']])}') or hold "
            f"{len(wide.arms)} arms; keep the columns of one of the two"
        )
    return _named(chosen, at, keys, wide if chosen == "arms" else None, header, name)


def _named(
    layout: Layout, at: dict[str, int], keys: list[str], wide: Wide | None,
    header: tuple[str, ...], name: str,
) -> Plan:  # fmt: skip
    """Add who names the study."""
    taken = set() if wide is None else {k for arm in wide.arms for k in arm.values()}
    used = {role: k for role, k in at.items() if role in USED[layout] and k not in taken}
    if wide is not None:
        used = {r: k for r, k in used.items() if r in SHARED | {"dose", "sessions", "design"}}
    study = _one_of(keys, STUDY)
    study = _one_of(keys, ("id",)) if study is None else study
    author, year = _one_of(keys, AUTHOR), _one_of(keys, ("year",))
    if study is None and author is None and wide is None:
        raise InputError(
            f"{name}: no column names the study; name one study (or studlab, trial, id, author)"
        )
    notes = []
    if study is None and author is None:
        notes.append("no column names the study: each row counts as one, by its number")
    if layout == "arms" and {"events", "n", "exposure"} <= set(used):
        notes.append(
            f"'{header[used['exposure']]}' stands beside '{header[used['n']]}': the events are "
            "taken per person-time"
        )
    if "or" in used and wide is None:
        notes.append(
            f"'{clean(header[used['or']])}' holds ratios: their logarithms are taken, with "
            "standard errors from their 95 % limits"
        )
    return Plan(layout, used, study, author, year, wide, notes)


def ratio_of(header: tuple[str, ...], plan: Plan) -> str | None:
    """Return of which ratio the effects are logarithms, where a column's name tells."""
    if plan.layout == "arms":
        return None
    if "or" in plan.at:
        return RATIOS[key(header[plan.at["or"]])]
    word = key(header[plan.at["effect"]])
    return word[-2:].upper() if word in LOG_RATIOS else None


def read_as(header: tuple[str, ...], plan: Plan, numeric: tuple[bool, ...]) -> dict[str, str]:
    """Return what each column was taken for, in words."""
    said: dict[int, str] = {}
    if plan.wide is not None:
        said |= plan.wide.meanings
    for role, number in plan.at.items():
        said[number] = MEANINGS[role]
        if role == "effect":
            said[number] = LOG_RATIOS.get(key(header[number]), said[number])
    if plan.study is not None:
        said[plan.study] = MEANINGS["study"]
    for role, place in (("author", plan.author), ("year", plan.year)):
        if place is not None and _is_in_name(plan, place):
            said[place] = MEANINGS[role]
    return {
        title: said.get(k, "moderator, in numbers" if numeric[k] else "moderator, in words")
        for k, title in enumerate(header)
    }


def _is_in_name(plan: Plan, place: int) -> bool:
    return place == plan.author or plan.author is not None or plan.study is not None
