"""SurveyJS JSON as a definition, for the types both have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from questionnaires.interchange.expressions import UnreadableError, read
from questionnaires.interchange.losses import Carried, InterchangeError, Loss
from questionnaires.interchange.skeleton import (
    PlainOption,
    PlainQuestion,
    PlainRow,
    PlainSection,
    Shown,
    Words,
    definition_of,
    text,
)
from questionnaires.logic import as_source
from wording import Message

Given: TypeAlias = Mapping[str, Any]  # JSON from outside, of any shape
COMMON = {"type", "name", "title", "description", "isRequired", "visibleIf", "html"}
KNOWN = {  # element type -> the properties that are read
    "radiogroup": {"choices", "choicesOrder", "showOtherItem", "otherText", "minyiOtherCode"},
    "dropdown": {"choices", "choicesOrder", "showOtherItem", "otherText", "minyiOtherCode"},
    "checkbox": {"choices", "choicesOrder", "showOtherItem", "otherText", "minyiOtherCode", "minSelectedChoices",
                 "maxSelectedChoices", "showNoneItem", "noneText"},
    "ranking": {"choices", "choicesOrder", "selectToRankEnabled", "minSelectedChoices", "maxSelectedChoices"},
    "rating": {"rateValues", "rateMin", "rateMax", "rateType", "autoGenerate", "rateCount"},
    "matrix": {"columns", "rows", "rowOrder"}, "text": {"inputType", "min", "max", "step", "maxLength", "validators"},
    "comment": {"maxLength", "validators"}, "html": set(),
}  # fmt: skip


def from_surveyjs(data: Any) -> Carried:
    """Plain data of a definition, and what the JSON says and the definition does not. Raises InterchangeError."""
    if not isinstance(data, dict) or not isinstance(data.get("pages", data.get("elements")), list):
        raise InterchangeError("questionnaires.no_surveyjs_survey_neither")
    reader = _Reader()
    pages = data.get("pages") or [{"elements": data["elements"]}]
    sections = [section for place, page in enumerate(pages) for section in reader.page(page, place)]
    reader.others("survey", data, {"title", "pages", "elements", "locale", "showQuestionNumbers"})
    if not sections:
        raise InterchangeError("questionnaires.no_question_minyi_can")
    title = reader.words(data.get("title", ""), "survey")
    return Carried(definition_of(title["en"], "1", title, sections, reader.consent), tuple(reader.losses))


class _Reader:
    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.consent: Words | None = None

    def page(self, page: Given, place: int) -> list[PlainSection]:
        """Panels become sections; what stands outside of them, one section for each run of questions."""
        found: list[PlainSection] = []
        loose = False  # whether the last section is of what stands outside of panels
        self.others(page.get("name", "page"), page, {"name", "title", "elements", "visibleIf"})
        for element in page.get("elements", []):
            if element.get("type") == "panel":
                self.others(element.get("name", "panel"), element, {"type", "name", "title", "elements", "visibleIf"})
                title = self.words(element.get("title", ""), element.get("name", ""))
                section: PlainSection = {"title": title, "questions": []}
                self.condition(section, element)
                for inner in element.get("elements", []):
                    self.add(section, inner)
                found.append(section)
                loose = False
                continue
            if not loose:
                found.append({"title": self.words(page.get("title", ""), ""), "questions": []})
                loose = True
            self.add(found[-1], element)
        kept = [section for section in found if section["questions"]]
        for section in kept:
            if page.get("visibleIf") and "show_if" not in section:
                self.condition(section, page)
        if kept and place:
            kept[0]["page"] = True
        return kept

    def add(self, section: PlainSection, element: Given) -> None:
        kind, name = str(element.get("type")), str(element.get("name"))
        if kind == "html" and name == "consent":
            self.consent = self.words(element.get("html", ""), name)
            return
        if kind not in KNOWN:
            self.losses.append(Loss(name, Message("questionnaires.question_type", kind=kind)))
            return
        said = self.words(element.get("html" if kind == "html" else "title", name), name)
        question: PlainQuestion = {"key": name, "type": _type(element), "text": said}
        if element.get("description"):
            question["help"] = self.words(element["description"], name)
        if element.get("isRequired"):
            question["required"] = True
        self.condition(question, element)
        self.details(question, element)
        self.others(name, element, COMMON | KNOWN[kind])
        section["questions"].append(question)

    def details(self, question: PlainQuestion, element: Given) -> None:
        kind, name = question["type"], question["key"]
        if kind in ("single", "multiple", "dropdown", "ranking"):
            question["options"] = self.choices(element, name)
            if element.get("choicesOrder") == "random":
                question["random_options"] = True
            if least := element.get("minSelectedChoices"):
                question["min_choices"] = least
            if most := element.get("maxSelectedChoices"):
                question["max_choices"] = most
        elif kind == "scale":
            values = element.get("rateValues") or range(element.get("rateMin", 1), element.get("rateMax", 5) + 1)
            question["options"] = [self.option(value, name) for value in values]
            if element.get("rateType") == "smileys":
                question["faces"] = True
        elif kind == "matrix":
            question["options"] = [self.option(value, name) for value in element.get("columns", [])]
            question["rows"] = [self.row(value, name) for value in element.get("rows", [])]
            if element.get("rowOrder") == "random":
                question["random_rows"] = True
        elif kind == "number":
            if element.get("min") is not None:
                question["minimum"] = element["min"]
            if element.get("max") is not None:
                question["maximum"] = element["max"]
            if element.get("step") == 1:
                question["whole"] = True
        elif kind == "date":
            if first := element.get("min"):
                question["earliest"] = _day(first)
            if last := element.get("max"):
                question["latest"] = _day(last)
        elif kind in ("short_text", "long_text"):
            self.written(question, element)

    def written(self, question: PlainQuestion, element: Given) -> None:
        if element.get("maxLength"):
            question["max_length"] = element["maxLength"]
        for check in element.get("validators", []):
            if check.get("type") == "text" and check.get("minLength"):
                question["min_length"] = check["minLength"]
            elif check.get("type") == "regex" and question["type"] == "short_text":
                question["pattern"] = str(check["regex"]).removeprefix("^(?:").removesuffix(")$")
                if check.get("text"):
                    question["pattern_hint"] = self.words(check["text"], question["key"])
            else:
                self.losses.append(Loss(question["key"], Message("questionnaires.validator", kind=check.get("type"))))

    def choices(self, element: Given, name: str) -> list[PlainOption]:
        found = [self.option(value, name) for value in element.get("choices", [])]
        if element.get("showNoneItem"):
            said = self.words(element.get("noneText", {"default": "以上都没有", "en": "None"}), name)
            found.append({"code": "none", "text": said, "exclusive": True})
        if element.get("showOtherItem"):
            said = self.words(element.get("otherText", {"default": "其他", "en": "Other"}), name)
            found.append({"code": str(element.get("minyiOtherCode", "other")), "text": said, "other": True})
        return found

    def option(self, value: Any, name: str) -> PlainOption:
        """A choice as a bare value, or as {value, text}."""
        item = value if isinstance(value, dict) else {"value": value}
        option: PlainOption = {
            "code": str(item.get("value")),
            "text": self.words(item.get("text", str(item.get("value"))), name),
        }
        if item.get("isExclusive"):
            option["exclusive"] = True
        self.condition(option, item)
        return option

    def row(self, value: Any, name: str) -> PlainRow:
        option = self.option(value, name)
        row: PlainRow = {"key": option["code"], "text": option["text"]}
        if "show_if" in option:
            row["show_if"] = option["show_if"]
        return row

    def condition(self, part: Shown, element: Given) -> None:
        source = str(element.get("visibleIf") or "").strip()
        if not source:
            return
        try:
            part["show_if"] = as_source(read(source))
        except UnreadableError:
            place = str(element.get("name", element.get("value", "")))
            self.losses.append(Loss(place, Message("questionnaires.condition_now_always_shown", source=source)))

    def words(self, said: Any, name: str) -> Words:
        if isinstance(said, dict):
            zh = said.get("zh-cn") or said.get("zh") or said.get("default", "")
            en = said.get("en") or said.get("default", "")
            return text(str(zh), str(en))
        if said and name and any(c.isalpha() for c in str(said)):
            self.losses.append(Loss(name, Message("questionnaires.second_language_same_words")))
        return text(str(said or "问题"), str(said or "Questions"))

    def others(self, name: str, element: Given, known: set[str]) -> None:
        for key in sorted(element.keys() - known):
            self.losses.append(Loss(name, Message("questionnaires.property", key=key)))


def _day(given: str) -> str:
    return "today" if given == "=today()" else given


def _type(element: Given) -> str:
    kind = str(element["type"])
    if kind == "rating":
        ten = (element.get("rateMin"), element.get("rateMax")) == (0, 10) and not element.get("rateValues")
        return "recommend" if ten else "scale"
    if kind == "text":
        return {"number": "number", "date": "date"}.get(str(element.get("inputType")), "short_text")
    return {
        "radiogroup": "single", "checkbox": "multiple", "dropdown": "dropdown", "ranking": "ranking",
        "matrix": "matrix", "comment": "long_text", "html": "statement",
    }[kind]  # fmt: skip
