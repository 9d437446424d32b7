"""The first sentences on a treatment: what is thin is said before any number."""

from typing import TYPE_CHECKING

from anagen.evidence.certainty import bounds
from anagen.facts import Facts

if TYPE_CHECKING:
    from anagen.evidence.option_pool import GroupEvidence, Placement, ReviewResult

DENSITY = "hairs/cm²"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _pooled(group: "GroupEvidence") -> str:
    p = group.summary.pooled
    if p is None:
        return ""
    studies = len({c.study for c in group.summary.contrasts})
    trials = _count(studies, "randomised trial", "randomised trials")
    if p.studies != studies:
        trials = f"{p.studies} comparisons of {trials}"
    mean = f"{p.mean_per_cm2:+.1f}".replace("-", "−")
    said = (
        f"{group.label}: {mean} {DENSITY} (95 % interval "
        f"{bounds(p.low_per_cm2, p.high_per_cm2)}) in {trials} with {p.n_people} people"
    )
    if p.conflict:
        said += "; they contradict each other, so that this mean stands for none of them"
    level = group.summary.certainty.level
    return f"{said}; certainty suggested: {(level or 'none').replace('_', ' ')}."


def _unpooled(label: str, found: "list[GroupEvidence]", facts: Facts) -> list[str]:
    """Say that no randomised result in hairs/cm² exists, and what there is in its place."""
    others = list(dict.fromkeys(o.study for group in found for o in group.others))
    said = [f"No randomised result in {DENSITY} was found for {label}."]
    missing = {m.study: m for group in found for m in group.missing}
    for name in others:
        study = facts.studies[name]
        together = next(g.label for g in found if any(o.study == name for o in g.others))
        lacks = "; ".join(missing[name].what) if name in missing else ""
        people = study.n_randomised or study.population.n
        said.append(
            f"One randomised trial ({name}, {people or 'unknown number of'} people, {together}) "
            f"gives another kind of result. To pool it these were needed and not read: {lacks}."
        )
    return said


def _reviewed(reviews: "list[ReviewResult]", beside: str) -> list[str]:
    """Say once for each review what it gives, and of which comparison."""
    told: dict[str, list[str]] = {}
    for review in reviews:
        if not review.unit or "hairs" not in review.unit or review.low is None:
            continue
        interval = bounds(review.low, review.high or review.low).replace("+", "")
        what = review.outcome.replace("_", " ").replace("cm2", "cm²")
        compared = "" if review.compared is None else f", {review.compared}"
        told.setdefault(review.synthesis, []).append(
            f"{review.value:g} {DENSITY} ({interval}): {what}{compared}"
        )
    return [
        f"A published review ({name}) gives {'; '.join(results)}. It rests on trials of its own "
        f"choice and is not added to ours{beside}."
        for name, results in told.items()
    ]


def headline(
    label: str,
    found: "list[GroupEvidence]",
    placements: "list[Placement]",
    reviews: "list[ReviewResult]",
    facts: Facts,
) -> list[str]:
    """Return the first sentences: randomised evidence, uncontrolled, unpublished, reviews.

    Parameters
    ----------
    label:
        Of the treatment.
    found, placements, reviews:
        The evidence group by group, where each study stands, and published reviews.
    facts:
        All facts.
    """
    pooled = [group for group in found if group.summary.pooled is not None]
    said = [_pooled(group) for group in pooled] if pooled else _unpooled(label, found, facts)
    alone = [p for p in placements if p.place == "uncontrolled"]
    if alone:
        said.append(
            f"{_count(len(alone), 'study has', 'studies have')} no control group: what is reported "
            "holds season, regression to the mean, other treatments and the measurement itself, "
            "and says nothing of efficacy."
        )
    silent = [p for p in placements if p.place == "no_result"]
    if silent:
        said.append(
            f"{_count(len(silent), 'further study was', 'further studies were')} registered or "
            "named without a result that was read; what is not published may differ from what is."
        )
    beside = "" if pooled else ", which are none for want of the data named above"
    said += _reviewed(reviews, beside)
    return said
