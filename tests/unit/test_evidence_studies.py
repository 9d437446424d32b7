"""`anagen evidence studies | study | claims | certainty`: lists, cards, pages and refusals."""

import argparse
import json
import re

import pytest

from anagen.cli import evidence_command
from anagen.errors import InputError
from anagen.evidence import register
from anagen.evidence.study_card import card
from anagen.facts import load


@pytest.fixture(scope="module")
def known():
    return load()


@pytest.fixture(scope="module")
def lines(known):
    return {line.id: line for line in register.studies(known)}


@pytest.fixture(scope="module")
def cards(known):
    placed = register.placements(known)
    return {name: card(known, name, placed=placed) for name in known.studies}


def run(*words):
    parser = argparse.ArgumentParser()
    evidence_command.add_to(parser.add_subparsers(required=True))
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


def said(capsys, *words):
    assert run(*words) == 0
    return capsys.readouterr().out


def test_every_study_is_listed_and_says_what_became_of_its_numbers(lines, known):
    assert list(lines) == list(known.studies)
    for line in lines.values():
        assert line.use, line.id


def test_a_study_is_pooled_exactly_where_a_contrast_of_it_is(lines):
    assert lines["olsen2002"].use.startswith("pooled for Minoxidil lotion")
    assert {p.how for p in lines["olsen2002"].placements} == {"pooled"}
    assert "no option" in lines["norooznezhad_2023_PCIA"].use
    assert lines["alleged_sctm_2022_n60"].use.startswith("not used: No such trial was found")
    assert lines["yoon2020"].use.startswith("shown apart as an outlier")


def test_uncontrolled_exosome_numbers_never_enter_a_pool(lines, known):
    given = register.studies(known, option="exosome")
    assert {"wan_2025", "amini_2025_rct", "sasaki_2022"} <= {line.id for line in given}
    assert all(p.how != "pooled" for line in given for p in line.placements)


def test_studies_are_narrowed_by_option_sex_and_design(known):
    found = register.studies(known, option="lllt", sex="female", kind="randomised_trial")
    assert "lanzafame2014_f" in {line.id for line in found}
    assert "lanzafame2013_m" not in {line.id for line in found}
    assert {line.design for line in found} == {"randomised_trial"}


def test_a_list_for_one_sex_leaves_out_studies_of_the_other(known):
    for sex, other in (("female", "male"), ("male", "female")):
        found = {line.sex for line in register.studies(known, sex=sex)}
        assert other not in found
        assert {sex, "both"} <= found


def test_a_card_is_the_same_whether_or_not_the_placements_were_known(known, cards):
    assert card(known, "kumar2018") == cards["kumar2018"]


def test_an_unknown_option_is_one_sentence_with_near_matches(known):
    with pytest.raises(InputError, match=r"no option or treatment 'exosom'; did you mean exosome"):
        register.studies(known, option="exosom")


def test_an_unknown_study_is_one_sentence_with_near_matches(known):
    with pytest.raises(InputError, match=r"there is no study 'wan2025'; did you mean wan_2025"):
        card(known, "wan2025")
    with pytest.raises(InputError, match=r"see 'anagen evidence studies'"):
        card(known, "zzzzzzzz")


def test_a_card_holds_every_result_harm_and_judgement_of_its_study(known, cards):
    for name, study in known.studies.items():
        found = cards[name]
        assert len(found.outcomes) == len(study.baseline) + len(study.observations), name
        assert len(found.harms) == len(study.adverse_events), name
        assert len(found.bias) == (0 if study.bias is None else len(study.bias.domains)), name
        for outcome in found.outcomes:
            assert set(outcome.source) <= set(found.sources), name


def test_no_event_carries_its_exact_bound_and_events_their_interval(known, cards):
    (zero,) = cards["ersan_2024"].harms
    assert (
        round(zero.upper_percent, 1)
        == known.studies["ersan_2024"].adverse_events[0].upper_95_percent
    )
    assert zero.low_percent is None
    assert zero.rule_of_three_percent == 10.0
    counted = [harm for name in known.studies for harm in cards[name].harms if harm.events]
    for harm in counted:
        assert harm.low_percent < 100 * harm.events / harm.n < harm.upper_percent


def test_only_a_study_without_a_control_says_what_it_cannot_show(cards):
    assert cards["wan_2025"].limits
    assert cards["sasaki_2022"].limits
    assert not cards["olsen2002"].limits
    assert not cards["amini_2025_rct"].limits


def test_the_terminal_shows_the_list_and_the_whole_card(capsys):
    text = said(capsys, "studies", "--option", "exosome")
    assert "wan_2025" in text
    text = said(capsys, "study", "ersan_2024")
    for part in ("0 of 30: a rate of up to 9.5 %", "critical (ROBINS-I style)", "cannot show",
                 "no control arm", "level of evidence IV"):  # fmt: skip
        assert part in " ".join(text.split()), part


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        (["studies", "--sex", "female"], "evidence-studies"),
        (["study", "wan_2025"], "evidence-study"),
        (["claims", "--article", "004"], "evidence-claims"),
        (["certainty", "--option", "exosome", "--sex", "male"], "evidence-certainty"),
    ],
)
def test_every_verb_prints_one_json_document(capsys, words, schema):
    document = json.loads(said(capsys, *words, "--json"))
    assert document["schema"] == f"anagen/{schema}/1"


def test_pages_need_no_network_and_no_script(tmp_path, capsys):
    said(capsys, "study", "wan_2025", "--out", str(tmp_path))
    said(capsys, "claims", "--out", str(tmp_path))
    for name in ("study-wan_2025.html", "claims.html"):
        page = (tmp_path / name).read_text()
        assert "<script" not in page
        assert not re.search(r'(?:src|href)="(?!#|https?://)', page), name
        assert "default-src 'none'" in page
    assert (tmp_path / "study-wan_2025.json").is_file()


def test_the_page_of_the_ledger_shows_every_claim_once_with_its_recomputation(
    tmp_path, capsys, known
):
    said(capsys, "claims", "--out", str(tmp_path))
    page = (tmp_path / "claims.html").read_text()
    for name in known.claims:
        assert page.count(f'id="c{name}"') == 1, name
    assert "80 % of 9 people is 7.2, no whole number" in page
    assert "is beyond what the model of hair growth allows" in page


def test_claims_of_a_file_are_those_of_its_article(shared, capsys):
    path = next((shared / "seeds").glob("004_*.txt"))
    assert said(capsys, "claims", "--article", str(path)) == said(
        capsys, "claims", "--article", "article_004"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Hair grows.", "a verdict is not guessed"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"x" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_known_article_is_refused_in_a_sentence(tmp_path, content, message):
    path = tmp_path / "article.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        run("claims", "--article", str(path))


def test_a_missing_file_and_an_empty_name_are_refused():
    with pytest.raises(InputError, match=r"neither an article nor a file 'nowhere\.txt'"):
        run("claims", "--article", "nowhere.txt")
    with pytest.raises(InputError, match="--article is empty"):
        run("claims", "--article", " ")


def test_the_counts_of_verdicts_stand_at_the_end(capsys):
    text = " ".join(said(capsys, "claims", "--verdict", "contradicted").split())
    assert "10 claims: 10 contradicted." in text


def test_certainty_shows_its_path_and_that_nobody_judged_it(capsys):
    text = said(capsys, "certainty", "--option", "finasteride_oral")
    assert "path: high →" in text
    assert "suggested: computed, not judged by a person" in text
    with pytest.raises(InputError, match="no option or treatment is called 'magic'"):
        run("certainty", "--option", "magic")


def test_certainty_of_gains_without_a_control_says_what_they_cannot_show(capsys):
    text = said(capsys, "certainty", "--option", "exosome_microneedling", "--sex", "male")
    assert "cannot show: That the treatment caused the change." in text
