"""What weakens a contrast, and who took part: read from a study's record, put into words."""

from anagen.evidence.spread import NS_COUNTED, NStatus
from anagen.facts.evidence_rules import EvidenceRules
from anagen.facts.study import Observation, Study

_SEXES = {"male": "men", "female": "women", "both": "men and women"}
_N_WORDS = {
    "derived": "how many were in each arm was computed from other printed numbers",
    "assumed": "how many were in each arm is our assumption",
    "equal_split": "how many were in each arm was not read; the study's total was split equally",
}


def flags(study: Study, observations: list[Observation]) -> list[str]:
    """Return what weakens a comparison that rests on some observations, as ids."""
    found = []
    if study.design.blinded is None:
        found.append("blinding_not_stated")
    elif not study.design.blinded:
        found.append("not_blinded")
    if study.sex != "male" and study.sex != "female":
        found.append("both_sexes")
    if any(o.conversion and o.conversion.how == "assumed_area" for o in observations):
        found.append("area_assumed")
    if any(o.via == "secondary" for o in observations):
        found.append("second_hand")
    if study.design.split_scalp:
        found.append("split_scalp")
    return found


def _randomised(study: Study, arms: tuple[str, str]) -> int | None:
    """Return how many people were randomised to two arms, if that was read."""
    counted = []
    for name in arms:
        arm = study.arms[name]
        if arm.n_randomised is None or arm.n_randomised_status == "remembered":
            return study.n_randomised if set(study.arms) == set(arms) else None
        counted.append(arm.n_randomised)
    return sum(counted)


def many_not_analysed(
    study: Study, arms: tuple[str, str], n: int, n_status: NStatus, rules: EvidenceRules
) -> bool:
    """Tell whether too few of the people randomised to two arms were analysed."""
    randomised = _randomised(study, arms)
    if study.design.split_scalp or randomised is None or n_status not in NS_COUNTED:
        return False
    return 100 * n < rules.least_share_analysed.number() * randomised


def who(study: Study) -> str:
    """Return in words who took part: sex, age, how far the hair loss had gone."""
    people = study.population
    sex = _SEXES.get(study.sex or "") or people.sex_text or "sex not stated"
    age = f"age {people.age}" if people.age else "age not stated"
    return f"{sex}, {age}, {people.severity or 'stage of hair loss not stated'}"


def cautions(study: Study, n_status: NStatus) -> list[str]:
    """Return the cautions of a study's record, and how its numbers of people were found."""
    outlier = f"an outlier: {study.outlier}" if study.outlier else None
    return [*study.flags, *(said for said in (outlier, _N_WORDS.get(n_status)) if said)]
