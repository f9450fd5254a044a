"""What is wrong with an answer, in words that carry the limit and the questionnaire's own options; and the same rules
for the phone (pages/static/checks.js), which checks a page before it is turned."""

from __future__ import annotations

from typing import Any

from questionnaires import Definition, Question
from questionnaires.checks import OTHER_LENGTH
from questionnaires.patterns import in_browser
from survey_app.answering.question_hints import between, between_of
from survey_app.answering.texts import TEXTS

FACTS = {
    "zh": {
        "required_row": "“{row}”还没有回答",
        "exclusive": "“{alone}”不能和其他选项同时选择",
        "too_few": "请至少选 {low} 项",
        "too_many": "最多选 {high} 项",
        "ranking_too_few": "请至少排 {low} 项",
        "ranking_too_many": "最多排 {high} 项",
        "too_short": "请至少写 {shortest} 个字",
        "too_long": "最多写 {longest} 个字，请缩短",
        "out_of_range": "超出了范围（{limits}）",
        "pattern": "格式不对：{hint}",
    },
    "en": {
        "required_row": "“{row}” has no answer yet",
        "exclusive": "“{alone}” cannot be combined with other choices",
        "too_few": "Please choose at least {low}",
        "too_many": "Please choose at most {high}",
        "ranking_too_few": "Please rank at least {low}",
        "ranking_too_many": "Please rank at most {high}",
        "too_short": "Please write at least {shortest} characters",
        "too_long": "Please write at most {longest} characters",
        "out_of_range": "Please enter {limits}",
        "pattern": "Please write it like this: {hint}",
    },
}
_OF_TYPE = {
    "multiple": ("exclusive", "too_few", "too_many"),
    "ranking": ("rank_twice", "rank_gap", "ranking_too_few", "ranking_too_many"),
    "number": ("not_a_number", "not_whole", "out_of_range"),
    "date": ("not_a_date", "out_of_range"),
    "short_text": ("too_short", "too_long", "pattern"),
    "long_text": ("too_short", "too_long"),
}


def refusal(definition: Definition, field: str, key: str, language: str) -> str:
    """The message `key` of the form field `field`, in words. A key that has none stands for itself."""
    name, _, part = field.partition("__")
    question = definition.question(name)
    if question is None:
        return TEXTS[language].get(key, key)
    if part and key == "required":
        return required_rows(question, language)[part]
    if part and field == question.other_field and key == "too_long":
        return FACTS[language]["too_long"].format(longest=OTHER_LENGTH)
    return _said(question, f"ranking_{key}" if question.type == "ranking" else key, language) or _said(
        question, key, language
    )


def required_rows(question: Question, language: str) -> dict[str, str]:
    """Row of a matrix -> what is said where it has no answer."""
    return {row.key: FACTS[language]["required_row"].format(row=row.text[language]) for row in question.rows}


def browser_check(question: Question, language: str) -> dict[str, object]:
    """The question's rules for checks.js, with the words for each; empty where anything can be an answer."""
    names = (*_OF_TYPE.get(question.type, ()), *(("required",) if question.required else ()))
    says: dict[str, str | dict[str, str]] = {
        name.removeprefix("ranking_"): _said(question, name, language) for name in names if _applies(question, name)
    }
    if question.required and question.type == "matrix":
        says["rows"] = required_rows(question, language)
    if not says:
        return {}
    low, high = _limits(question)
    limits = {
        "low": low, "high": high, "alone": sorted(question.exclusive_codes),
        "pattern": in_browser(question.pattern) if question.pattern else "", "shortest": question.min_length,
        "longest": question.max_length if "too_long" in says else None,
    }  # fmt: skip
    return {"type": question.type, "says": says, **{name: limit for name, limit in limits.items() if limit}}


def _applies(question: Question, name: str) -> bool:
    """Whether the rule behind a message is one that this question has."""
    limits = {
        "exclusive": question.exclusive_codes, "too_few": question.min_choices, "too_many": question.max_choices,
        "ranking_too_few": question.min_choices, "not_whole": question.whole,
        "out_of_range": any(limit is not None for limit in _limits(question)),
        "too_short": question.min_length, "pattern": question.pattern,
    }  # fmt: skip
    return bool(limits.get(name, True))


def _limits(question: Question) -> tuple[Any, Any]:
    """The least and the most of an answer, as JSON; a date's limit is a day or 'today'."""
    if question.type not in ("number", "date"):
        return question.min_choices, question.most_ranked if question.type == "ranking" else question.max_choices
    low, high = between_of(question)
    return None if low is None else str(low), None if high is None else str(high)


def _said(question: Question, name: str, language: str) -> str:
    """A message with its facts; without them where the questionnaire has none; empty where there is no such one."""
    if name not in FACTS[language] or (name == "pattern" and question.pattern_hint is None):
        return TEXTS[language].get(name, "" if name.startswith("ranking_") else name)
    low, high = _limits(question)
    mark = "”、“" if language == "zh" else "”, “"
    return FACTS[language][name].format(
        low=low, high=high, limits=between(question, language), shortest=question.min_length,
        longest=question.max_length, hint=question.pattern_hint[language] if question.pattern_hint else "",
        alone=mark.join(choice.text[language] for choice in question.options if choice.exclusive),
    )  # fmt: skip
