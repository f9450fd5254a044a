"""Figures of sites that differ from their source: read from a table of sites, and put right once two people say so."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.files.said import Fault
from survey_app.files.tables_in import TableRefusedError
from survey_app.ground import audit
from survey_app.models import Site, Survey, db
from survey_app.surveys.import_sites import FIGURES, SitesFile
from wording import Message

Figures = dict[str, dict[str, float | int | None]]


def read(survey: Survey, name: str, data: bytes) -> Figures:
    """Site -> figure -> what the table says, of those that differ; names, kinds and targets stay as they are.

    Raises TableRefusedError, also for what no source can put right: area, stratum, whether it is sampled.
    """
    file = SitesFile(survey, name, data, correcting=True)
    faults = list(file.preview().faults)
    found: Figures = {}
    for row in file.rows if not faults else ():
        if row.site is None:
            faults.append(Fault(row.line.number, "code", Message("exceptions.correction_new_site", name=row.name)))
            continue
        says = {key: getattr(row, key) for key in FIGURES}
        if row.weight_take is None:
            says["base_weight"] = _following(row.site, row.people, row.inclusion_probability)
        moved = {key: value for key, value in says.items() if _differs(getattr(row.site, key), value)}
        if moved:
            found[row.site.code] = moved
    if not faults and not found:
        faults.append(Fault(0, "", Message("exceptions.correction_nothing")))
    if faults:
        raise TableRefusedError(faults)
    return found


def put_right(survey: Survey, figures: Mapping[str, Mapping[str, float | None]], reason: str) -> None:
    """Store them, with what stood there before in the audit trail. The caller commits."""
    sites = {site.code: site for site in survey.sites}
    before: dict[str, dict[str, float | None]] = {}
    for code, says in figures.items():
        before[code] = {key: getattr(sites[code], key) for key in says}
        for key, value in says.items():
            setattr(sites[code], key, value)
    audit.record("sites.correct", f"survey:{survey.code}", {"sites": before}, {"sites": dict(figures)}, reason)
    db.session.flush()


def _following(site: Site, people: float | None, probability: float | None) -> float | None:
    """The base weight that keeps the take which was planned, under the figures put right."""
    before = site.eligible or site.residents
    if not (site.base_weight and before and site.inclusion_probability and people and probability):
        return site.base_weight
    take = before / (site.inclusion_probability * site.base_weight)
    return people / (probability * take)


def _differs(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) > 1e-9 * max(abs(before), abs(after))
