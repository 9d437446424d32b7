"""Write the pictures of our own evidence that docs/how-to/read-evidence.md shows.

Each is a file that a command wrote, byte for byte. `--check` writes nothing and fails if a picture
is not what the command writes now.
"""

import argparse
import contextlib
import io
import re
import sys
import tempfile
from pathlib import Path

from anagen.cli import main

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
COMMANDS = {
    "forest-lllt": ("pool --option lllt", "forest"),
    "network-men": ("network --sex male", "network"),
    "dose-dutasteride": ("dose --option dutasteride --sex male", "dose"),
}
"""The verb and its options, and which of its files is shown, by the name of the picture."""
TOLERANCE = 0.02
"""How far a printed number may lie from one computed anew: another processor rounds otherwise."""
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


def pictures() -> dict[str, str]:
    """Return every picture as its command writes it, by its name."""
    found = {}
    for name, (command, stem) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            with contextlib.redirect_stdout(io.StringIO()):
                status = main(["evidence", *command.split(), "--out", folder])
            if status != 0:
                raise SystemExit(f"anagen evidence {command} ended with {status}")
            found[name] = (Path(folder) / f"{stem}.svg").read_text("utf-8")
    return found


def is_same(kept: str, anew: str) -> bool:
    """Tell whether two pictures hold the same words, and the same numbers within rounding."""
    if NUMBER.split(kept) != NUMBER.split(anew):
        return False
    pairs = zip(NUMBER.findall(kept), NUMBER.findall(anew), strict=True)
    return all(abs(_value(a) - _value(b)) <= TOLERANCE for a, b in pairs)


def _value(text: str) -> float:
    return float(text.replace("−", "-"))


def stale() -> list[str]:
    """Return the names of pictures that are not what their commands write now."""
    paths = {name: PICTURES / f"{name}.svg" for name in COMMANDS}
    return [
        name
        for name, anew in pictures().items()
        if not paths[name].exists() or not is_same(paths[name].read_text("utf-8"), anew)
    ]


def run() -> int:
    """Write or check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        wrong = stale()
        if wrong:
            print(f"not what the commands write: {', '.join(wrong)}; run 'make docs'")
            return 1
    else:
        for name, text in pictures().items():
            (PICTURES / f"{name}.svg").write_text(text, "utf-8")
    print(f"{len(COMMANDS)} pictures of our evidence")
    return 0


if __name__ == "__main__":
    sys.exit(run())
