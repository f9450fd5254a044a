"""The map of the counties: a file is whole or refused in sentences, its source stands on every picture, no border opens."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select

from survey_app.briefs.links import make_link
from survey_app.drawing import maps
from survey_app.drawing.outlines import GRID, OutlineError, read_outlines
from survey_app.ground import audit
from survey_app.models import Area, AreaMap, EstimateRun, Site, db
from tests.support.city import scored_city
from tests.support.people import client_of
from tests.support.stored import begins_with

pytestmark = begins_with(scored_city)
NAMES = {"1": "甲县", "2": "乙县"}
NUMBER = "鲁SG(2024)012号"


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(name: str, *rings: list[list[float]], **more: object) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": list(rings)} | more
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def file(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


ONE, OTHER = feature("甲县", ring(116, 35, 117, 36)), feature("乙县", ring(117, 35, 118, 36))


def stored_names() -> list[str]:
    return list(db.session.scalars(select(Area.name).where(Area.kind == "county").order_by(Area.code)))


@pytest.fixture
def office(sqlite_app):
    sqlite_app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=[])
    return client_of(sqlite_app, "administrator")


def city_file() -> bytes:
    """All counties of the city side by side, and a point for its first site."""
    squares = [
        feature(name, ring(116 + place / 2, 35, 116.5 + place / 2, 36)) for place, name in enumerate(stored_names())
    ]
    site = db.session.scalars(select(Site)).first()
    point = {
        "type": "Feature",
        "properties": {"name": site.name},
        "geometry": {"type": "Point", "coordinates": [116.2, 35.5]},
    }
    return file(*squares, point)


def handed_in(client, body: bytes, **form: str):
    city = db.session.scalar(select(Area.code).where(Area.kind == "city"))
    data = {
        "city": city,
        "file": (io.BytesIO(body), "map.geojson"),
        "source": "某市自然资源局",
        "number": NUMBER,
        **form,
    }
    return client.post("/console/areas/map", data=data)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe", "no_json"),
        (b"{}", "no_collection"),
        (file(), "how_many"),
        (file(ONE), "area_missing"),
        (file(ONE, OTHER, feature("丙县", ring(118, 35, 119, 36))), "unknown"),
        (file(ONE, feature("", ring(117, 35, 118, 36))), "no_name"),
        (file(ONE, feature("乙县", ring(35, 117, 36, 118))), "turned"),
        (file(ONE, feature("乙县", ring(500000, 35, 500001, 36))), "metres"),
        (file(ONE, feature("乙县", ring(10, 50, 11, 51))), "outside"),
        (file(ONE, feature("乙县", ring(117, 35, 118, 36)[:-1])), "open_ring"),
        (file(ONE, feature("乙县", [[117, 35], [118, 36], [117, 35]])), "no_ring"),
        (file(ONE, feature("乙县", [[117, "a"]] * 4)), "no_position"),
        (file(ONE, feature("乙县", type="LineString")), "kind"),
        (file(ONE, OTHER, crs={"properties": {"name": "EPSG:3857"}}), "other_system"),
        (file(ONE, feature("乙县", ring(117, 35, 117.0000001, 35.0000001))), "too_small"),
        (file(ONE, feature("乙县", [[10**400, 35]] * 4)), "no_position"),
        (file(ONE, OTHER).replace(b"117", b"1" + b"0" * 5000, 1), "no_json"),
        (file(ONE, feature("乙县", ring(116, 35, 117, 36))), "same_outline"),
        (file(ONE, OTHER | {"properties": {"name": "乙县", "adcode": 1}}), "two_areas"),
    ],
)
def test_every_fault_of_a_file_is_a_sentence(body, said):
    with pytest.raises(OutlineError) as error:
        read_outlines(body, NAMES)
    assert f"'maps.{said}'" in repr(error.value)
    assert str(error.value)


def test_a_name_that_no_database_can_hold_is_kept_without_its_signs():
    point = {
        "type": "Feature",
        "properties": {"name": "A\x00\ud800区"},
        "geometry": {"type": "Point", "coordinates": [117, 35]},
    }
    found = read_outlines(file(ONE, OTHER, point), NAMES)
    assert list(found.points) == ["A区"]


def test_neighbours_keep_one_border_and_names_are_matched_however_they_are_coded():
    jagged = [[117 + (step % 3) / 1e4, 35 + step / 1000] for step in range(1001)]
    west = [[116, 35], *jagged, [116, 36], [116, 35]]
    east = [[118, 35], [118, 36], *jagged[::-1], [118, 35]]
    found = read_outlines(file(feature("甲县\u200b", west), feature("2", east)), NAMES).areas
    sides = [{tuple(place) for place in found[code][0][0] if 116.9 < place[0] < 117.1} for code in ("1", "2")]
    assert sides[0] == sides[1]
    assert len(found["1"][0][0]) < GRID


def test_a_map_is_handed_in_looked_at_and_stands_beside_the_figures(office):
    assert "还没有地图" in office.get("/console/areas/map").get_data(as_text=True)
    assert handed_in(office, file(ONE)).status_code == 422
    assert "审图号写成" in handed_in(office, city_file(), number="12").get_data(as_text=True)
    assert "请写明地图的来源" in handed_in(office, city_file(), source="").get_data(as_text=True)
    assert handed_in(office, city_file()).status_code == 302
    assert audit.newest(1)[0].action == "map.store"
    page = office.get("/console/areas/map").get_data(as_text=True)
    assert "某市自然资源局" in page
    assert "1个调查点" in page
    home = office.get("/console/").get_data(as_text=True).partition('id="map"')[2]
    assert NUMBER in home
    assert ">甲县<" in home
    batch = db.session.scalars(select(EstimateRun)).one()
    assert office.get("/console/?figure=county-map&format=png").data[:4] == b"\x89PNG"
    assert batch.survey.city_id == db.session.scalars(select(AreaMap)).one().city_id


def test_a_public_page_shows_the_map_only_with_its_review_number(office, sqlite_app):
    run = db.session.scalars(select(EstimateRun)).one()
    address = f"/view/{make_link(run, '市领导', 30, 'anna')[1]}"
    db.session.commit()
    stranger = sqlite_app.test_client()
    assert handed_in(office, city_file(), number="").status_code == 302
    assert "只供内部使用" in office.get("/console/").get_data(as_text=True)
    assert "某市自然资源局" not in stranger.get(address).get_data(as_text=True)
    assert handed_in(office, city_file()).status_code == 302
    shown = stranger.get(address).get_data(as_text=True)
    assert NUMBER in shown
    assert db.session.scalars(select(Site)).first().name not in shown
    assert "点为调查点" not in shown


def test_a_map_of_shares_has_the_interval_under_each_name_and_the_sites_as_points():
    outlines = read_outlines(file(ONE, OTHER), NAMES).areas
    rows = [
        {"code": "1", "name": "甲县", "share": 0.7, "said": "70% (60–80%)"},
        {"code": "2", "name": "乙县", "share": None, "said": "–"},
    ]
    svg = maps.share_map.__wrapped__(outlines, rows, [[116.5, 35.5]], {"axis": "满意度", "source": "来源"})
    assert all(said in svg for said in ("甲县", "70% (60–80%)", "来源", maps.NO_FIGURE, maps.POINT))


def test_a_map_of_stars_names_each_rank_and_leaves_the_unknown_grey():
    outlines = read_outlines(file(ONE, OTHER), NAMES).areas
    rows = [
        {"code": "1", "name": "甲县", "rank": "三星级", "said": "三星级"},
        {"code": "2", "name": "乙县", "rank": "", "said": "未填报"},
    ]
    svg = maps.rank_map.__wrapped__(outlines, rows, ["三星级"], {"axis": "评级", "source": "来源"})
    assert all(said in svg for said in ("甲县", "三星级", "未填报", "来源", maps.NO_FIGURE))
