"""A sentence travels as key and parameters, and gets its words in the reader's language where it is shown."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal

import pytest

from wording import (
    Message,
    Refusal,
    again,
    halves,
    kept,
    language,
    of_column,
    of_locale,
    reading,
    recognised,
    said_of,
    speak,
    to_column,
)

NO_PERIOD = Message("values.no_period", code="2025")


def test_one_message_has_words_in_both_languages_and_follows_the_reader():
    assert halves(NO_PERIOD) == ("没有周期“2025”", "there is no period '2025'")
    with reading("zh"):
        assert f"{NO_PERIOD}" == "没有周期“2025”"
        with reading("en"):
            assert str(NO_PERIOD) == "there is no period '2025'"


def test_a_message_inside_another_is_put_into_words_with_it():
    said = Message("values.of_metric", name="在线率", said=Refusal("values.expected_number_not", raw="x"))
    assert halves(said) == ("在线率：请填数字，不是“x”", "在线率: expected a number, not 'x'")


def test_a_list_is_joined_as_the_language_joins():
    said = Message("values.of_metric", name=["甲", "乙"], said={"b", "a"})
    assert halves(said) == ("甲、乙：a、b", "甲, 乙: a, b")


def test_a_refusal_holds_lines_or_one_message_and_other_peoples_sentences():
    with reading("en"):
        assert str(Refusal([NO_PERIOD, "disk full"])) == "there is no period '2025'\ndisk full"
        assert str(Refusal("disk full")) == "disk full"
    assert said_of(Refusal("values.no_period", code="2025")) == NO_PERIOD
    assert said_of(OSError("disk full")) == "disk full"


@pytest.mark.parametrize("said", [NO_PERIOD, Message("values.of_metric", name=["甲"], said=NO_PERIOD), "disk full"])
def test_what_is_kept_comes_back_as_it_was(said):
    assert again(json.loads(json.dumps(kept(said)))) == said
    assert of_column(to_column(said)) == said


def test_a_kept_message_whose_words_are_gone_is_read_as_its_text():
    assert again({"key": "values.gone", "params": {}, "text": "as it was"}) == "as it was"
    assert again({"key": "nowhere.gone", "params": {}}) == "nowhere.gone"


def test_a_sentence_of_an_earlier_release_is_recognised():
    assert recognised("there is no period '2025'", ["values"]) == NO_PERIOD
    assert recognised("what nobody said", ["values"]) == "what nobody said"


def test_for_json_a_message_is_key_parameters_and_text():
    assert NO_PERIOD.as_dict("en") == {
        "key": "values.no_period",
        "params": {"code": "2025"},
        "text": "there is no period '2025'",
    }
    assert Message("values.no_period", code=Decimal("0.10")).stored()["params"] == {"code": "0.10"}


def test_messages_and_refusals_travel_between_processes():
    assert pickle.loads(pickle.dumps(NO_PERIOD)) == copy.deepcopy(NO_PERIOD) == NO_PERIOD
    assert pickle.loads(pickle.dumps(Refusal(NO_PERIOD))).said == NO_PERIOD


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"), ({"LANG": "C.UTF-8"}, "en"), ({"LANG": "de_DE.UTF-8"}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"), ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
    ],
)  # fmt: skip
def test_the_process_speaks_its_locale(environment, spoken):
    assert of_locale(environment) == spoken


def test_what_was_said_beforehand_comes_before_the_locale(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert language() == "en"
    speak("zh")
    assert language() == "zh"
    speak(None)
    assert language() == "en"


def test_a_share_in_words_is_cut_and_never_reaches_a_line_that_it_does_not_reach():
    near = Message("notices.corrected_figures", version=2, reason="x", run=1, before=0.59997, after=0.699999)
    assert "run 1 gave 59.99% before, 69.99% is the figure now" in near.text("en")
    exact = Message("terminal.planned_city", margin=0.29, share=0.7)
    assert exact.text("en") == "the city: ±29.00% at 70% satisfied"
    moved = Message(
        "terminal.comparison", this="a", other="b", this_estimate=0.5, other_estimate=0.6, difference=-0.1, se=0.01
    )
    assert "difference -10.00% (se 1.00%)" in moved.text("en")
