"""All facts of the package: YAML files, read once and kept as one checked document."""

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anagen import __version__, strict_yaml
from anagen.errors import FactError, InputError
from anagen.facts import (
    article,
    base,
    clinic_question,
    judgement,
    mechanism,
    option_rule,
    paper,
    parameter,
    plausibility,
    rule,
    study,
    treatment,
)
from anagen.facts.base import Quantity, Slug, Source
from anagen.facts.triage import TriageTable
from anagen.facts.vocabulary import Vocabulary
from anagen.frozen import Record

DATA = Path(__file__).parent / "data"
MAX_FACT_BYTES = 2_000_000
MAX_FACT_NODES = 200_000


class About(Record):
    """When the facts were collected, and who reviewed them."""

    collected_on: str
    warn_after_days: Quantity
    note: str
    reviewed_by: str | None = None


class Facts(Record):
    """Every fact, by topic; each dictionary is keyed by the fact's id."""

    about: About
    vocabulary: Vocabulary
    sources: dict[Slug, Source]
    studies: dict[Slug, study.Study]
    syntheses: dict[Slug, study.Synthesis]
    background: dict[Slug, study.Background]
    registered_trials: dict[Slug, study.RegisteredTrial]
    treatments: dict[Slug, treatment.Treatment]
    options: dict[Slug, treatment.Option]
    approvals: dict[Slug, treatment.Approval]
    regulation: dict[Slug, treatment.RegulationEntry]
    claims: dict[Slug, treatment.Claim]
    articles: dict[Slug, article.Article]
    contradictions: dict[Slug, article.Contradiction]
    questions: dict[Slug, article.Question]
    parameters: dict[Slug, parameter.Parameter]
    model: dict[Slug, parameter.ModelParameter]
    mechanism_nodes: dict[Slug, mechanism.MechanismNode]
    mechanisms: dict[Slug, mechanism.Mechanism]
    plausible_gains: dict[Slug, plausibility.PlausibleGain]
    reported_gains: dict[Slug, plausibility.ReportedGain]
    rules: dict[Slug, rule.Rule]
    option_rules: dict[Slug, option_rule.OptionRule]
    alopecia_answers: dict[Slug, rule.AlopeciaAnswer]
    laboratory: rule.Laboratory
    triage: TriageTable
    scales: dict[Slug, rule.Scale]
    protocol: rule.Protocol
    clinic_questions: dict[Slug, clinic_question.ClinicQuestion]
    papers: paper.Papers
    open_questions: dict[Slug, treatment.OpenQuestion]
    evidence_rules: study.EvidenceRules
    bias_tools: dict[Slug, judgement.BiasTool]
    certainty_ratings: dict[Slug, judgement.CertaintyRating]
    single_arm_limits: dict[Slug, judgement.SingleArmLimit]
    limits: dict[Slug, Quantity]
    cost_notes: dict[Slug, base.Statement]


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a topic's records stand: one file, or one file for each record of a folder."""

    name: str
    path: str

    def files(self, folder: Path) -> list[Path]:
        """Return the files of this topic in a stable order."""
        place = folder / self.path
        return sorted(place.glob("*.yaml")) if place.is_dir() else [place.with_suffix(".yaml")]


TOPICS = tuple(Topic(name, name) for name in Facts.__struct_fields__)


def _fingerprint(folder: Path) -> str:
    """Return a hash of every fact file and of the code that reads them."""
    seen = hashlib.sha256(f"{__version__} {sys.version_info[:2]}".encode())
    code = Path(__file__).parent
    for path in (*sorted(folder.rglob("*.yaml")), *sorted(code.glob("*.py"))):
        seen.update(path.name.encode())
        seen.update(path.read_bytes())
    return seen.hexdigest()[:24]


MAX_CACHE_BYTES = 64_000_000


def cache_folder() -> Path:
    """Return where the checked document is kept.

    Raises
    ------
    RuntimeError
        If the user has no home; the facts are then read anew each time.
    """
    root = os.environ.get("XDG_CACHE_HOME", "")
    base_folder = Path(root) if root and Path(root).is_absolute() else Path.home() / ".cache"
    return base_folder / "anagen"


def _cached(path: Path) -> Facts | None:
    """Return the facts of a cache file whose content is what was once written, or nothing."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_CACHE_BYTES:
            return None
        digest, _, document = path.read_bytes().partition(b"\n")
        if hashlib.sha256(document).hexdigest().encode() != digest:
            return None
        return msgspec.json.decode(document, type=Facts)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _keep(path: Path, facts: Facts) -> None:
    """Write the checked document whole; one that cannot be written is not missed."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        document = msgspec.json.encode(facts)
        digest = hashlib.sha256(document).hexdigest().encode()
        handle, name = tempfile.mkstemp(prefix="part-", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(digest + b"\n" + document)
        for old in path.parent.glob("facts-*.json"):
            old.unlink(missing_ok=True)
        part.replace(path)
    except OSError:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def read(folder: Path = DATA) -> Facts:
    """Read all fact files of a folder, without the cache.

    Raises
    ------
    FactError
        If a file is missing, malformed, holds an unknown key or lacks a required one.
    """
    document: dict[str, object] = {}
    for topic in TOPICS:
        place = folder / topic.path
        try:
            if place.is_dir():
                document[topic.name] = {
                    path.stem: strict_yaml.read(
                        path, max_bytes=MAX_FACT_BYTES, max_nodes=MAX_FACT_NODES
                    )
                    for path in topic.files(folder)
                }
            else:
                document[topic.name] = strict_yaml.read(
                    topic.files(folder)[0], max_bytes=MAX_FACT_BYTES, max_nodes=MAX_FACT_NODES
                )
        except InputError as error:
            raise FactError(f"facts/{topic.path}: {error}") from error
    for topic in TOPICS:
        _convert_topic(topic, document[topic.name])
    return msgspec.convert(document, Facts)


def _convert_topic(topic: Topic, value: object) -> None:
    """Check one topic, one record at a time, so that a message names the record."""
    kind = Facts.__annotations__[topic.name]
    try:
        if getattr(kind, "__origin__", None) is dict and isinstance(value, dict):
            for name, entry in value.items():
                base.convert({name: entry}, kind, f"facts/{topic.path}: {name}")
        else:
            base.convert(value, kind, f"facts/{topic.path}")
    except InputError as error:
        raise FactError(str(error)) from error


@functools.cache
def load() -> Facts:
    """Return the package's facts, from the cache if the files have not changed since.

    Raises
    ------
    FactError
        If a fact file is wrong.
    """
    try:
        place = cache_folder() / f"facts-{_fingerprint(DATA)}.json"
    except RuntimeError:
        return read()
    facts = _cached(place)
    if facts is None:
        facts = read()
        _keep(place, facts)
    return facts
