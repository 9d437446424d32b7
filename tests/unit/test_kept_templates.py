"""Compiled templates are kept where they can be, and renewed when they change."""

import jinja2
import pytest

from anagen.report import kept_templates as module


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return module.kept_templates()


def page(folder, kept):
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=kept, autoescape=True
    ).get_template("page.html")


def test_a_template_is_kept_and_renewed_when_it_changes(tmp_path, kept):
    source = tmp_path / "page.html"
    source.write_text("one {{ x }}")
    assert page(tmp_path, kept).render(x="<") == "one &lt;"
    (file,) = (tmp_path / "cache").rglob("*.cache")
    assert page(tmp_path, kept).render(x=1) == "one 1"
    source.write_text("two {{ x }}")
    assert page(tmp_path, kept).render(x=1) == "two 1"
    file.write_bytes(b"spoilt")
    assert page(tmp_path, kept).render(x=1) == "two 1"


def test_a_folder_that_cannot_be_used_costs_time_only(tmp_path, kept, monkeypatch):
    (tmp_path / "page.html").write_text("one")

    def refuses(*_, **__):
        raise PermissionError

    for name in ("load_bytecode", "dump_bytecode"):
        monkeypatch.setattr(jinja2.FileSystemBytecodeCache, name, refuses)
    assert page(tmp_path, kept).render() == "one"


def test_without_a_home_nothing_is_kept(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert module.kept_templates() is None
