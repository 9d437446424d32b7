"""Treatments, approvals, regulation and claims against the collected files, and their records."""

import collections

import msgspec
import pytest
import yaml
from tables import records_in

from anagen import facts
from anagen.errors import FactError, InputError
from anagen.facts.base import Quantity, convert
from anagen.facts.treatment import Harm, Price, bounds

TREATMENT_FILES = {
    "placebo_or_untreated": ["none"],
    "telogen_effluvium_course": ["none"],
    "traction_alopecia_course": ["none"],
    "jak_inhibitors_AA": ["jak_inhibitor", "baricitinib", "ritlecitinib", "deuruxolitinib"],
    "combinations": [],  # each stands with the option of its two components
}
COMBINATIONS = {
    "finasteride 1 mg + minoxidil 5%": "finasteride_oral+minoxidil_topical",
    "topical finasteride + minoxidil vs minoxidil": "finasteride_topical+minoxidil_topical",
    "microneedling + minoxidil vs minoxidil": "microneedling+minoxidil_topical",
    "LLLT + minoxidil vs minoxidil": "lllt+minoxidil_topical",
    "oral minoxidil 0.25 + spironolactone 25 (women)": "minoxidil_oral+spironolactone",
}
PER = {
    "2000 grafts": ("graft", 2000),
    "30 days (2 / 4 mg, list)": ("day", 30),
    "28 capsules (WAC)": ("capsule", 28),
    "month (UK list)": ("month", 1),
}


@pytest.fixture(scope="module")
def known():
    return facts.load()


@pytest.fixture(scope="module")
def collected(shared):
    text = (shared / "evidence" / "treatments.yaml").read_text()
    return {entry["id"]: entry for entry in yaml.safe_load(text)["treatments"]}


def files_of(name):
    return TREATMENT_FILES.get(name, [name])


def numbers_in(value):
    if isinstance(value, dict):
        for key, entry in value.items():
            if not key.endswith("url"):
                yield from numbers_in(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from numbers_in(entry)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def test_all_sixteen_collected_treatments_have_a_place(known, collected):
    assert len(collected) == 16
    for name in collected:
        for file in files_of(name):
            assert file in known.treatments, name


def test_every_collected_number_of_a_treatment_comes_across(known, collected):
    limits = {known.limits["smallest_noticeable_loss_percent"].number()}
    for name, entry in collected.items():
        if name == "combinations":
            continue
        own = [msgspec.to_builtins(known.treatments[file]) for file in files_of(name)]
        missing = set(numbers_in(entry)) - set(numbers_in(own)) - limits
        assert not missing, (name, missing)


def test_every_collected_price_comes_across(known, collected):
    count = 0
    for name, entry in collected.items():
        drugs = entry.get("drugs", [])
        owners = [(name, entry.get("cost", []))] + [(d["drug"], d["cost"]) for d in drugs]
        for owner, prices in owners:
            for price in prices:
                count += 1
                per, amount = PER.get(price["per"], (price["per"], 1))
                wanted = (price["low"], price["high"], price["currency"], per, amount)
                ours = [
                    (p.low, p.high, p.currency, p.per, p.amount, p.year)
                    for p in known.treatments[owner].prices
                ]
                assert (*wanted, price["year"]) in ours, (owner, wanted)
    assert count == 24


def test_the_prices_of_the_articles_come_across(known, shared):
    text = (shared / "clinic" / "protocol.yaml").read_text()
    seed = yaml.safe_load(text)["costs_seed"]

    def has(treatment, pair, source=("article_002",)):
        return any(
            (p.low, p.high) == pair and tuple(p.source) == source
            for p in known.treatments[treatment].prices
        )

    assert has("exosome", tuple(seed["exosome_usd_per_session"]))
    assert has("exosome", (1000, None))
    assert has("prp", tuple(seed["prp"]))
    assert has("hair_transplant", tuple(seed["transplant"]))
    assert has("minoxidil_topical", tuple(seed["drugs_per_month"]))
    assert has("finasteride_oral", tuple(seed["drugs_per_month"]))
    article = [p for p in known.treatments["exosome"].prices if p.sessions is not None]
    assert list(seed["sessions"]) in [p.sessions.value for p in article]
    amounts = {(p.low, p.high, p.currency) for p in known.treatments["exosome"].prices}
    assert {(3000, 10000, "USD"), (3000, 15000, "USD"), (1200, 3000, "EUR")} <= amounts


def test_every_collected_harm_comes_across(known, collected):
    count = 0
    for name, entry in collected.items():
        ours = [harm for file in files_of(name) for harm in known.treatments[file].harms]
        for harm in entry.get("adverse_events", []):
            count += 1
            assert any(_same_harm(harm, our) for our in ours), (name, harm)
    assert count == 32


def _same_harm(theirs, ours):
    share = theirs.get("pct")
    if isinstance(share, list):
        return [ours.percent_low, ours.percent_high] == share
    if share is not None:
        return ours.percent == share and ours.control_percent == theirs.get("placebo_pct")
    if "rr" in theirs:
        ends = [ours.risk_ratio_low, ours.risk_ratio_high]
        return ours.risk_ratio == theirs["rr"] and ends == theirs["ci95"]
    if "n" in theirs:
        return [ours.events, ours.control_events] == theirs["n"]
    return ours.percent is None and ours.n is None  # words only


def test_every_collected_combination_stands_with_its_option(known, collected):
    combos = collected["combinations"]["entries"]
    assert {entry["combo"] for entry in combos} == set(COMBINATIONS)
    for name in COMBINATIONS.values():
        assert known.options[name].effects, name


def test_every_exosome_study_with_a_count_of_harm_comes_across(known, shared):
    text = (shared / "evidence" / "exosome_studies.yaml").read_text()
    ours = {(h.events, h.n) for h in known.treatments["exosome"].harms}
    for study in yaml.safe_load(text)["studies"]:
        harm = study.get("adverse_events")
        if harm and harm.get("n") and study["id"] != "tak_2020_rct":  # an extract, not exosomes
            assert (harm["events"], harm["n"]) in ours, study["id"]


def test_all_fifty_eight_claims_come_across_with_their_verdicts(known, shared):
    text = (shared / "evidence" / "seed_claims.yaml").read_text()
    theirs = yaml.safe_load(text)
    ids = [claim["id"] for claim in theirs["claims"]]
    assert len(ids) == theirs["meta"]["n"] == 58
    assert [name for name in known.claims if name in ids] == ids
    for claim in theirs["claims"]:
        ours = known.claims[claim["id"]]
        assert ours.verdict == claim["verdict"]
        assert ours.text == claim["claim"]
        assert ours.article == f"article_{claim['seed_file'][:3]}"
        assert ours.quoted == claim["quoted_number"]
        assert len(ours.source) == max(1, len(claim["urls"]))
    counts = collections.Counter(known.claims[name].verdict for name in ids)
    assert counts == theirs["meta"]["counts"]


def test_the_claims_that_we_added_come_after_the_collected_ones_of_their_article(known, shared):
    text = (shared / "evidence" / "seed_claims.yaml").read_text()
    collected = [claim["id"] for claim in yaml.safe_load(text)["claims"]]
    added = [name for name in known.claims if name not in collected]
    assert len(added) == len(known.claims) - 58 > 50
    for name in added:
        last = max(int(i[4:6]) for i in collected if i[:3] == name[:3])
        assert int(name[4:6]) > last, name


def test_all_twenty_one_regulation_entries_come_across(known, shared):
    text = (shared / "evidence" / "regulatory.yaml").read_text()
    theirs = yaml.safe_load(text)["items"]
    assert list(known.regulation) == [entry["id"] for entry in theirs]
    assert len(known.regulation) == 21
    for entry in theirs:
        ours = known.regulation[entry["id"]]
        assert ours.is_primary == entry["primary"]
        assert (ours.date or "") == "" or entry["date"].startswith(ours.date)
        assert ours.date or ours.date_note


def test_three_facts_agree_with_their_sources_as_traced_by_hand(known):
    women = [h for h in known.treatments["minoxidil_topical"].harms if h.dose == "2% bid, women"]
    assert [(h.event, h.percent, h.source) for h in women] == [
        ("facial hypertrichosis", 51, ["PMC6691938_T0003"])
    ]
    impotence = [h for h in known.treatments["dutasteride"].harms if h.event == "impotence"]
    assert [(h.events, h.n, h.source) for h in impotence] == [(7, 712, ["PMC4969473"])]
    uk = [p for p in known.treatments["ritlecitinib"].prices if p.currency == "GBP"]
    assert [(p.low, p.per, p.year) for p in uk] == [(949, "month", 2024)]


def test_every_id_in_these_facts_is_in_the_vocabulary(known):
    vocabulary = known.vocabulary
    for name in known.treatments:
        assert name in vocabulary.treatments, name
    topics = [known.treatments, known.options, known.approvals, known.regulation, known.claims]
    for record in records_in([*topics, known.limits]):
        for key in record.source if hasattr(record, "source") else []:
            assert key in known.sources, (key, record)
        for route in getattr(record, "routes", []):
            assert route in vocabulary.routes, route
        for condition in getattr(record, "conditions", []):
            assert condition in vocabulary.conditions, condition
        if isinstance(record, Quantity):
            assert record.unit in vocabulary.units, record.unit
    for entry in (*known.approvals.values(), *known.regulation.values()):
        assert entry.jurisdiction in vocabulary.jurisdictions


def test_a_recalled_fact_never_claims_to_have_been_read(known):
    for record in records_in([known.treatments, known.options, known.approvals]):
        if set(getattr(record, "source", [])) & {"memory", "collector", "ours"}:
            assert record.status != "measured", record


def test_events_never_outnumber_people_and_shares_agree_with_them(known):
    for harm in records_in([known.treatments, known.options]):
        if isinstance(harm, Harm) and harm.events is not None and harm.n:
            assert harm.events <= harm.n
            if harm.percent is not None:
                assert 100 * harm.events / harm.n == pytest.approx(harm.percent, abs=0.5)


def test_an_unknown_key_in_a_price_is_refused():
    value = {"low": 1, "currency": "USD", "per": "month", "status": "measured", "source": ["ours"]}
    assert convert(value, Price, "price").low == 1
    with pytest.raises(InputError, match="unknown key `hihg`"):
        convert({**value, "hihg": 2}, Price, "price")


def test_a_currency_in_small_letters_is_refused():
    value = {"low": 1, "currency": "usd", "per": "month", "status": "measured", "source": ["ours"]}
    with pytest.raises(InputError, match="currency"):
        convert(value, Price, "price")


@pytest.mark.parametrize("value", ["often", [1, 2, 3]])
def test_a_quantity_without_two_ends_says_what_to_do(value):
    fact = Quantity(value=value, unit="sessions", status="measured", source=["ours"])
    with pytest.raises(FactError, match="give one number, a pair, or low and high"):
        bounds(fact)
