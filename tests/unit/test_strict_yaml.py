import pytest

from anagen import strict_yaml
from anagen.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: NO", {"a": "NO"}),
        ("a: 1e10", {"a": 1e10}),
        ("a: 012", {"a": "012"}),
        ("a: 2026-11-20", {"a": "2026-11-20"}),
        ("a: .nan", {"a": ".nan"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ("a: true\nb: True", {"a": True, "b": "True"}),
        ("a: [1, 2.5, -3]", {"a": [1, 2.5, -3]}),
        ("", None),
    ],
)
def test_scalars_follow_yaml_1_2(text, value):
    assert strict_yaml.parse(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x 1\nb: *x", "anchors and aliases"),
        ("a: 1\na: 2", "the key 'a' stands twice (line 2, column 1)"),
        ("a: !!python/object:os.system {}", "python/object"),
        ("a: !!binary aGk=", "binary"),
        ("a: !!bool foo", "tag:yaml.org,2002:bool' is not allowed (line 1, column 4)"),
        ('a: !!int ""', "is not allowed"),
        ("!!timestamp foo: 34", "is not allowed (line 1, column 1)"),
        ("? {a: b}\n: 1", "a key is a block or a list"),
        ("a: !<" + "x" * 60_000 + "> 1", "...' is not allowed"),
        ("a: !foo x", "!foo"),
        ("a: 1\n---\na: 2", "another document"),
        ("[" * 40 + "]" * 40, "nested more than 20 deep"),
        ("a: b: c", "mapping values are not allowed"),
        ("\x07", "characters or nesting that YAML forbids"),
        ("1: a", "the key 1 is not text"),
        ("a: [" + "x, " * 30_000 + "x]", "too long"),
    ],
)
def test_what_a_description_may_not_hold_is_refused_with_its_place(text, says):
    with pytest.raises(InputError) as caught:
        strict_yaml.parse(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_is_named_in_every_message(tmp_path):
    path = tmp_path / "me.yaml"
    with pytest.raises(InputError, match=r"^me\.yaml: there is no such file"):
        strict_yaml.read(path)
    path.write_bytes(b"a: \xff")
    with pytest.raises(InputError, match=r"^me\.yaml: is not UTF-8 text \(byte 3\)"):
        strict_yaml.read(path)
    path.write_bytes(b"a: \x00")
    with pytest.raises(InputError, match=r"^me\.yaml: holds binary data"):
        strict_yaml.read(path)
    path.write_bytes(b"#" * 300_000)
    with pytest.raises(InputError, match=r"^me\.yaml: is larger than 256 KiB"):
        strict_yaml.read(path)
    with pytest.raises(InputError, match="is not a file"):
        strict_yaml.read(tmp_path)


def test_what_is_dumped_reads_back():
    value = {"a": [1, 2.5, "x: y", None], "b": {"c": "ü", "d": True}}
    assert strict_yaml.parse(strict_yaml.dump(value)) == value
