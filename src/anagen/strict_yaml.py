"""YAML read strictly: bounded, no tags, no aliases, no repeated keys, YAML 1.2 scalars.

PyYAML follows YAML 1.1, where ``no`` is false, ``1e5`` is text and ``2026-11-20`` a date. Here only
``true``/``false`` are booleans, numbers may carry exponents, and dates stay text until a record
asks for a date.
"""

import re
from pathlib import Path
from typing import Protocol

import yaml

from anagen.errors import AnagenError, InputError

MAX_BYTES = 262_144
MAX_DEPTH = 20
MAX_NODES = 20_000
SHOWN = 60

Plain = object  # None, bool, int, float, str, list of Plain or dict of str to Plain

_Base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """A safe loader with YAML 1.2 scalars."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


class _Mark(Protocol):
    """A place in a text; the two parsers of PyYAML have each a class of their own."""

    line: int
    column: int


def _where(mark: _Mark | None) -> str:
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""


def _refuse_tag(event: yaml.Event) -> None:
    """Refuse a tag that the text itself gives: what a value is, is read from the value."""
    tag = getattr(event, "tag", None)
    if tag is None:
        return
    implicit = getattr(event, "implicit", None)
    if implicit in (False, (False, False)):
        raise InputError(
            f"the tag {_shown(tag)} is not allowed{_where(event.start_mark)}; leave it out"
        )


def _shown(text: object) -> str:
    """Return something from the file, short and without control characters, in quotes."""
    if not isinstance(text, str):
        return repr(text)[:SHOWN]
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return f"'{clean[:SHOWN]}...'" if len(clean) > SHOWN else f"'{clean}'"


class _Budget:
    """Counts nodes so that a small file cannot become a large one."""

    def __init__(self, max_nodes: int) -> None:
        self.left = max_nodes


def _plain(node: yaml.Node, loader: "_Loader", depth: int, budget: _Budget) -> Plain:
    budget.left -= 1
    if budget.left < 0 or depth > MAX_DEPTH:
        message = f"nested too deeply or too long{_where(node.start_mark)}"
        raise InputError(message)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise InputError(
                    f"a key is a block or a list{_where(key_node.start_mark)}; give each key a name"
                )
            key = loader.construct_object(key_node)
            if not isinstance(key, str):
                raise InputError(
                    f"the key {_shown(key)} is not text{_where(key_node.start_mark)}; "
                    "give each key a name"
                )
            if key in result:
                raise InputError(
                    f"the key {_shown(key)} stands twice{_where(key_node.start_mark)}; keep one"
                )
            result[key] = _plain(value_node, loader, depth + 1, budget)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, loader, depth + 1, budget) for child in node.value]
    value: Plain = loader.construct_object(node)
    return value


def parse(text: str, *, max_nodes: int = MAX_NODES) -> Plain:
    r"""Return what one YAML document says as plain Python values.

    Parameters
    ----------
    text:
        The document.
    max_nodes:
        How many scalars, lists and mappings it may hold.

    Raises
    ------
    InputError
        If the text is not YAML, holds more than one document, an alias, a tag or a repeated key,
        or is nested more than `MAX_DEPTH` deep; the message gives line and column.

    Examples
    --------
    >>> parse("grade: III_vertex\nagrees: no\ndose: 1e10")
    {'grade': 'III_vertex', 'agrees': 'no', 'dose': 10000000000.0}
    """
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Base):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                raise InputError(
                    f"anchors and aliases (& and *) are not allowed{_where(event.start_mark)}; "
                    "write the value out"
                )
            _refuse_tag(event)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise InputError(f"nested more than {MAX_DEPTH} deep{_where(event.start_mark)}")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            return None if node is None else _plain(node, loader, 0, _Budget(max_nodes))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        what = error.problem or "a syntax error"
        raise InputError(
            f"not valid YAML: {what}{_where(error.problem_mark)}; compare with a file of examples/"
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(
            "not valid YAML: it holds characters or nesting that YAML forbids"
        ) from error


def read(path: Path, *, max_bytes: int = MAX_BYTES, max_nodes: int = MAX_NODES) -> Plain:
    """Read one YAML file; see `parse`. Every message starts with the file's name.

    Raises
    ------
    InputError
        If the file is missing, a folder, unreadable, larger than `max_bytes`, not UTF-8, or not
        acceptable YAML.
    """
    name = path.name
    try:
        if not path.exists():
            raise InputError(f"{name}: there is no such file; check the path")
        if not path.is_file():
            raise InputError(f"{name}: is not a file; give the path of a YAML file")
        with path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
    except OSError as error:
        raise InputError(f"{name}: cannot be opened ({error.strerror}); check the path") from error
    if len(raw) > max_bytes:
        raise InputError(
            f"{name}: is larger than {max_bytes // 1024} KiB; such a file is not a description "
            "that anagen reads"
        )
    if b"\x00" in raw:
        raise InputError(f"{name}: holds binary data; give a YAML text file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    try:
        return parse(text, max_nodes=max_nodes)
    except AnagenError as error:
        raise InputError(f"{name}: {error}") from error


def dump(value: object) -> str:
    """Return plain values as YAML text in the order given."""
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
