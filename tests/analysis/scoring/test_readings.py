"""Readings of unclear rules are data: word for word the notes of the rulebooks, each with what its alternative does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.other_readings import other_readings
from analysis.scoring.readings import as_read, as_stated, readings_of
from tests.support.rulebook_cases import differences, pairs
from tools.readings import page

BOOKS = ("jining-2023-municipal", "jining-2023-county")
COUNTY = "jining-2023-county"


@pytest.mark.parametrize("name", BOOKS)
def test_the_note_of_a_row_is_its_readings(name):
    held = readings_of(name)
    for row in load_rulebook(name).indicators:
        assert row.note == "".join(f"{one.reads}。" for one in held.of_row(name, row.number)), row.number


def test_the_page_of_readings_is_made_from_them():
    assert (Path(__file__).parents[3] / "docs" / "method" / "readings.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", BOOKS)
def test_an_alternative_with_a_rule_changes_its_own_rows_and_no_other(name):
    book = load_rulebook(name)
    for one in readings_of(name).readings:
        other = as_read(book, "", {one.id})
        changed = {
            row.number
            for row, again in zip(book.indicators, other.indicators, strict=True)
            if replace(row, note="") != replace(again, note="")
        }
        assert changed == (set(one.rows.get(name, ())) if one.instead else set()), one.id
        assert (book.stars != other.stars) is bool(one.instead and one.rows.get(name) == ()), one.id
        assert other.readings != book.readings
        assert other.digest == book.digest


PAIRS = [
    pytest.param(load_rulebook(file.rulebook), pair, id=f"{pair.reading} {pair.row}")
    for file in pairs().values()
    for pair in file.pairs
]


@pytest.mark.parametrize(("book", "pair"), PAIRS)
def test_a_fact_earns_by_each_text_of_a_reading_what_the_document_says(book, pair):
    held = readings_of(book.id)
    row = held.one(pair.reading)
    number = next((item.number for item in book.indicators if item.citation == pair.row), None)
    assert (number in row.rows[book.id]) if number else not row.rows[book.id]
    for side, chosen in ((pair.reads, ()), (pair.alternative, (row.id,))):
        assert not differences(pair.case(side, number), as_read(book, "", chosen)), chosen


def test_every_reading_that_can_be_chosen_has_a_pair_worked_by_hand():
    tried = {pair.reading for file in pairs().values() for pair in file.pairs}
    assert {row.id for row in readings_of(COUNTY).readings if row.may_change} == tried


def test_what_another_reading_would_change_is_told_with_points_total_and_star():
    book = load_rulebook(COUNTY)
    values = {"36": {"deducted_points": 21, "major_incident": False}, "9": {"emr3": 0, "emr4": 1}}
    rows = {row["id"]: row for row in (one.as_dict() for one in other_readings(book, values, Satisfaction(0.8)))}
    assert {row_id for row_id, row in rows.items() if row["changes"]} == {"level-3-up", "void-all"}
    assert (rows["level-3-up"]["total"], rows["level-3-up"]["points"]) == ((None, None), [(9, 1, 0)])
    assert (rows["void-all"]["total"], rows["void-all"]["points"]) == ((None, -20), [])
    values["36"]["deducted_points"] = 4
    rows = {row["id"]: row for row in (one.as_dict() for one in other_readings(book, values, Satisfaction(0.8)))}
    assert rows["level-3-up"]["points"] == [(9, 1, 0)]
    assert (rows["level-3-up"]["total"], rows["level-3-up"]["star"]) == ((-3, -4), ("未达星级", "未达星级"))
    assert {row["how"] for row in rows.values()} == {"rule", "entered", "rulebook"}
    turned = as_read(book, "", {"level-3-up"})
    again = next(one for one in other_readings(turned, values, None) if one.reading.id == "level-3-up")
    assert (again.as_dict()["points"], again.texts[0]) == ([(9, 0, 1)], again.reading.alternative)


def test_a_scorecard_names_its_readings_and_is_made_again_from_what_it_names():
    book = as_read(load_rulebook(COUNTY), "", {"count-or-share"})
    stated = score(book, {}, None).as_dict()["readings"]
    assert stated == {"digest": book.readings, "alternatives": ["count-or-share"]}
    again = as_stated(load_rulebook(COUNTY), stated)
    assert again == book
    assert as_stated(load_rulebook(COUNTY), None) == load_rulebook(COUNTY)
    assert "须同时达到" in book.indicator(3).note
