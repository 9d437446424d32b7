"""What must hold of a past whatever was used, for how long, and whenever it ended."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.candidacy import UsedTreatment, person_from
from anagen.candidacy.history import BY_SESSION, LOTIONS, OPERATIONS, TABLETS, HairTreatmentName
from anagen.candidacy.past import past_of
from anagen.follicle import (
    WEEKS_PER_YEAR,
    Layout,
    Regimen,
    follow_regimens,
    lived_through,
    pattern_cohort,
)
from anagen.follicle.past import Past
from anagen.plan.baseline import baseline_of

FACTS = facts.load()
MODEL = FACTS.model
LAYOUT = Layout.from_facts(MODEL)
MONTH = WEEKS_PER_YEAR / 12
fitted = st.sampled_from(["finasteride_oral", "minoxidil_topical"])
seeds = st.integers(0, 10_000)
some = settings(max_examples=12, deadline=None)


def people(seed, past=None, count=4):
    return pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), count, None, 1, past)


def density(cohort, regimen, weeks):
    every = np.arange(cohort.u.size)
    seen = follow_regimens(MODEL, LAYOUT, cohort, {regimen: every}, weeks)
    return seen[regimen].density_per_cm2


@some
@given(seeds, fitted, st.floats(1, 60))
def test_going_on_is_never_worse_than_stopping(seed, treatment, months):
    used = UsedTreatment(treatment=treatment, months_since_last_dose=0, months_used=months)
    baseline = baseline_of([used], FACTS)
    cohort = people(seed, baseline.past)
    weeks = [0.0, 12 * MONTH]
    on = density(cohort, baseline.regimen, weeks)
    off = density(cohort, baseline.with_option((), {}, stopped=[treatment]), weeks)
    np.testing.assert_allclose(on[0], off[0], rtol=1e-12)
    assert np.all(on[1] >= off[1] - 0.05)


@some
@given(seeds, st.floats(1, 40), st.floats(0, 12))
def test_stopping_what_never_was_effective_changes_nothing(seed, months, since):
    cohort = people(seed)
    none = Past(Regimen(()), (months + since) * MONTH)
    useless = Past(
        Regimen(("lllt",), episodes=(("lllt", -none.weeks, -since * MONTH),)), none.weeks
    )
    values = {**cohort.values, "S_lllt": np.zeros(())}
    left = lived_through(
        MODEL, LAYOUT, values, cohort.u, cohort.response, cohort.before, [none, useless]
    )
    np.testing.assert_allclose(left[0], left[1], atol=2e-5)


@settings(max_examples=3, deadline=None)
@given(seeds, fitted, st.floats(6, 60))
def test_after_stopping_the_untreated_course_is_approached(seed, treatment, months):
    weeks = [0.0, 5 * WEEKS_PER_YEAR, 30 * WEEKS_PER_YEAR]
    used = UsedTreatment(treatment=treatment, months_since_last_dose=0, months_used=months)
    baseline = baseline_of([used], FACTS)
    treated = people(seed, baseline.past)
    never = people(seed, Past(Regimen(()), baseline.weeks))
    stopped = density(treated, baseline.with_option((), {}, stopped=[treatment]), weeks)
    gap = stopped - density(never, Regimen(()), weeks)
    average = slice(treated.averages)
    first, later, last = gap[:, average].mean(axis=1)
    assert last < later < first
    assert last < first / 2


names = st.sampled_from(HairTreatmentName.__args__)


@st.composite
def treatments(draw):
    name = draw(names)
    one = {
        "treatment": name,
        "months_since_last_dose": draw(st.sampled_from([0, 0.5, 3, 20, 100])),
        "response": draw(st.sampled_from(["better", "no_change", "worse", "unknown"])),
    }
    if name not in OPERATIONS:
        one["months_used"] = draw(st.sampled_from([0, 1, 6, 14, 80]))
        one["adherence"] = draw(st.sampled_from(["most_days", "about_half", "seldom", "unknown"]))
    if name in BY_SESSION:
        one["sessions"] = draw(st.integers(1, 9)) if one.get("months_used", 1) else 1
    if name in TABLETS:
        one["dose_mg_per_day"] = draw(st.sampled_from([0.25, 1, 5]))
    if name in LOTIONS:
        one["strength_percent"] = draw(st.sampled_from([0.25, 2, 5]))
    return one


histories = st.lists(treatments(), max_size=5, unique_by=lambda one: one["treatment"])


def person(history):
    document = {
        "sex": "male", "age_years": 40, "jurisdiction": "US", "health": {}, "history": history,
        "condition": "androgenetic_alopecia",
    }  # fmt: skip
    return person_from(document, "page", "page", FACTS)


@settings(max_examples=100, deadline=None)
@given(histories)
def test_every_history_is_judged_and_becomes_a_past(history):
    someone = person(history)
    notes = past_of(someone, FACTS)
    assert len(notes) == len(history)
    for note in notes:
        assert note.text.endswith(".")
        assert set(note.source) <= set(FACTS.sources)
        assert note.fairly_tried == "yes" or not note.is_failed
        assert not (note.is_now and note.is_wearing_off)
    baseline = baseline_of(someone.history, FACTS)
    regimen = baseline.regimen
    assert baseline.weeks <= (60 + 60) * MONTH + 1e-9
    assert set(baseline.now) <= set(regimen.components)
    for name in baseline.now:
        stopped = baseline.with_option((), {}, stopped=[name])
        going_on = {c for c in stopped.components if c not in stopped.ended}
        assert name not in going_on
        assert set(stopped.without_ended().components) == going_on


@settings(max_examples=60, deadline=None)
@given(treatments(), st.sampled_from([6, 12, 30]))
def test_longer_use_never_makes_a_trial_less_fair(one, more):
    if one["treatment"] in OPERATIONS:
        return
    order = ["no", "not_known", "yes"]
    longer = {**one, "months_used": one["months_used"] + more}
    (before,), (after,) = (past_of(person([history]), FACTS) for history in (one, longer))
    assert order.index(after.fairly_tried) >= order.index(before.fairly_tried)
