"""WTForms fields built from a definition: one small maker per question type, one form class per language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from questionnaires import Definition, Question
from questionnaires.checks import OTHER_LENGTH
from questionnaires.patterns import digits_only

Choices = list[SelectChoice]


@lru_cache(maxsize=64)
def form_class(definition: Definition, language: str) -> type[Form]:
    """The form of `definition` in `language`, made once; definitions are frozen and compared by value."""
    fields: dict[str, Field] = {}
    for question in definition.questions:
        if question.type in _MAKERS:
            fields.update(_MAKERS[question.type](question, language))
        if question.other_field:
            fields[question.other_field] = StringField(render_kw={"data-longest": OTHER_LENGTH})
    return type("QuestionnaireForm", (Form,), fields)


def bind(definition: Definition, language: str, data: Mapping[str, Sequence[str]], errors: Mapping[str, str]) -> Form:
    """The form holding what was sent, with each error beside its field."""
    # an order of one respondent makes a form of its own, which is not worth keeping
    kind = form_class.__wrapped__(definition, language) if definition.random else form_class(definition, language)
    form = kind(MultiDict([(k, v) for k, values in data.items() for v in values]))
    for name, message in errors.items():
        target = name if name in form else next((f for f in form._fields if f.startswith(f"{name}__")), None)
        if target:
            form[target].errors = [message]
    return form


def _choices(question: Question, language: str) -> Choices:
    return [SelectChoice(choice.code, choice.text[language]) for choice in question.options]


def _radio(question: Question, language: str) -> dict[str, Field]:
    return {
        question.key: RadioField(question.text[language], choices=_choices(question, language), validate_choice=False)
    }


def _multiple(question: Question, language: str) -> dict[str, Field]:
    field = SelectMultipleField(question.text[language], choices=_choices(question, language), validate_choice=False)
    return {question.key: field}


def _dropdown(question: Question, language: str) -> dict[str, Field]:
    choices = [SelectChoice("", "—"), *_choices(question, language)]
    return {question.key: SelectField(question.text[language], choices=choices, validate_choice=False)}


def _recommend(question: Question, language: str) -> dict[str, Field]:
    choices = [SelectChoice(str(number), str(number)) for number in range(11)]
    return {question.key: RadioField(question.text[language], choices=choices, validate_choice=False)}


def _matrix(question: Question, language: str) -> dict[str, Field]:
    choices = _choices(question, language)
    return {
        f"{question.key}__{row.key}": RadioField(row.text[language], choices=choices, validate_choice=False)
        for row in question.rows
    }


def _ranking(question: Question, language: str) -> dict[str, Field]:
    """A rank beside each option: it works by touch, by key and without script alike."""
    ranks = [SelectChoice("", "–"), *(SelectChoice(str(n), str(n)) for n in range(1, question.most_ranked + 1))]
    return {
        f"{question.key}__{choice.code}": SelectField(choice.text[language], choices=ranks, validate_choice=False)
        for choice in question.options
    }


def _number(question: Question, language: str) -> dict[str, Field]:
    mode = "numeric" if question.whole and (question.minimum or 0) >= 0 else "decimal"
    keywords = {"inputmode": mode, "data-number": True}
    return {question.key: StringField(question.text[language], render_kw=keywords)}


def _date(question: Question, language: str) -> dict[str, Field]:
    keywords = {"type": "date"}
    for name, limit in (("min", question.earliest), ("max", question.latest)):
        if limit is not None and limit != "today":
            keywords[name] = str(limit)
    return {question.key: StringField(question.text[language], render_kw=keywords)}


def _short_text(question: Question, language: str) -> dict[str, Field]:
    keywords: dict[str, str | int] = {"data-longest": question.max_length}
    if question.pattern and digits_only(question.pattern):
        keywords["inputmode"] = "numeric"
    return {question.key: StringField(question.text[language], render_kw=keywords)}


def _long_text(question: Question, language: str) -> dict[str, Field]:
    return {
        question.key: TextAreaField(question.text[language], render_kw={"data-longest": question.max_length, "rows": 4})
    }


_MAKERS: dict[str, Callable[[Question, str], dict[str, Field]]] = {
    "single": _radio,
    "scale": _radio,
    "multiple": _multiple,
    "dropdown": _dropdown,
    "recommend": _recommend,
    "matrix": _matrix,
    "ranking": _ranking,
    "number": _number,
    "date": _date,
    "short_text": _short_text,
    "long_text": _long_text,
}
