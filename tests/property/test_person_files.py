"""Whatever stands in a person file, it is read or refused in one sentence."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.candidacy import Person, read_person
from anagen.errors import InputError

EXAMPLES = [
    p.read_text("utf-8").splitlines()
    for p in sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
]
FACTS = facts.load()
VALUES = st.one_of(
    st.sampled_from(
        ["yes", "no", "~", "[]", "{}", "1e308", "-1", "0", "5e-324", ".nan", "'", '"', "!!int x",
         "&a 1", "*a", "2026-02-30", "|", "? x", "- 1", "\ufeff", "\u202e", "<b>", "{{ x }}"]
    ),
    st.text(max_size=30),
    st.floats().map(str),
    st.integers().map(str),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_a_changed_file_is_read_or_refused_in_one_sentence(tmp_path_factory, lines, data):
    lines = list(lines)
    for _ in range(data.draw(st.integers(1, 3))):
        k = data.draw(st.integers(0, len(lines) - 1))
        head = lines[k].partition(":")[0]
        value = data.draw(VALUES)
        lines[k] = data.draw(
            st.sampled_from([f"{head}: {value}", value, f"{value}: 1", lines[k] * 2, ""])
        )
    path = tmp_path_factory.mktemp("p") / "me.yaml"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    try:
        person = read_person(path, FACTS)
    except InputError as error:
        said = str(error)
        assert said.startswith("me.yaml: ")
        assert said.isprintable(), said
        assert len(said) < 700
    else:
        assert isinstance(person, Person)
