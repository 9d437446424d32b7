"""The clinician's page: the case beside a short form; the one page of the package with a script."""

import base64
import hashlib

import msgspec

from anagen.plan.consultation import Consultation
from anagen.report.letter import BLANK, INDENT, LINE_WIDTH, PLAIN
from anagen.report.page import TEMPLATES, render


def clinician_page(view: Consultation) -> str:
    """Return the clinician's page.

    Its script is written into it and allowed by its hash alone. The script fills the very
    paragraphs that letter and record are made from; they stand in the page as JSON.

    Parameters
    ----------
    view:
        The case, the form, and the paragraphs.
    """
    script = (TEMPLATES / "clinician.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return render(
        "clinician.html",
        view=view,
        script=script,
        script_hash=f"sha256-{digest}",
        texts=_embedded({
            "letter": view.letter,
            "record": view.record,
            "closing": view.closing,
            "blank": BLANK,
            "indent": INDENT,
            "width": LINE_WIDTH,
            "plain": {chr(sign): plain for sign, plain in PLAIN.items()},
        }),
    )  # fmt: skip


def _embedded(value: object) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = msgspec.json.encode(value).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
