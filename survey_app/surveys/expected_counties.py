"""Which counties the drawn sample will probably leave under the plan's minimum: told before the plan is locked."""

from __future__ import annotations

from collections import defaultdict

from analysis.minimum import Foreseen
from definitions import DefinitionError
from survey_app.answering.definitions import rated_counties
from survey_app.ground.plans import plan_of
from survey_app.models import Site, Survey


def expected_counties(survey: Survey, reached: float = 1.0) -> list[Foreseen] | None:
    """Of each rated county by the targets of its active sampled sites; None where the plan states no minimum.

    reached: the share of their targets that the sites will come by.
    """
    try:
        least = plan_of(survey).minimum
    except DefinitionError:
        return None
    if least is None:
        return None
    counties, inside = rated_counties(survey.city_id), defaultdict[str, list[Site]](list)
    for site in survey.sites:
        if site.probability and site.active:
            inside[counties.get(site.area.name, site.area.name)].append(site)
    names = dict.fromkeys([*counties.values(), *inside])
    return [
        Foreseen(
            name,
            reached * sum(site.target or 0 for site in inside[name]),
            len(inside[name]),
            len({site.stratum for site in inside[name]}),
            least,
        )
        for name in names
    ]
