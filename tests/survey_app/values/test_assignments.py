"""Who answers for an indicator: the document's departments for the city, each county's own choice."""

from __future__ import annotations

import pytest

from survey_app.ground import audit
from survey_app.models import Area, db
from survey_app.people.accounts import create_account
from survey_app.values import programmes
from survey_app.values.assignments import (
    AssignmentError,
    Choice,
    assign,
    coordinators,
    leads,
    names_of,
    responsible,
    suggestions,
)
from tests.support.city import small_city
from tests.support.programmes import invented

CITY, COUNTY = "jining-2023-municipal", "jining-2023-county"


@pytest.fixture
def areas(sqlite_app) -> dict[str, Area]:
    small_city()
    return {area.name: area for area in db.session.query(Area)}


def choice(indicator: str, *names: str, shared: bool = False, version: int = 0, supporting: tuple = ()) -> Choice:
    return Choice(indicator, names, supporting, shared, version)


def test_the_city_has_the_leads_of_the_document_and_44_and_45_have_no_single_one(areas):
    assert leads(areas["某市"], CITY, 3) == ("市大数据中心", "市行政审批服务局")
    assert leads(areas["某市"], CITY, "44") == leads(areas["某市"], CITY, "45") == ()
    who = responsible(areas["某市"], CITY)
    assert who["44"].shared
    assert who["45"].shared
    assert who["44"].assigned


def test_a_county_has_no_leads_until_it_names_them_and_its_zones_follow_it(areas):
    county = areas["甲县"]
    assert leads(county, COUNTY, 1) == ()
    assert not responsible(county, COUNTY)["1"].assigned
    assert assign(county, COUNTY, [choice("1", "行政审批局", supporting=("大数据局",))]) == 1
    db.session.commit()
    assert leads(county, COUNTY, 1) == leads(areas["甲县新区"], COUNTY, "1") == ("行政审批局",)
    assert responsible(county, COUNTY)["1"].departments == ("行政审批局", "大数据局")
    assert leads(areas["乙县"], COUNTY, 1) == ()
    entry = audit.newest(1)[0]
    assert entry.action == "assignment.change"
    assert entry.after["1"]["leads"] == ["行政审批局"]


def test_a_county_has_the_leads_its_rulebook_names_until_it_chooses_others(areas):
    programmes.add(invented())
    book = "shili-2030-county"
    assert leads(areas["甲县"], book, 1) == ("江城园林局",)
    assert assign(areas["甲县"], book, [choice("1", "江城园林局")]) == 0, "the document's own is no choice"
    assert assign(areas["甲县"], book, [choice("1", "甲县园林所")]) == 1
    assert leads(areas["甲县"], book, 1) == ("甲县园林所",)
    assert leads(areas["乙县"], book, 1) == ("江城园林局",)


def test_a_change_that_was_not_seen_is_not_overwritten(areas):
    county = areas["甲县"]
    assign(county, COUNTY, [choice("1", "行政审批局")])
    db.session.commit()
    with pytest.raises(AssignmentError, match="somebody has changed it"):
        assign(county, COUNTY, [choice("1", "教育局"), choice("2", "教育局")])
    db.session.rollback()
    assert leads(county, COUNTY, 1) == ("行政审批局",)
    assert leads(county, COUNTY, 2) == ()
    assert assign(county, COUNTY, [choice("1", "教育局", version=1)]) == 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (choice("38", "统计局"), "needs no lead"),
        (choice("99", "统计局"), "no such indicator"),
        (choice("1", "统计局", shared=True), "name no lead"),
        (choice("1", supporting=("统计局",)), "need a lead"),
        (choice("1", "统计局", supporting=("统计局",)), "both lead and support"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused_in_words(sqlite_app, wanted, said):
    small_city()
    with pytest.raises(AssignmentError, match=said):
        assign(db.session.query(Area).filter_by(name="甲县").one(), COUNTY, [wanted])


def test_the_city_cannot_reassign_what_the_document_assigns(sqlite_app):
    survey = small_city()
    with pytest.raises(AssignmentError, match="those of the document"):
        assign(survey.city, CITY, [choice("1", "市教育局")])


def test_unassigned_work_goes_to_the_countys_coordinators_else_to_the_citys(areas):
    create_account("citymanager", "manager")
    assert coordinators(areas["甲县"]) == ["citymanager"]
    create_account("jia", "manager", "甲县")
    assert coordinators(areas["甲县"]) == coordinators(areas["甲县新区"]) == ["jia"]
    assert coordinators(areas["某市"]) == ["citymanager"]


def test_suggestions_come_from_the_municipal_indicator_of_the_same_name_and_are_not_applied(areas):
    offered = suggestions(COUNTY)
    assert offered["1"] == ("行政审批服务局",)
    assert offered["37"] == ()
    assert leads(areas["甲县"], COUNTY, 1) == ()


def test_departments_are_read_as_people_list_them():
    assert names_of(" 教育局、公安局，教育局; 体育局\n") == ("教育局", "公安局", "体育局")
