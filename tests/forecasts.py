"""Requests of a forecast, and their courses by the ids of the options."""

from anagen import facts
from anagen.plan.forecast import ForecastRequest, Noticeable, OptionCourse, forecast

FACTS = facts.load()
NOTICEABLE = Noticeable(loss_percent=15, gain_percent=10)
BANDS = (
    "density_per_cm2",
    "change_percent",
    "shaft_diameter_um",
    "anagen_percent",
    "shed_hairs_per_day",
)


def option(name, *components, **given):
    return OptionCourse(option=name, components=list(components), **given)


NONE = option("none", "none")
FINASTERIDE = option("finasteride_oral", "finasteride_oral")
EXOSOME = option("exosome_topical", "exosome")


def request(*options, **changed):
    person = {
        "sex": "male",
        "condition": "androgenetic_alopecia",
        "age_years": 34,
        "scale": "norwood_hamilton",
        "grade": "III_vertex",
        "options": list(options),
    }
    return ForecastRequest(**{**person, **changed})


def courses(*options, seed=1, draws=240, **changed):
    wanted = request(*options, **changed)
    found = forecast(wanted, FACTS, seed, noticeable=NOTICEABLE, draws=draws)
    return {course.option: course for course in found}
