"""Options for somebody whose type nobody has named: those that fit each type in question."""

from collections.abc import Sequence

import msgspec

from anagen.facts import Facts, Sex
from anagen.facts.base import Slug
from anagen.plan.options import OptionFit, options_for

WORST_FIRST = ("no", "not_known", "yes")


def shared_fits(conditions: Sequence[Slug], sex: Sex, facts: Facts) -> list[OptionFit]:
    """Say of every option whether it fits each of several types of hair loss.

    Parameters
    ----------
    conditions:
        The types that the answers fit, at least one.
    sex:
        The person's sex.
    facts:
        The facts.

    Returns
    -------
    :
        One answer for each option: the worst that it has for any of the types. Exosomes are at best
        "not_known" here.
    """
    by_type = [options_for(condition, sex, facts) for condition in conditions]
    return [_worst(fits, conditions, facts) for fits in zip(*by_type, strict=True)]


def _worst(fits: Sequence[OptionFit], conditions: Sequence[Slug], facts: Facts) -> OptionFit:
    label = {c: facts.vocabulary.label("conditions", c) for c in conditions}
    worst = min(range(len(fits)), key=lambda k: WORST_FIRST.index(fits[k].fits))
    fit = fits[worst]
    if fit.fits != "yes":
        if len(fits) == 1:
            return fit
        reason = f"If it is {label[conditions[worst]]}: {fit.reason}"
        return msgspec.structs.replace(fit, reason=reason)
    if "exosome" in facts.options[fit.option].components:
        return OptionFit(
            option=fit.option, fits="not_known", status="assumed", source=["ours"],
            reason="Nobody has named the type of hair loss, so exosomes cannot be judged for it.",
        )  # fmt: skip
    return msgspec.structs.replace(
        fit,
        reason=f"Used or studied for {' and for '.join(label.values())}; nobody has diagnosed "
        "which it is.",
        source=list(dict.fromkeys(key for one in fits for key in one.source)),
    )
