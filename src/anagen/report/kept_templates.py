"""Templates as compiled once, kept beside the kept facts: compiling takes a fifth of a second."""

import contextlib

import jinja2
from jinja2.bccache import Bucket

from anagen.facts.store import cache_folder


class KeptTemplates(jinja2.FileSystemBytecodeCache):
    """Compiled templates in the user's cache; where that cannot be used they are compiled anew.

    A kept one carries a checksum of its source, so that a changed template is compiled again.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template that was kept."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def kept_templates() -> KeptTemplates | None:
    """Return where compiled templates are kept, nothing if there is no such place."""
    try:
        folder = cache_folder() / "templates"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return None
    return KeptTemplates(str(folder), f"{jinja2.__version__}-%s.cache")
