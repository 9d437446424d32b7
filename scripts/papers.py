"""Print every paper of every example with Chromium and say how many sheets each one takes.

Needs `chromium` and `pdfinfo` on the path; both are for this check only. Person files given as
arguments are printed instead of the examples. With `--pictures DIR` each first sheet is kept there
as a PNG, in colour and in grey (needs `pdftoppm`).
"""

import argparse
import contextlib
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from anagen.cli import main

ROOT = Path(__file__).parents[1]
SHEETS = ("clinic-questions", "session-sheet", "aftercare", "letter")
CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def printed(page: Path, pdf: Path) -> int:
    """Print a page as PDF and return how many sheets it takes."""
    subprocess.run(
        [*CHROMIUM, f"--print-to-pdf={pdf}", page.as_uri()], check=True, capture_output=True
    )
    said = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    found = re.search(r"^Pages:\s+(\d+)", said, re.M)
    return int(found[1]) if found else 0


def pictured(pdf: Path, picture: Path) -> None:
    """Draw the first sheet of a PDF, in colour and in grey."""
    for flags, name in (((), picture.name), (("-gray",), f"{picture.name}-grey")):
        subprocess.run(
            ["pdftoppm", "-r", "100", "-png", "-singlefile", *flags, str(pdf),
             str(picture.with_name(name))], check=True,
        )  # fmt: skip


def run() -> int:
    """Print all papers; return 1 if one of them takes more than one sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("person", nargs="*", type=Path, help="person files (default: the examples)")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="where to keep pictures")
    arguments = parser.parse_args()
    people = arguments.person or sorted((ROOT / "examples").glob("*.yaml"))
    too_long = 0
    with tempfile.TemporaryDirectory() as place:
        for person in people:
            folder = Path(place) / person.stem
            with contextlib.redirect_stdout(io.StringIO()):
                main(["plan", str(person), "--session-sheet", "--clinician", "--out", str(folder),
                      "--today", "2026-11-20"])  # fmt: skip
            for sheet in SHEETS:
                pdf = folder / f"{sheet}.pdf"
                sheets = printed(folder / f"{sheet}.html", pdf)
                too_long += sheets != 1
                print(f"{sheets}  {person.stem}  {sheet}", flush=True)
                if arguments.pictures:
                    arguments.pictures.mkdir(parents=True, exist_ok=True)
                    pictured(pdf, arguments.pictures / f"{person.stem}-{sheet}")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(run())
