"""Every equation that the follicle code names stands on a page of the method, once, and is used."""

import re
from collections import Counter
from pathlib import Path

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
