"""Readings of unclear rules are data: word for word the notes of the rulebooks, each with what its alternative does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.scoring import Satisfaction, load_rulebook, score
from analysis.scoring.readings import as_read, as_stated, readings_of
from tools.readings import page

BOOKS = ("jining-2023-municipal", "jining-2023-county")
COUNTY = "jining-2023-county"


@pytest.mark.parametrize("name", BOOKS)
def test_the_readings_of_a_row_are_its_note_word_for_word(name):
    held = readings_of(name)
    for row in load_rulebook(name).indicators:
        together = "".join(one.reads for one in held.of_row(name, row.number))
        assert re.sub("[;。]", "", together) == re.sub("[;。]", "", row.note), row.number


def test_the_page_of_readings_is_made_from_them():
    assert (Path(__file__).parents[3] / "docs" / "method" / "readings.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", BOOKS)
def test_an_alternative_with_a_rule_changes_its_own_rows_and_no_other(name):
    book = load_rulebook(name)
    for one in readings_of(name).readings:
        other = as_read(book, "", {one.id})
        changed = {
            row.number for row, again in zip(book.indicators, other.indicators, strict=True) if row.tiers != again.tiers
        }
        assert changed == (set(one.rows.get(name, ())) if one.instead else set()), one.id
        assert other.readings != book.readings
        assert other.digest == book.digest


def points(book, number, values) -> float:
    card = score(book, {str(number): values}, Satisfaction(0.75)).as_dict()
    return next(row["points"] for row in card["indicators"] if row["number"] == number)


@pytest.mark.parametrize(
    ("reading", "number", "values", "shipped", "alternative"),
    [
        ("count-or-share", 3, {"exempt_count": 200, "exempt_share": 0.1}, 2, 0),
        ("cycle-below", 30, {"map500": True, "cycle": 1}, 0.5, 1.5),
        ("level-3-up", 9, {"emr3": 0, "emr4": 1}, 1, 0),
        ("finer-than", 31, {"model": True, "resolution": 0.05, "logical": True, "cycle": 1}, 0.5, 0),
        ("central-counts", 23, {"stations": 20, "provincial": 0, "central": 1}, 2, 1),
    ],
)
def test_the_alternative_gives_other_points(reading, number, values, shipped, alternative):
    book = load_rulebook(COUNTY)
    found = (points(book, number, values), points(as_read(book, "", {reading}), number, values))
    assert found == (shipped, alternative)


def test_a_scorecard_names_its_readings_and_is_made_again_from_what_it_names():
    book = as_read(load_rulebook(COUNTY), "", {"count-or-share"})
    stated = score(book, {}, None).as_dict()["readings"]
    assert stated == {"digest": book.readings, "alternatives": ["count-or-share"]}
    again = as_stated(load_rulebook(COUNTY), stated)
    assert again == book
    assert as_stated(load_rulebook(COUNTY), None) == load_rulebook(COUNTY)
    assert "须同时达到" in book.indicator(3).note
