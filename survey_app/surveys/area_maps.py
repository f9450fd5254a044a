"""The map of a city's counties: taken from the file that the office hands in, with its source and review number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from definitions.names import clean, key
from survey_app.drawing.outlines import OutlineError, read_outlines
from survey_app.files import stored
from survey_app.ground import audit
from survey_app.models import Area, AreaMap, Site, db

MEDIA_TYPE = "application/geo+json"
NUMBER = re.compile(r"[A-Z\u4e00-\u9fff]{1,8}[(（]\d{4}[)）]\d{1,6}号")  # 审图号: GS(2024)1234号, 某S(2030)012号


def store(city: Area, body: bytes, source: str, number: str, by: str) -> AreaMap:
    """Check the file and keep it in place of the one before; the caller commits. Raises OutlineError, of a box where it has one."""
    source, number = clean(source), clean(number)
    if not source:
        raise OutlineError("maps.source_needed")
    if number and not NUMBER.fullmatch(number):
        raise OutlineError("maps.wrong_number")
    inside = list(db.session.scalars(select(Area).where(Area.parent_id == city.id)))
    zones = db.session.scalars(select(Area.name).where(Area.parent_id.in_([area.id for area in inside])))
    outlines = read_outlines(
        body, {area.code: area.name for area in inside if area.kind == "county"}, [city.name, *zones]
    )
    before = map_of(city)
    said = {"source": before.source, "number": before.review_number, "digest": before.file_digest} if before else None
    found = before or AreaMap(city_id=city.id)
    found.source, found.review_number, found.by = source, number, by
    found.outlines, found.file_digest = outlines.as_dict(), stored.put(body, MEDIA_TYPE)
    db.session.add(found)
    db.session.flush()
    after = {"source": source, "number": number, "digest": found.file_digest}
    audit.record("map.store", f"area:{city.code}", said, after)
    return found


def map_of(city: Area, *, public: bool = False) -> AreaMap | None:
    """The city's map; on a public page only one whose source has a review number."""
    found = db.session.get(AreaMap, city.id)
    return found if found is not None and (found.review_number or not public) else None


def places_of(area_map: AreaMap, sites: Iterable[Site]) -> list[list[float]]:
    """Where those of these sites stand whose name or code the file has a point for, in degrees."""
    points = {key(name): place for name, place in area_map.outlines["points"].items()}
    return [points[said] for site in sites for said in (key(site.name), key(site.code)) if said in points]
