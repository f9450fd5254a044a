"""The limits of an answer in words, beside its question on the phone and on paper."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires import Question

WORDS = {
    "zh": {
        "today": "今天",
        "number_between": "{low} 到 {high}",
        "number_at_least": "不小于 {low}",
        "number_at_most": "不大于 {high}",
        "choices_between": "请选 {low} 到 {high} 项",
        "choices_at_least": "请至少选 {low} 项",
        "choices_at_most": "最多选 {high} 项",
        "rank_hint": "请给出名次，1 为最重要，最多排 {} 项",
    },
    "en": {
        "today": "today",
        "number_between": "{low} to {high}",
        "number_at_least": "{low} or more",
        "number_at_most": "{high} or less",
        "choices_between": "Choose {low} to {high}",
        "choices_at_least": "Choose at least {low}",
        "choices_at_most": "Choose up to {high}",
        "rank_hint": "Give each a place, 1 for the most important, up to {} of them",
    },
}


def hint(question: Question, language: str) -> str:
    """The limits of an answer in words, empty where there are none."""
    texts = WORDS[language]
    if question.pattern_hint is not None:
        return question.pattern_hint[language]
    if question.type in ("number", "date"):
        return between(question, language)
    if question.type in ("multiple", "ranking"):
        if question.type == "ranking":
            return texts["rank_hint"].format(question.most_ranked)
        return _between(texts, "choices", question.min_choices, question.max_choices)
    return ""


def between_of(question: Question) -> tuple[object, object]:
    """The least and the most of a number or a date, None where there is none; a date's may be 'today'."""
    if question.type == "number":
        return question.minimum, question.maximum
    return question.earliest, question.latest


def between(question: Question, language: str) -> str:
    """The same in words, empty where there are none."""
    texts = WORDS[language]
    low, high = (texts["today"] if limit == "today" else limit for limit in between_of(question))
    return _between(texts, "number", low, high)


def _between(texts: Mapping[str, str], kind: str, low: object, high: object) -> str:
    if low is None and high is None:
        return ""
    ending = "between" if low is not None and high is not None else "at_least" if high is None else "at_most"
    return texts[f"{kind}_{ending}"].format(low=low, high=high)
