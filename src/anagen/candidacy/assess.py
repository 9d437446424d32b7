"""From a person to four verdicts: health, the product, the law of the place, the evidence."""

from collections.abc import Sequence

import msgspec

from anagen.candidacy.clues import with_implied_answers
from anagen.candidacy.finding import ORDER, Finding, question, worst
from anagen.candidacy.person import UNSTATED, Person
from anagen.candidacy.rules import RULES
from anagen.candidacy.rules_evidence import AnswerPair, type_answers
from anagen.candidacy.rules_offer import standing
from anagen.candidacy.triage import triage
from anagen.candidacy.type_fit import Triage
from anagen.errors import FactError
from anagen.facts import Facts, Grade, Line, Record, Verdict
from anagen.facts.base import GRADE_ORDER
from anagen.facts.rule import LaboratoryTest

LINES: tuple[Line, ...] = ("health", "product", "law", "evidence")
LINE_WORDS: dict[Line, str] = {
    "health": "your health",
    "product": "the product",
    "law": "the law where you live",
    "evidence": "the evidence",
}

MEANINGS: dict[Verdict, str] = {
    "STOP": "Something here speaks against it.",
    "REFER": "A physician has to look at this first.",
    "DEFER": "Not now: something has to pass or to be treated first.",
    "ASK": "An answer is missing that could stop it.",
    "CAUTION": "Nothing here forbids it, but read the caution.",
    "OK": "No rule speaks against it.",
    "INFORM": "No rule decides this; read what is known.",
}
SUMMARIES: dict[Line, str] = {
    "health": "No rule about health speaks against it.",
    "product": "Label, route and batch certificate raise no objection. That does not show that the "
    "product is safe or works.",
    "law": MEANINGS["INFORM"],
    "evidence": MEANINGS["INFORM"],
}

WEAK: frozenset[Grade] = frozenset({"vendor", "press", "unlocated"})
STRONG: frozenset[Grade] = frozenset({"regulator", "guideline", "trial", "journal"})


class LineVerdict(Record):
    """The verdict of one line and what it rests on, worst first.

    `summary` says in a sentence what the verdict means. `could_become` is the worst that an open
    question could turn it into; `unanswered` are keys whose answers could no longer change it.
    """

    line: Line
    label: str
    verdict: Verdict
    summary: str
    findings: list[Finding]
    could_become: Verdict | None = None
    unanswered: list[str] = msgspec.field(default_factory=list)


class LaboratorySuggestion(Record):
    """A test to ask a physician about, and why for this person."""

    test: str
    fact: LaboratoryTest
    why: str


class Candidacy(Record):
    """Whether exosome treatment may be considered: four verdicts that are never merged.

    `answers` hold the articles' answer beside ours for the type of hair loss; `laboratory` the
    tests worth asking about; `laboratory_note` what holds where there are none.
    """

    health: LineVerdict
    product: LineVerdict
    law: LineVerdict
    evidence: LineVerdict
    answers: list[AnswerPair]
    laboratory: list[LaboratorySuggestion]
    laboratory_note: str | None = None

    def lines(self) -> tuple[LineVerdict, ...]:
        """Return the four lines in the order in which they are read."""
        return (self.health, self.product, self.law, self.evidence)

    def findings(self) -> list[Finding]:
        """Return the findings of all lines."""
        return [finding for line in self.lines() for finding in line.findings]

    def questions(self) -> list[str]:
        """Return every open question once, in the order of the lines."""
        return list(dict.fromkeys(q for f in self.findings() for q in f.questions))

    def also_asked(self) -> list[str]:
        """Return questions that can no longer change a verdict but that a physician will ask."""
        keys = dict.fromkeys(key for line in self.lines() for key in line.unanswered)
        return [q for q in map(question, keys) if q not in self.questions()]


def footed(finding: Finding, facts: Facts) -> Finding:
    """Say what kind of page a finding rests on.

    Weak pages (vendors, press, pages whose address was not kept) are set aside as long as a firmer
    one stands among the sources; where none does, the note says so. A statement that was seen
    second-hand only is named as such.

    Raises
    ------
    FactError
        If a source or a regulation entry is not among the facts.
    """
    entries = {}
    for name in finding.regulation:
        if name not in facts.regulation:
            raise FactError(f"rule {finding.rule} names '{name}', which is not in regulation.yaml")
        entries[name] = facts.regulation[name]
    cited = list(
        dict.fromkeys([key for e in entries.values() for key in e.source] + finding.source)
    )
    grades: dict[str, Grade] = {}
    for key in cited:
        if key not in facts.sources:
            raise FactError(f"rule {finding.rule} names the source '{key}'; add it to sources.yaml")
        grades[key] = facts.sources[key].grade
    rests_on = _firmest(grades)
    footing = min((grades[key] for key in rests_on), key=GRADE_ORDER.index)
    return msgspec.structs.replace(
        finding,
        source=rests_on,
        also_cited=[key for key in cited if key not in rests_on],
        footing=footing,
        footing_note=_footing_note(
            footing, [e.is_primary for e in entries.values()], is_law=finding.line == "law"
        ),
    )


def _firmest(grades: dict[str, Grade]) -> list[str]:
    """Return the sources that a verdict rests on: none is weak where a firmer one stands."""
    firm = [key for key, grade in grades.items() if grade not in WEAK]
    not_sold = [key for key, grade in grades.items() if grade != "vendor"]
    return firm or not_sold or list(grades)


def _footing_note(footing: Grade, are_primary: list[bool], *, is_law: bool) -> str | None:
    """Return what a reader must know about the footing, if anything."""
    if is_law and are_primary and not any(are_primary):
        if footing in STRONG:
            return (
                "For this place the regulator's own words were not read; a second-hand account was."
            )
        return "No regulator's own words were found for this place; this rests on press reports."
    if footing in WEAK:
        return (
            f"Rests on a {footing} page only; no regulator, guideline, trial or journal was found."
        )
    if footing == "ours":
        return "Proposed by this project; no source was found."
    return None


def _law_unknown(person: Person, facts: Facts) -> Finding | None:
    """Return a question where no statement about the law of the place was collected."""
    fact = facts.rules["R00"]
    if fact.regulation.get(person.jurisdiction):
        return None
    return Finding(
        rule="R00", line="law", verdict="ASK", strength="P", source=["ours"],
        reason="What the law of your place says about exosomes is not known here: ask its "
        "medicines regulator before any treatment.",
        could_become="STOP",
    )  # fmt: skip


def _settle(line: Line, findings: list[Finding]) -> LineVerdict:
    """Let the worst finding win, and keep only those questions that could make it worse."""
    settled = worst(f.verdict for f in findings if f.verdict not in ("ASK", "INFORM"))
    asks = [f for f in findings if f.verdict == "ASK"]
    open_asks = [f for f in asks if ORDER.index(f.could_become or "STOP") < ORDER.index(settled)]
    moot = [f for f in asks if f not in open_asks]
    kept = [f for f in findings if f not in moot]
    if open_asks:
        verdict = worst([settled, "ASK"])
    elif settled == "OK" and line != "health" and any(f.verdict == "INFORM" for f in kept):
        verdict = "INFORM"
    else:
        verdict = settled
    return LineVerdict(
        line=line,
        label=LINE_WORDS[line],
        verdict=verdict,
        summary=SUMMARIES[line] if verdict == "OK" else MEANINGS[verdict],
        findings=sorted(kept, key=lambda f: (ORDER.index(f.verdict), f.rule)),
        could_become=worst(f.could_become or "STOP" for f in open_asks) if open_asks else None,
        unanswered=list(dict.fromkeys(key for f in moot for key in f.missing)),
    )


def _told_of_needles(line: LineVerdict, person: Person) -> LineVerdict:
    """Say of a product for needled skin that its label was made for the surface."""
    product = person.product
    if line.verdict != "OK" or product is None:
        return line
    if product.route != "topical_after_microneedling" or product.labelled_for != "topical":
        return line
    told = "Needling carries it below the surface of the skin; no label for that was seen."
    return msgspec.structs.replace(line, summary=f"{line.summary} {told}")


PREGNANT = "health.pregnant"
WAITING: tuple[Verdict, ...] = ("STOP", "REFER", "DEFER")


def _why_pregnancy_test(person: Person, facts: Facts, verdicts: Sequence[Verdict]) -> str | None:
    """Say what a test for a pregnancy would be for; nothing where it is for nothing.

    It is for a session that no line stops or puts off, for a type that was named, and for a
    medicine in use that a rule of its own rules out in pregnancy.
    """
    test = facts.laboratory.tests["urine_hcg"]
    noticed = person.noticed
    if (
        person.sex != "female"
        or person.health.pregnant == "yes"
        or (noticed is not None and noticed.after_menopause == "yes")
        or (test.oldest_age is not None and person.age_years > test.oldest_age.number())
    ):
        return None
    used = [one.treatment for one in person.history or () if one.is_now]
    barred = [
        name
        for name in used
        if any(
            name in rule.treatments and PREGNANT in rule.applies.yes and rule.verdict == "STOP"
            for rule in facts.option_rules.values()
        )
    ]
    if person.condition != UNSTATED and not set(WAITING) & set(verdicts):
        return "before every session, where pregnancy is possible"
    if barred:
        label = facts.vocabulary.label("treatments", barred[0])
        return f"{label} in use, and pregnancy may be possible"
    return None


def _laboratory(
    person: Person, facts: Facts, held: Triage, verdicts: Sequence[Verdict]
) -> list[LaboratorySuggestion]:
    """Return the tests that suit this person, each with its reason.

    Where nobody has named the type they are those of every type that the answers fit. `verdicts`
    are those of the four lines.
    """
    health = person.health
    is_woman = person.sex == "female"
    in_question = [person.condition]
    if person.condition == UNSTATED:
        in_question = [fit.condition for fit in held.types if fit.is_in_question]
    is_diffuse = (
        health.sudden_diffuse_shedding == "yes"
        or person.condition in ("telogen_effluvium", "deficiency_alopecia")
        or (is_woman and "androgenetic_alopecia" in in_question)
    )
    why: dict[str, str] = {}
    if is_diffuse:
        why["ferritin"] = "diffuse loss or shedding"
        why["haemoglobin"] = "goes with ferritin"
    if is_diffuse or health.thyroid_symptoms == "yes":
        why["tsh"] = "diffuse loss or complaints of the thyroid"
        why["free_t4"] = "only if TSH is abnormal"
    if is_woman and health.androgen_excess_signs == "yes":
        for test in ("total_testosterone", "dhea_s", "prolactin"):
            why[test] = "signs of too much male hormone"
    if person.condition == "syphilitic_or_malnutrition_alopecia":
        why["syphilis_serology"] = "syphilis is a possible cause"
    if person.condition == UNSTATED:
        for fit in (fit for fit in held.types if fit.compatible == "compatible"):
            for test, reason in facts.triage.types[fit.condition].tests.items():
                why.setdefault(test, f"{reason.text}; the answers fit {fit.label}")
    pregnancy = _why_pregnancy_test(person, facts, verdicts)
    if pregnancy is not None:
        why["urine_hcg"] = pregnancy
    if "yes" in (health.anticoagulant, health.bleeding_disorder):
        why["platelet_count"] = "bleeding or an anticoagulant"
    tests = facts.laboratory.tests
    return [LaboratorySuggestion(test=k, fact=tests[k], why=v) for k, v in why.items()]


def assess(person: Person, facts: Facts) -> Candidacy:
    """Judge a person by all rules and by the answer for the type of hair loss.

    Parameters
    ----------
    person:
        A checked person (`read_person`).
    facts:
        The facts; every limit and sentence comes from them.

    Returns
    -------
    Candidacy
        Four lines; within a line the worst verdict wins.

    Raises
    ------
    FactError
        If a rule, limit, source or regulation entry is missing among the facts.
    """
    person = with_implied_answers(person, facts)
    findings: list[Finding] = []
    for name, judge in RULES:
        if name not in facts.rules:
            raise FactError(f"rule {name} is not in rules.yaml; add it")
        finding = judge(person, facts.rules[name])
        if finding is not None:
            findings.append(finding)
    place = (_law_unknown(person, facts), standing(person, facts))
    findings.extend(finding for finding in place if finding is not None)
    held = triage(person, facts)
    pairs, type_findings = type_answers(person, facts, held)
    findings.extend(type_findings)
    findings = [footed(finding, facts) for finding in findings]
    verdicts = {line: _settle(line, [f for f in findings if f.line == line]) for line in LINES}
    laboratory = _laboratory(person, facts, held, [line.verdict for line in verdicts.values()])
    is_typical = person.sex == "male" and person.condition == "androgenetic_alopecia"
    return Candidacy(
        health=verdicts["health"],
        product=_told_of_needles(verdicts["product"], person),
        law=verdicts["law"],
        evidence=verdicts["evidence"],
        answers=pairs,
        laboratory=laboratory,
        laboratory_note=facts.laboratory.note.text if is_typical and not laboratory else None,
    )
