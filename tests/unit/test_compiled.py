"""Loops are compiled even where nothing can be kept on disk."""

from anagen.follicle import compiled as module


def test_a_loop_is_compiled_where_no_place_can_keep_it(monkeypatch):
    asked = []

    def refuses_to_keep(**options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: loop

    monkeypatch.setattr(module, "njit", refuses_to_keep)

    @module.compiled(forceinline=True)
    def twice(x):
        return 2 * x

    assert twice(2) == 4
    assert [bool(one.get("cache")) for one in asked] == [True, False]
    assert all(one["nogil"] and one["error_model"] == "numpy" for one in asked)


def test_a_loop_divides_as_numpy_does():
    @module.compiled()
    def inverse(x):
        return 1.0 / x

    assert inverse(0.0) == float("inf")


def test_loops_are_kept_in_a_folder_that_changes_with_the_text_of_any_of_them(
    monkeypatch, tmp_path
):
    folder = tmp_path / "follicle"
    folder.mkdir()
    monkeypatch.setattr(module, "__file__", str(folder / "compiled.py"))
    monkeypatch.setattr(module._settings, "CACHE_DIR", "")

    def place(**texts):
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text)
        module._place.cache_clear()
        return module._place()

    try:
        first = place(caller="import compiled\n1", called="import compiled\n2", other="plain")
        first.mkdir(parents=True)
        assert place(other="changed") == first
        second = place(called="import compiled\n3")
        assert second != first
        assert second.parent == first.parent == folder / "__pycache__"
        assert not first.exists()
    finally:
        module._place.cache_clear()
