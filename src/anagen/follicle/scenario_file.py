"""A scenario file, read and checked: one file, one record, one sentence for each fault."""

import re
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec.structs import fields

from anagen import strict_yaml
from anagen.errors import InputError
from anagen.facts import Facts, Record, load
from anagen.facts.base import explain
from anagen.facts.words import near, shown
from anagen.follicle.scenario import Scenario
from anagen.follicle.scenario_check import check_scenario

MAX_BYTES = 65_536
MAX_NODES = 3_000
CLOSE = 0.6
"""How alike a word must be to be taken for another one misspelt."""
START_FROM = "start from a file of examples/scenarios/"
_BOUND = re.compile(r"expected a (?:whole )?number (<=|>=|<|>) ([0-9.e+-]+)")
_DIGITS = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_BOUND_WORDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def read_scenario(path: Path, facts: Facts | None = None) -> Scenario:
    """Read and check one scenario file.

    Parameters
    ----------
    path:
        A YAML file; see `examples/scenarios`.
    facts:
        The facts, for bounds; the package's own if left out.

    Raises
    ------
    InputError
        If the file cannot be read, or anything in it is unknown, impossible or contradictory; one
        sentence names the file, the key and what to do.
    """
    value = strict_yaml.read(path, max_bytes=MAX_BYTES, max_nodes=MAX_NODES)
    return scenario_from(value, path.name, facts)


def scenario_from(value: object, name: str, facts: Facts | None = None) -> Scenario:
    """Check plain values that describe a scenario; `name` is what messages call the document.

    Raises
    ------
    InputError
        See `read_scenario`.
    """
    if value is None:
        raise InputError(f"{name}: is empty; {START_FROM}")
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "one word or number"
        raise InputError(f"{name}: holds {kind} where a block of keys is wanted; {START_FROM}")
    try:
        scenario: Scenario = _block(value, Scenario, "")
        check_scenario(scenario, facts or load())
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return scenario


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _read(value: object, kind: Any, path: str) -> Any:
    """Return a value read as a type: a block, a list of them, or one word or number."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not type(None)]
        if value is None and len(kinds) < len(get_args(kind)):
            return None
        if all(_is_record(one) for one in kinds):
            return _tagged(value, kinds, path)
        kind = kinds[0]
        words = [word for one in kinds for word in _words(one)]
        if isinstance(value, str) and words:
            if value in words:
                return value
            other = "a list" if get_origin(kind) is list else "a number in digits"
            raise InputError(
                f"{path}: {shown(value)} is not known; write {other}, or {', '.join(words)}"
            )
    if get_origin(kind) is list:
        if not isinstance(value, list):
            raise InputError(f"{path}: a list is wanted, with - before each entry; see examples/")
        (inside,) = get_args(kind)
        return [_read(entry, inside, f"{path}[{k + 1}]") for k, entry in enumerate(value)]
    if _is_record(kind):
        return _block(value, kind, path)
    return _leaf(value, kind, path)


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Record)


def _tagged(value: object, kinds: list[Any], path: str) -> Any:
    """Return one of several blocks, told apart by what they say they are."""
    by_tag = {kind.__struct_config__.tag: kind for kind in kinds}
    if not isinstance(value, dict):
        raise InputError(f"{path}: a block of keys is wanted, with what: and its numbers")
    tag = value.get("what")
    if tag is None:
        raise InputError(f"{path}.what: is missing; write one of {', '.join(by_tag)}")
    if not isinstance(tag, str) or tag not in by_tag:
        raise InputError(
            f"{path}.what: {shown(tag)} is not known; {near(str(tag), [*by_tag], cutoff=CLOSE)}"
        )
    rest = {key: entry for key, entry in value.items() if key != "what"}
    return _block(rest, by_tag[tag], path)


def _block(value: object, kind: Any, path: str) -> Any:
    """Return a block of keys as a record."""
    if not isinstance(value, dict):
        raise InputError(f"{path}: a block of keys is wanted, got {shown(value)}; see examples/")
    known = {field.name: field for field in fields(kind)}
    for key in value:
        if key not in known:
            where = _below(path, shown(key)[1:-1])
            raise InputError(f"{where}: unknown key; {near(key, list(known), cutoff=CLOSE)}")
    for key, field in known.items():
        if field.required and key not in value:
            raise InputError(f"{_below(path, key)}: is missing; add it, or {START_FROM}")
    read = {key: _read(entry, known[key].type, _below(path, key)) for key, entry in value.items()}
    return kind(**read)


def _is_quoted(value: object) -> bool:
    """Return whether a text is a number that only its quotes keep from being one."""
    return isinstance(value, str) and bool(_DIGITS.fullmatch(value.strip()))


def _words(kind: Any) -> list[str]:
    """Return the words that a type allows; none if it is not a choice of words."""
    if get_origin(kind) is not Literal:
        return []
    return [str(word) for word in get_args(kind)]


def _leaf(value: object, kind: Any, path: str) -> Any:
    """Return one word or number."""
    words = _words(kind)
    if words and not (isinstance(value, str) and value in words):
        raise InputError(
            f"{path}: {shown(value)} is not known; {near(str(value), words, cutoff=CLOSE)}"
        )
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what = explain(error)
    except OverflowError:
        what = "the number is impossibly large"
    if value is None:
        raise InputError(f"{path}: is empty; write a value, or remove the key")
    if bound := _BOUND.search(what):
        limit = f"{float(bound[2]):.15g}"
        raise InputError(f"{path}: must be {_BOUND_WORDS[bound[1]]} {limit}; correct the number")
    if "length" in what:
        raise InputError(f"{path}: is empty or too long; shorten it to some words")
    if "regex" in what:
        raise InputError(f"{path}: holds characters that cannot be printed; remove them")
    if what.startswith(("expected a whole number", "expected a number")) and _is_quoted(value):
        raise InputError(f"{path}: {shown(value)} is text; write the number without quotes")
    if what.startswith("expected a whole number"):
        raise InputError(f"{path}: {shown(value)} is no whole number; write one in digits")
    if what.startswith("expected a number"):
        raise InputError(f"{path}: {shown(value)} is no number; write one in digits")
    if what.startswith("expected text"):
        raise InputError(f"{path}: {shown(value)} is no text; put it into quotes")
    raise InputError(f"{path}: {what}; correct it")
