"""Every equation stands on a page of the method once; what code names and what pages name is there.

The follicle pages and their code name each other. A page on evidence synthesis names, below its
equations, what was assumed, when there is no answer, the source, and the code.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "docs" / "method" / f"{name}.md" for name in ("follicle", "engines", "people", "bound")
]
CODE = sorted((ROOT / "src" / "anagen").rglob("*.py"))
LETTERS = "FRDOPB"
NAMED = re.compile(rf"\b([{LETTERS}])([1-9]\d?)\b")
RANGE = re.compile(rf"\(?([{LETTERS}])(\d+)\)? (?:to|–) \(?\1(\d+)\)?")


def tags():
    text = "\n".join(page.read_text() for page in PAGES)
    return Counter(re.findall(r"\\tag\{([A-Z]\d+)\}", text))


def named():
    """Return the equations that docstrings and comments of the code name in brackets."""
    found = set()
    for path in CODE:
        text = path.read_text()
        for inside in re.findall(rf"\(([{LETTERS}]\d[^()]*)\)", text):
            if not re.fullmatch(rf"(?:[{LETTERS}][1-9]\d?(?:, | and | to )?)+", inside):
                continue
            found |= {f"{letter}{number}" for letter, number in NAMED.findall(inside)}
            for letter, first, last in RANGE.findall(inside):
                found |= {f"{letter}{k}" for k in range(int(first), int(last) + 1)}
    return found


def test_every_equation_stands_once():
    assert [name for name, count in tags().items() if count != 1] == []


def test_every_equation_that_the_code_names_stands_on_a_page():
    assert named() - set(tags()) == set()


def test_every_equation_of_the_pages_is_named_in_the_code():
    assert set(tags()) - named() == set()


def test_the_numbers_have_no_gap():
    for letter in LETTERS:
        numbers = sorted(int(name[1:]) for name in tags() if name[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1)), letter


SYNTHESIS = {
    "evidence": "E", "effect_sizes": "X", "pairwise": "W", "networks": "N",
    "dependent_effects": "V", "single_arms": "A", "time_courses": "T", "small_studies": "S",
    "bayes": "Y", "result_checks": "C", "claims": "L",
}  # fmt: skip
METHOD = ROOT / "docs" / "method"
SAID = ("**Assumed**:", "**Not evaluable**:", "**Source**:", "**Code**:")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def tags_of(page):
    return re.findall(r"\\tag\{([A-Z]\d+)\}", (METHOD / f"{page}.md").read_text())


def parts():
    """Return (page, heading, text) of every part of a synthesis page that holds equations."""
    return [
        (page, part.splitlines()[0], part)
        for page in SYNTHESIS
        if page != "evidence"
        for part in re.split(r"^## ", (METHOD / f"{page}.md").read_text(), flags=re.M)[1:]
        if r"\tag{" in part
    ]


def code_named():
    """Return (page, dotted name) of all code that the synthesis pages name."""
    return [
        (page, name)
        for page, _, part in parts()
        for line in part.split("**Code**:")[1:]
        for name in re.findall(r"`((?:synthesis|evidence)\.[a-z_.]+)`", line)
    ]


@pytest.mark.parametrize(("page", "letter"), SYNTHESIS.items())
def test_the_equations_of_a_synthesis_page_have_its_letter_and_no_gap(page, letter):
    found = tags_of(page)
    assert sorted(found, key=lambda tag: int(tag[1:])) == [
        f"{letter}{k + 1}" for k in range(len(found))
    ]
    assert len(found) >= 5


def test_the_letters_of_all_pages_differ():
    letters = [*LETTERS, *SYNTHESIS.values()]
    assert len(set(letters)) == len(letters)


def test_every_equation_that_the_evidence_code_names_stands_on_its_page():
    text = "\n".join(p.read_text() for p in (ROOT / "src/anagen/evidence").rglob("*.py"))
    named = set(re.findall(r"\((E\d+)\)", text))
    assert len(named) >= 7
    assert named <= set(tags_of("evidence"))


@pytest.mark.parametrize(("page", "heading", "text"), parts())
def test_below_equations_stand_assumptions_limits_source_and_code(page, heading, text):
    assert [word for word in SAID if text.count(word) != 1] == []


@pytest.mark.parametrize(("page", "name"), sorted(set(code_named())))
def test_code_that_a_page_names_exists(page, name):
    module, _, attribute = name.rpartition(".")
    path = ROOT / "src" / "anagen" / Path(*module.split(".")).with_suffix(".py")
    tree = ast.parse(path.read_text())
    assert attribute in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_every_equation_that_a_synthesis_page_refers_to_stands_somewhere():
    known = {tag for page in SYNTHESIS for tag in tags_of(page)} | set(tags())
    for page in SYNTHESIS:
        text = (METHOD / f"{page}.md").read_text()
        letters = "".join(SYNTHESIS.values()) + LETTERS
        meant = set(re.findall(rf"\(([{letters}]\d+)\)", text))
        assert meant - known == set(), page


@pytest.mark.parametrize(
    "page",
    sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", *ROOT.glob("examples/**/*.md")]),
)
def test_every_file_that_a_page_links_to_is_there(page):
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_on_evidence_counts_the_contrasts_and_the_lent_spreads_as_they_are():
    from anagen import facts as package_facts
    from anagen.evidence.option_pool import option_pool
    from anagen.evidence.question import Question
    from anagen.evidence.spread import lender

    facts = package_facts.load()
    text = " ".join((METHOD / "evidence.md").read_text("utf-8").split())
    lends = lender(facts)
    (lent,), (count,) = lends.sd_per_cm2.values(), lends.sd_count.values()
    assert f"{lent:g} hairs/cm² is lent for non-vellus hairs ({count} arms)" in text
    others = f"{lends.any_sd_per_cm2:g} for all other measures ({lends.any_sd_count} arms)"
    assert others in text
    found, most = {}, {"one": 0, "both": 0}
    for name in facts.options:
        for sex in ("male", "female", None):
            asked = Question(components=[], condition="androgenetic_alopecia", sex=sex)
            for group in option_pool(name, asked, facts).groups:
                pooled = group.summary.contrasts
                key = "both" if sex is None else "one"
                most[key] = max(most[key], len(pooled))
                if sex is not None:
                    found |= {(c.study, c.arm, c.control): c.sd_status for c in pooled}
    by = Counter(found.values())
    assert most == {"one": 3, "both": 4}
    assert (
        f"Of the {len(found)} contrasts that are pooled for some option in men or in women, "
        f"{by['reported']} are reported, {by['algebraic']} algebraic, {by['borrowed']} borrowed "
        f"and {by['assumed']} assumed."
    ) in text
