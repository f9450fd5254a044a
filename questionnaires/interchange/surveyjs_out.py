"""A definition as SurveyJS JSON, for the types both have."""

from __future__ import annotations

from definitions.plain import Document
from questionnaires.definition import Choice, Definition, Question, Section, Text
from questionnaires.interchange.conditions_out import surveyjs
from questionnaires.interchange.losses import OWN_TYPE, Carried, Loss, always_lost
from questionnaires.logic import Rule
from wording import Message


def to_surveyjs(definition: Definition) -> Carried:
    """The JSON as plain data, and what SurveyJS has no place for."""
    losses = list(always_lost(definition))
    pages: list[tuple[str, list[Document]]] = []
    for number, section in enumerate(definition.sections, 1):
        panel = _panel(definition, number, section, losses)
        if not pages or section.page:
            pages.append((f"page_{number}", []))
        pages[-1][1].append(panel)
    pages[0][1].insert(0, {"type": "html", "name": "consent", "html": _text(definition.consent.text)})
    result = {
        "title": _text(definition.title),
        "locale": "zh-cn",
        "showQuestionNumbers": "off",
        "pages": [{"name": name, "elements": elements} for name, elements in pages],
    }
    return Carried(result, tuple(losses))


def _panel(definition: Definition, number: int, section: Section, losses: list[Loss]) -> Document:
    panel: Document = {"type": "panel", "name": f"section_{number}", "title": _text(section.title)}
    elements = [_element(definition, question, losses) for question in section.questions]
    return panel | _visible(definition, section.rule) | {"elements": elements}


def _element(definition: Definition, question: Question, losses: list[Loss]) -> Document:
    element: Document = {"type": _TYPES.get(question.type, "text"), "name": question.key}
    if question.type not in _TYPES:
        losses.append(Loss(question.key, OWN_TYPE))
    if question.type == "statement":
        words = {language: f"{question.text[language]}" for language in ("zh", "en")}
        element["html"] = {"default": words["zh"], "en": words["en"]}
    else:
        element["title"] = _text(question.text)
    if question.help is not None and question.type == "statement":
        losses.append(Loss(question.key, Message("questionnaires.help_below_statement")))
    elif question.help is not None:
        element["description"] = _text(question.help)
    if question.required:
        element["isRequired"] = True
    return element | _visible(definition, question.rule) | _details(definition, question)


def _details(definition: Definition, question: Question) -> Document:
    choices = [_choice(definition, choice) for choice in question.options if not choice.other]
    other = next((choice for choice in question.options if choice.other), None)
    match question.type:
        case "single" | "multiple" | "dropdown" | "ranking":
            found: Document = {"choices": choices}
            if other is not None:
                found |= {"showOtherItem": True, "otherText": _text(other.text), "minyiOtherCode": other.code}
            if question.random_options:
                found["choicesOrder"] = "random"
            if question.type == "multiple":
                found |= _counts(question, "minSelectedChoices", "maxSelectedChoices")
            if question.type == "ranking":
                found |= {"selectToRankEnabled": True, **_counts(question, "minSelectedChoices", "maxSelectedChoices")}
            return found
        case "scale":
            return {
                "rateValues": _scale(question),
                "autoGenerate": False,
                **({"rateType": "smileys"} if question.faces else {}),
            }
        case "recommend":
            return {"rateMin": 0, "rateMax": 10}
        case "matrix":
            rows = [{"value": r.key, "text": _text(r.text), **_visible(definition, r.rule)} for r in question.rows]
            return {
                "columns": _scale(question),
                "rows": rows,
                **({"rowOrder": "random"} if question.random_rows else {}),
            }
        case "number":
            limits = {"min": question.minimum, "max": question.maximum}
            kept = {name: int(v) if v == int(v) else float(v) for name, v in limits.items() if v is not None}
            return {"inputType": "number", **kept, **({"step": 1} if question.whole else {})}
        case "date":
            days = (("min", question.earliest), ("max", question.latest))
            limits_of = {name: "=today()" if day == "today" else str(day) for name, day in days if day is not None}
            return {"inputType": "date", **limits_of}
        case "short_text" | "long_text":
            return _written(question)
        case _:
            return {}


def _scale(question: Question) -> list[Document]:
    return [{"value": int(choice.code), "text": _text(choice.text)} for choice in question.options]


def _written(question: Question) -> Document:
    validators: list[Document] = []
    if question.min_length:
        validators.append({"type": "text", "minLength": question.min_length})
    if question.pattern:
        hint = {"text": _text(question.pattern_hint)} if question.pattern_hint else {}
        validators.append({"type": "regex", "regex": f"^(?:{question.pattern})$", **hint})
    return {"maxLength": question.max_length, **({"validators": validators} if validators else {})}


def _counts(question: Question, low: str, high: str) -> Document:
    found = {low: question.min_choices, high: question.max_choices}
    return {name: value for name, value in found.items() if value is not None}


def _choice(definition: Definition, choice: Choice) -> Document:
    exclusive = {"isExclusive": True} if choice.exclusive else {}
    return {"value": choice.code, "text": _text(choice.text), **exclusive, **_visible(definition, choice.rule)}


def _visible(definition: Definition, rule: Rule | None) -> Document:
    return {"visibleIf": surveyjs(rule, definition)} if rule is not None else {}


def _text(text: Text) -> Document:
    """SurveyJS fills {name} in texts as Minyi does."""
    return {"default": text.zh, "zh-cn": text.zh, "en": text.en}


_TYPES = {
    "single": "radiogroup", "multiple": "checkbox", "scale": "rating", "matrix": "matrix", "recommend": "rating",
    "dropdown": "dropdown", "number": "text", "short_text": "text", "long_text": "comment", "date": "text",
    "ranking": "ranking", "statement": "html",
}  # fmt: skip
