"""`anagen explain`: one sentence for a bad name, words and JSON, and a picture that says it all."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest

from anagen import facts
from anagen.cli import main
from anagen.errors import InputError
from anagen.facts.explanation import Explanation, explain
from anagen.follicle import AMPLITUDE
from anagen.report.mechanism_figure import mechanism_figure
from anagen.report.mechanisms import explanation_page

FACTS = facts.load()
TREATMENTS = sorted({name for arrow in FACTS.mechanisms.values() for name in arrow.treatments})
NAMES = (*TREATMENTS, *FACTS.mechanism_nodes, "minoxidil", "kappa", "g0")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("name", "kind", "asked"),
    [
        ("exosome", "treatment", ["exosome"]),
        ("Exosomes (vesicles from cells)", "treatment", ["exosome"]),
        ("finasteride", "treatment", ["finasteride_oral"]),
        ("minoxidil", "treatment", ["minoxidil_oral", "minoxidil_topical"]),
        ("PRP", "treatment", ["prp"]),
        ("wnt", "pathway", ["wnt"]),
        ("Wnt/beta-catenin", "pathway", ["wnt"]),
        ("IGF-1", "pathway", ["igf1"]),
        ("bulge stem cells", "pathway", ["bulge_stem_cells"]),
        ("waking", "rate", ["waking"]),
        ("density", "seen", ["density"]),
        ("kappa", "parameter", ["kappa"]),
        ("D_fin", "parameter", ["D_fin"]),
        ("d_FIN", "parameter", ["D_fin"]),
    ],
)
def test_a_name_is_a_treatment_a_box_or_a_parameter(name, kind, asked):
    found = explain(FACTS, name)
    assert (found.kind, found.asked) == (kind, asked)
    assert found.arrows


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("exosme", "did you mean exosome"),
        ("kapa", "did you mean kappa"),
        ("tau_T", "no mechanism that was collected touches the parameter 'tau_T'"),
        ("spironolactone", "no mechanism was collected for 'spironolactone'"),
        ("zzzzzz", "see 'anagen facts list mechanisms'"),
        ("", "the name is empty"),
        ("a" * 5000, "is no treatment, pathway or rate"),
    ],
)
def test_a_name_that_nothing_has_gives_one_sentence_and_two(name, says, tmp_path, capsys):
    assert main(["explain", name, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
    assert len(said.err) < 400
    assert said.out == ""
    assert not (tmp_path / "out").exists()


def test_it_prints_words_and_a_document_that_obeys_its_schema(capsys):
    assert main(["explain", "exosome"]) == 0
    words = capsys.readouterr().out
    assert "none was measured in people against a control" in " ".join(words.split())
    assert "Moves nothing." in words
    assert main(["explain", "exosome", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, msgspec.json.schema(Explanation))
    assert document["schema"] == "anagen/explanation/1"


def test_it_writes_a_page_a_picture_and_a_document_and_writes_them_again(tmp_path, capsys):
    for _ in range(2):
        assert main(["explain", "lllt", "--out", str(tmp_path)]) == 0
        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == ["explain.html", "explain.json", "explain.svg"]
    assert "page:" in capsys.readouterr().out
    read = msgspec.json.decode((tmp_path / "explain.json").read_bytes(), type=Explanation)
    assert read == explain(FACTS, "lllt")


def test_a_file_of_another_hand_is_not_written_over(tmp_path, capsys):
    (tmp_path / "explain.svg").write_text("<svg/>")
    assert main(["explain", "lllt", "--out", str(tmp_path)]) == 2
    assert "of another hand" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["explain.svg"]


def test_an_empty_folder_name_is_refused(capsys):
    assert main(["explain", "lllt", "--out", " "]) == 2
    assert "--out is empty" in capsys.readouterr().err


def boxes_and_words(name):
    picture = ElementTree.fromstring(mechanism_figure(explain(FACTS, name)))  # noqa: S314  ours
    (group,) = picture.iter(f"{SVG}g")
    shapes = [
        tuple(float(shape.get(key)) for key in ("x", "y", "width", "height"))
        for shape in group.iter(f"{SVG}rect")
        if shape.get("x")
    ]
    return picture, group, shapes


@pytest.mark.parametrize("name", NAMES)
def test_no_box_of_a_picture_stands_over_another_or_outside(name):
    picture, _, shapes = boxes_and_words(name)
    width, height = (float(number) for number in picture.get("viewBox").split()[2:])
    for k, (x, y, w, h) in enumerate(shapes):
        assert x >= 0
        assert y >= 50
        assert x + w <= width
        assert y + h <= height
        for other in shapes[:k]:
            apart = abs(x - other[0]) > 1 or y >= other[1] + other[3] or y + h <= other[1]
            assert apart, name


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_no_taller_than_its_fullest_column_needs(name):
    picture, _, shapes = boxes_and_words(name)
    columns = [[h for x, _, _, h in shapes if x == left] for left in {x for x, *_ in shapes}]
    needed = max(sum(heights) + 7 * (len(heights) - 1) for heights in columns)
    assert float(picture.get("viewBox").split()[3]) == pytest.approx(62 + needed + 8, abs=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_picture_lies_within_it(name):
    picture, group, _ = boxes_and_words(name)
    height = float(picture.get("viewBox").split()[3])
    heights = [float(words.get("y")) for words in group.iter(f"{SVG}text")]
    assert min(heights) > 10
    assert max(heights) < height


@pytest.mark.parametrize("name", ["exosome", "minoxidil", "jak_inhibitor", "stimulus"])
def test_a_picture_draws_each_arrow_once_solid_with_a_sign_or_dashed_and_says_that_it_is_still(
    name,
):
    found = explain(FACTS, name)
    _, group, _ = boxes_and_words(name)
    runs = [path for path in group.iter(f"{SVG}path") if path.get("fill") == "none"]
    solid = [run for run in runs if run.get("stroke-dasharray") is None]
    said = [words.text for words in group.iter(f"{SVG}text")]
    moving = sum(arrow.is_moving for arrow in found.arrows)
    assert len(runs) == len(found.arrows)
    assert len(solid) == moving
    assert said.count("+") + said.count("−") == moving
    assert said.count("moves nothing") == len(found.arrows) - moving
    assert len({run.get("stroke") for run in runs}) <= 2


def test_an_arrow_whose_effect_is_taken_away_turns_grey():
    found = explain(FACTS, "lllt")
    still = [msgspec.structs.replace(arrow, moves=[]) for arrow in found.arrows]
    picture = mechanism_figure(msgspec.structs.replace(found, arrows=still))
    assert "moves nothing" in picture
    assert "moves S_lllt" not in picture


@pytest.mark.parametrize("name", NAMES)
def test_a_page_stands_alone_and_says_in_its_table_what_the_picture_says(name):
    found = explain(FACTS, name)
    page = explanation_page(found, mechanism_figure(found))
    assert not re.search(r'(?:src|xlink:href)="|@import|<script', page)
    assert page.count('<tr role="row"') >= len(found.arrows)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert anchor in ids
    for sentence in found.summary:
        assert sentence.split(" “")[0].replace("’", "&#39;")[:30] in page
    assert "<title id=" in page
    assert "<desc id=" in page


def test_every_treatment_of_the_model_can_be_explained():
    for name in AMPLITUDE:
        found = explain(FACTS, name)
        assert any(arrow.is_moving for arrow in found.arrows), name
        assert all(name in arrow.treatments for arrow in found.arrows)


def test_the_first_sentence_says_how_much_is_known_in_people():
    def first(name):
        return explain(FACTS, name).summary[0]

    assert first("exosome").startswith("Of 16 ways collected in which exosomes would act, none was")
    assert first("finasteride").endswith("was measured in people against a control.")
    assert first("dutasteride").endswith("is recalled and was not read.")
    assert first("prp").endswith("rests on no study that was collected.")


def test_what_found_no_effect_or_is_recalled_says_so_where_it_was_seen():
    seen = {arrow.id: arrow.seen_in for arrow in explain(FACTS, "prp").arrows}
    assert "people, with a control (no effect)" in seen["prp_density"]
    seen = {arrow.id: arrow.seen_in for arrow in explain(FACTS, "dutasteride").arrows}
    assert seen["dutasteride_dht"] == "people, with a control (recalled)"
    seen = {arrow.id: arrow.seen_in for arrow in explain(FACTS, "exosome").arrows}
    assert seen["exosome_fgf"].endswith("mice, without the treatment")
    assert "without" not in seen["exosome_igf1"]


def test_a_pathway_leads_on_to_what_is_seen_of_its_own_treatments_only():
    found = explain(FACTS, "wnt")
    assert {arrow.end for arrow in found.arrows} == {"stimulus", "density"}
    assert {name for arrow in found.arrows for name in arrow.treatments} == {"exosome"}


def test_no_name_of_a_treatment_a_box_or_a_parameter_means_two_things():
    boxes = set(FACTS.mechanism_nodes)
    assert not boxes & set(FACTS.vocabulary.treatments)
    assert not boxes & set(FACTS.model)
    for name in boxes:
        assert explain(FACTS, name).asked == [name]


def test_a_sensible_name_beyond_the_facts_is_refused_by_the_verb_too():
    with pytest.raises(InputError, match="no treatment, pathway or rate"):
        explain(FACTS, "minoxidill therapy of the moon")


def test_the_how_to_names_every_kind_of_evidence():
    from anagen.facts.mechanism import ASSAY_WORDS

    text = (Path(__file__).parents[2] / "docs/how-to/explain-a-mechanism.md").read_text("utf-8")
    for assay in ASSAY_WORDS:
        assert f"`{assay}`" in text
