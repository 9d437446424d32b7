"""Every scale: spellings, formulas, sexes, and scales that contradict each other."""

import pytest

from anagen import facts
from anagen.candidacy import Salt, basp, grade, person_from, salt_band, salt_score
from anagen.candidacy.scales import extent
from anagen.errors import InputError

SCALES = facts.load().scales


def person(sex="male", condition="androgenetic_alopecia", **severity):
    return person_from(
        {"sex": sex, "age_years": 40, "condition": condition, "jurisdiction": "US",
         "health": {}, "severity": severity},
        "page", "page", facts.load(),
    )  # fmt: skip


@pytest.mark.parametrize("example", SCALES["salt"].examples, ids=str)
def test_salt_gives_its_published_examples(example):
    assert salt_score(Salt(**example.given), SCALES) == pytest.approx(example.score, abs=1e-12)


def test_the_weights_of_salt_add_up_to_the_whole_scalp():
    assert sum(w.number() for w in SCALES["salt"].weights.values()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, "S0"), (0.4, "S1"), (1, "S1"), (24, "S1"), (24.9, "S1"), (25, "S2"), (49.9, "S2"),
        (50, "S3"), (75, "S4"), (99.9, "S4"), (100, "S5"), (100.00000000000001, "S5"),
    ],
)  # fmt: skip
def test_a_salt_score_falls_in_its_band(score, band):
    assert salt_band(score, SCALES) == band


@pytest.mark.parametrize("score", [-1, 101])
def test_a_salt_score_outside_its_range_is_refused(score):
    with pytest.raises(InputError, match="runs from 0 to 100"):
        salt_band(score, SCALES)


@pytest.mark.parametrize("scale", ["norwood_hamilton", "ludwig", "sinclair", "savin"])
def test_every_grade_of_a_scale_is_accepted_for_the_right_sex(scale):
    sex = SCALES[scale].sexes[0]
    for name in SCALES[scale].grades:
        value = int(name) if name.isdigit() else name
        assert str(getattr(person(sex, **{scale: value}).severity, scale)) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [("III-vertex", "III_vertex"), ("iii vertex", "III_vertex"), ("IIIvertex", "III_vertex"),
     ("iiia", "IIIa"), ("vii", "VII")],
)  # fmt: skip
def test_another_spelling_of_a_grade_is_refused_with_the_right_one(written, meant):
    with pytest.raises(InputError, match=f"did you mean {meant}\\?"):
        grade("norwood_hamilton", written, SCALES)


def test_iii_vertex_and_iiia_are_two_grades():
    assert grade("norwood_hamilton", "III_vertex", SCALES) != grade(
        "norwood_hamilton", "IIIa", SCALES
    )


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("L", ("L", None, None)), ("M0", ("M0", None, None)), ("M2F1V1", ("M2", "F1", "V1")),
        ("C3V2", ("C3", None, "V2")), ("U1F3", ("U1", "F3", None)),
    ],
)  # fmt: skip
def test_a_basp_code_is_taken_apart(code, parts):
    found = basp(code, SCALES)
    assert (found.basic, found.frontal, found.vertex) == parts


@pytest.mark.parametrize(
    "code", ["", "M4", "U0", "L0", "F1", "M2V1F1", "M2F4", "m2", "M2F1F2", "M2 F1", "M2F1V1X"]
)
def test_a_wrong_basp_code_is_refused(code):
    with pytest.raises(InputError, match="is not a BASP code"):
        basp(code, SCALES)


def test_a_basp_code_has_the_extent_of_its_furthest_part():
    assert extent("basp", "L", SCALES) == "none"
    assert extent("basp", "LF3", SCALES) == "middle"


@pytest.mark.parametrize(
    ("sex", "severity"),
    [
        ("male", {"norwood_hamilton": "VII", "basp": "L"}),
        ("male", {"basp": "U2", "norwood_hamilton": "II"}),
        ("female", {"ludwig": "III", "sinclair": 2}),
        ("female", {"savin": 8, "ludwig": "I"}),
    ],
)
def test_scales_two_steps_apart_contradict_each_other(sex, severity):
    with pytest.raises(InputError, match="contradict each other"):
        person(sex, **severity)


@pytest.mark.parametrize(
    ("sex", "severity"),
    [
        ("male", {"norwood_hamilton": "III_vertex", "basp": "M2V2"}),
        ("female", {"ludwig": "II", "sinclair": 3, "savin": 5, "basp": "LF2"}),
        ("female", {"ludwig": "III", "savin": 9}),
    ],
)
def test_scales_that_agree_stand_together(sex, severity):
    assert person(sex, **severity).severity is not None


def test_salt_is_for_alopecia_areata_and_pattern_scales_are_not():
    regions = {"top": 10, "back": 0, "left": 0, "right": 0}
    assert person(condition="alopecia_areata", salt=regions).severity.salt == Salt(**regions)
    with pytest.raises(InputError, match=r"severity\.salt: .* is for alopecia_areata"):
        person(salt=regions)
    with pytest.raises(InputError, match=r"severity\.norwood_hamilton: .* is for androgenetic"):
        person(condition="alopecia_areata", norwood_hamilton="III")


def test_the_scales_are_those_of_the_collected_file(shared):
    import yaml

    collected = yaml.safe_load((shared / "clinic/scales.yaml").read_text())
    assert set(SCALES) - {"plausible_values"} == set(collected)
    norwood = collected["norwood_hamilton"]
    ordered = sorted(
        (g.rank, name) for name, g in SCALES["norwood_hamilton"].grades.items() if g.rank
    )
    assert [name for _, name in ordered] == norwood["order"]
    for name in ("norwood_hamilton", "ludwig", "sinclair"):
        for key, words in collected[name]["grades"].items():
            assert SCALES[name].grades[str(key)].text == words
    assert SCALES["norwood_hamilton"].trial_use == norwood["trial_use"]
    assert SCALES["basp"].pattern == collected["basp"]["regex"]
    assert len(SCALES["savin"].grades) == collected["savin"]["levels"]
    assert {int(k): g.text for k, g in SCALES["gpa"].grades.items()} == collected["gpa"]["levels"]
    assert len(SCALES["salt"].examples) == len(collected["salt"]["test_vectors"])
    assert {
        k: [b.low, b.high] for k, b in SCALES["salt"].bands.items()
    } == {
        k: [float(x) for x in (v.split("-") * 2)[:2]]
        for k, v in collected["salt"]["bands"].items()
        if k.startswith("S")
    }  # fmt: skip
