"""Everything that leaves the process: standard output, standard error, and files written whole."""

import contextlib
import mmap
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from anagen.errors import InputError

LONGEST_MESSAGE = 600
PLAIN = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "±": "+/-", "²": "2", "³": "3", "µ": "u",
    "μ": "u", "τ": "tau", "≤": "<=", "≥": ">=", "≈": "~", "→": "->", "←": "<-", "…": "...",
    "’": "'", "‘": "'", "“": '"', "”": '"', "•": "*",
}  # fmt: skip
"""What stands for a sign that a terminal cannot show: a minus must never become a question mark."""


def clean(text: str) -> str:
    """Return text without control characters and of bounded length, fit for one line.

    Examples
    --------
    >>> clean("a" + chr(27) + "[31m")
    'a?[31m'
    """
    shown = "".join(c if c.isprintable() else "?" for c in text)
    shown = shown.encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= LONGEST_MESSAGE else f"{shown[: LONGEST_MESSAGE - 3]}..."


def complain(message: str) -> None:
    """Print one sentence on standard error, if there is anybody to read it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"anagen: {clean(message)}\n")
        sys.stderr.flush()


def encoded(text: str, encoding: str) -> bytes:
    """Return text in an encoding; a sign that it lacks becomes a plain one or a question mark.

    Examples
    --------
    >>> encoded("−1 cm² ✓", "ascii")
    b'-1 cm2 ?'
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        pass
    shown = (c.encode(encoding, "ignore") or PLAIN.get(c, "?").encode(encoding) for c in text)
    return b"".join(shown)


def say(text: str) -> None:
    """Print words on standard output, in signs that the terminal can show.

    Raises
    ------
    InputError
        If there is no standard output or it cannot be written.
    """
    stream = sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    _write(encoded(text, encoding), text)


def say_json(value: object) -> None:
    """Print one JSON document, in UTF-8 whatever the terminal speaks.

    Raises
    ------
    InputError
        If there is no standard output or it cannot be written.
    """
    document = as_json(value)
    _write(document, document.decode())


def as_json(value: object) -> bytes:
    """Return a document as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _write(raw: bytes, text: str) -> None:
    stream = sys.stdout
    if stream is None:
        raise InputError("there is no standard output to print to; open one or redirect it")
    try:
        if hasattr(stream, "buffer"):
            stream.flush()
            stream.buffer.write(raw)
        else:
            stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # The reader has left: nobody is told anything more, and the exit status stays what it is.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError as error:
        # What is buffered cannot be written either: drop it, so that closing says nothing more.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise InputError(
            f"standard output cannot be written ({error.strerror}); redirect it elsewhere"
        ) from error


def check_folder(out: Path) -> None:
    """Refuse an output folder that cannot be one, before any work is done.

    Raises
    ------
    InputError
        If the place is a file, lies below one, or cannot be looked at.
    """
    try:
        if out.is_symlink():
            raise InputError(f"--out {clean(out.name)}: is a link; give a folder of its own")
        if out.exists() and not out.is_dir():
            raise InputError(f"--out {clean(out.name)} is a file; give a folder")
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(_why(out, error)) from error


def _why(folder: Path, error: OSError) -> str:
    return (
        f"--out {clean(folder.name)[:80]}: cannot be written ({error.strerror}); "
        "give another folder"
    )


OURS = b"anagen"
MARKS = {
    ".csv": b"arm,week,measure,value",
    "effects.csv": b",anagen_measure\n",
    ".html": b'<meta name="generator" content="anagen">',
    ".json": b'"schema": "anagen/',
    ".parquet": b"written_by",
    ".svg": b'class="figure"><title id="',
}
"""What every file of a kind or name that is written here holds; one without it is somebody else's.

The name alone tells too little: anagen is a word that stands in anybody's table of hairs."""


def put(
    folder: Path,
    files: Mapping[str, bytes | Path],
    *,
    spare: Iterable[Path] = (),
    stale: Iterable[str] = (),
) -> None:
    """Write some files of a folder, all of them whole or none.

    Earlier files of the same names are put back if the writing fails midway. Parts are new files
    of their own, so that nothing a link points to is written.

    Parameters
    ----------
    folder, files:
        Where, and what by its name: the content, or a file within the folder that holds it.
    spare:
        Files that were read, which must not be written over.
    stale:
        Names that an earlier call may have left here for somebody else: removed, if they are ours.

    Raises
    ------
    InputError
        If the folder or a file cannot be written, or a file of another hand stands in its place.
    """
    parts: dict[Path, Path] = {}
    kept: dict[Path, Path] = {}
    fresh_targets: list[Path] = []
    try:
        refuse_strangers(folder, files, list(spare))
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            target = folder / name
            handle, fresh = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
            parts[Path(fresh)] = target
            with os.fdopen(handle, "wb") as stream:
                if isinstance(content, bytes):
                    stream.write(content)
            if isinstance(content, Path):
                content.replace(fresh)
            Path(fresh).chmod(0o644)
        with _undisturbed():
            for part, target in parts.items():
                if target.exists():
                    old = part.with_suffix(".old")
                    kept[old] = target
                    target.replace(old)
                else:
                    fresh_targets.append(target)
                part.replace(target)
    except BaseException as error:  # an interruption too must leave what was there
        _remove(fresh_targets)
        for old, target in kept.items():
            if old.exists():
                with contextlib.suppress(OSError):
                    old.replace(target)
        _remove(parts)
        if isinstance(error, OSError):
            raise InputError(_why(folder, error)) from error
        raise
    _remove(kept)
    _remove(folder / name for name in stale if name not in files and _is_ours(folder / name))


@contextlib.contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder within a folder, for files that grow; it is removed in any case.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".growing.", dir=folder))
    except OSError as error:
        raise InputError(_why(folder, error)) from error
    try:
        yield place
    except OSError as error:
        raise InputError(_why(folder, error)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put_new(path: Path, content: bytes) -> None:
    """Write one file where none stands; what stands there is never touched.

    Raises
    ------
    InputError
        If anything stands at the place, or it cannot be written.
    """
    name = clean(path.name)[:80]
    try:
        with path.open("xb") as stream:
            try:
                stream.write(content)
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError as error:
        raise InputError(
            f"{name}: a file of that name stands there already and is not overwritten; give "
            "another name or move it away"
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name cannot be used"
        raise InputError(f"{name}: cannot be written ({why}); give another place") from error


def _is_ours(path: Path) -> bool:
    """Return whether a file was written by an earlier call."""
    try:
        mark = MARKS.get(path.name, MARKS.get(path.suffix, OURS))
        return path.is_file() and not path.is_symlink() and _holds(path, mark)
    except OSError:
        return False


def _holds(path: Path, words: bytes) -> bool:
    """Return whether a file holds words, without reading a large one at once."""
    if not path.stat().st_size:
        return False
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return content.find(words) >= 0


def refuse_strangers(folder: Path, names: Iterable[str], spare: Sequence[Path]) -> None:
    """Refuse to write through a link, or over anything that was not written here before.

    Raises
    ------
    InputError
        If a file of another hand, or one that was read, stands where one would be written.
    """
    if folder.is_symlink():
        raise InputError(f"--out {clean(folder.name)}: is a link; give a folder of its own")
    for name in names:
        target = folder / name
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise InputError(
                f"{name}: something that is not a file stands in its place; move it away"
            )
        if not target.exists():
            continue
        if any(_is_same(target, path) for path in spare):
            raise InputError(
                f"{clean(name)}: is one of the files that were read and would be written over; "
                "give another --out"
            )
        if not _is_ours(target):
            raise InputError(
                f"{clean(name)}: a file of another hand stands in its place; move it away or give "
                "another --out"
            )


def _is_same(target: Path, path: Path) -> bool:
    try:
        return target.samefile(path)
    except OSError:
        return False


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back a request to stop until all files stand in their place."""
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    held = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
