"""SurveyJS JSON as a definition, for the types both have."""

from __future__ import annotations

from typing import Any, TypeAlias

from definitions.plain import Unchecked
from questionnaires.interchange.assembling import Assembly
from questionnaires.interchange.losses import Carried, InterchangeError
from questionnaires.interchange.skeleton import PlainOption, PlainQuestion, PlainRow, Words, text
from questionnaires.interchange.xlsform_rows import by_its_signs, language_of
from wording import Message

Given: TypeAlias = Unchecked  # JSON from outside, of any shape
COMMON = {"type", "name", "title", "description", "isRequired", "visibleIf", "html", "startWithNewLine", "valueName"}
CHOOSING = {"choices", "choicesOrder", "showOtherItem", "hasOther", "otherText", "minyiOtherCode", "showNoneItem", "hasNone",
            "noneText", "colCount", "valueTrue", "valueFalse", "labelTrue", "labelFalse"}  # fmt: skip
COUNTED = {"minSelectedChoices", "maxSelectedChoices", "validators"}
KNOWN = {  # element type -> the properties that are read
    "radiogroup": CHOOSING, "dropdown": CHOOSING | {"placeholder"}, "boolean": CHOOSING, "checkbox": CHOOSING | COUNTED, "tagbox": CHOOSING | COUNTED,
    "ranking": {"choices", "choicesOrder", "selectToRankEnabled", *COUNTED},
    "rating": {"rateValues", "rateMin", "rateMax", "rateStep", "rateType", "autoGenerate", "rateCount"},
    "matrix": {"columns", "rows", "rowOrder"}, "text": {"inputType", "min", "max", "step", "maxLength", "validators"},
    "comment": {"maxLength", "validators", "rows"}, "html": set(),
}  # fmt: skip
TYPES = {
    "radiogroup": "single", "boolean": "single", "checkbox": "multiple", "tagbox": "multiple", "dropdown": "dropdown",
    "ranking": "ranking", "matrix": "matrix", "comment": "long_text", "html": "statement",
}  # fmt: skip
GROUPED = {"type", "name", "title", "elements", "visibleIf"}


def from_surveyjs(data: Any) -> Carried:
    """Plain data of a definition, and what the JSON says and the definition does not. Raises InterchangeError."""
    if not isinstance(data, dict) or not isinstance(data.get("pages", data.get("elements")), list):
        raise InterchangeError("questionnaires.no_surveyjs_survey_neither")
    reader = _Reader(language_of(str(data.get("locale") or "en")))
    reader.others("survey", data, {"title", "pages", "elements", "locale", "showQuestionNumbers"})
    pages = _listed(data, "pages", "survey") or [{"elements": data.get("elements")}]
    for number, page in enumerate(pages):
        reader.group(page, f"pages[{number}]", new_page=number > 0)
    title = reader.words(data.get("title", ""), "title")
    return reader.form.whole(title["en"], "1", title)


class _Reader:
    def __init__(self, default: str) -> None:
        self.form = Assembly("surveyjs")
        self.default = default

    def group(self, group: Given, where: str, new_page: bool = False) -> None:
        """A page or a panel with what is in it."""
        name = str(group.get("name", where))
        self.others(name, group, GROUPED)
        title = self.words(group["title"], name) if group.get("title") else None
        with self.form.group(name, title, str(group.get("visibleIf") or ""), new_page):
            for number, element in enumerate(_listed(group, "elements", name)):
                place = f"{where}.elements[{number}]"
                if element.get("type") == "panel":
                    self.group(element, place)
                else:
                    self.question(element, place)

    def question(self, element: Given, where: str) -> None:
        kind, name = str(element.get("type")), str(element.get("name") or where)
        if kind == "html" and name == "consent":
            self.form.consent = self.words(element.get("html", ""), name)
            return
        if element.get("visible") is False and not element.get("visibleIf"):
            self.form.lost(name, Message("questionnaires.never_shown"))
            return
        if kind not in KNOWN:
            self.form.lost(name, Message("questionnaires.question_type", kind=kind))
            return
        said = self.words(element.get("html" if kind == "html" else "title") or name, name)
        question: PlainQuestion = {"key": "", "type": _type(element), "text": said}
        if element.get("description"):
            question["help"] = self.words(element["description"], name)
        if element.get("isRequired") and kind != "html":
            question["required"] = True
        self.details(question, element, name)
        self.others(name, element, COMMON | KNOWN[kind])
        self.form.ask(name, where, question, str(element.get("visibleIf") or ""), rows_named="{name}.{row}")
        if element.get("valueName"):
            self.form.means(str(element["valueName"]), name)

    def details(self, question: PlainQuestion, element: Given, name: str) -> None:
        kind = question["type"]
        if kind in ("single", "multiple", "dropdown", "ranking"):
            question["options"] = self.choices(element, name)
            if element.get("choicesOrder") == "random":
                question["random_options"] = True
            if least := element.get("minSelectedChoices"):
                question["min_choices"] = least
            if most := element.get("maxSelectedChoices"):
                question["max_choices"] = most
        elif kind == "scale":
            question["options"] = [self.option(value, name) for value in _rates(element)]
            if element.get("rateType") == "smileys":
                question["faces"] = True
            if not element.get("rateValues") and any(option["code"] == "0" for option in question["options"]):
                question["type"] = "single"  # 0 of a scale says 'not used'
                question.pop("faces", None)
        elif kind == "matrix":
            question["options"] = [self.option(value, name) for value in _listed(element, "columns", name, plain=True)]
            question["rows"] = [self.row(value, name) for value in _listed(element, "rows", name, plain=True)]
            if element.get("rowOrder") == "random":
                question["random_rows"] = True
        elif kind in ("number", "date"):
            self.limits(question, element)
        self.validators(question, element, name)

    def limits(self, question: PlainQuestion, element: Given) -> None:
        low, high = element.get("min"), element.get("max")
        if question["type"] == "number":
            if isinstance(low, int | float):
                question["minimum"] = low
            if isinstance(high, int | float):
                question["maximum"] = high
            if element.get("step") == 1:
                question["whole"] = True
            return
        if low:
            question["earliest"] = _day(str(low))
        if high:
            question["latest"] = _day(str(high))

    def validators(self, question: PlainQuestion, element: Given, name: str) -> None:
        kind = question["type"]
        if element.get("maxLength") and isinstance(element["maxLength"], int) and element["maxLength"] > 0:
            question["max_length"] = element["maxLength"]
        for check in _listed(element, "validators", name):
            rule = check.get("type")
            if (
                rule == "text"
                and kind in ("short_text", "long_text")
                and (check.get("minLength") or check.get("maxLength"))
            ):
                if check.get("minLength"):
                    question["min_length"] = check["minLength"]
                if check.get("maxLength"):
                    question["max_length"] = check["maxLength"]
            elif rule == "numeric" and kind == "number":
                if check.get("minValue") is not None:
                    question["minimum"] = check["minValue"]
                if check.get("maxValue") is not None:
                    question["maximum"] = check["maxValue"]
            elif rule == "answercount" and kind in ("multiple", "ranking"):
                if check.get("minCount"):
                    question["min_choices"] = check["minCount"]
                if check.get("maxCount"):
                    question["max_choices"] = check["maxCount"]
            elif rule == "regex" and kind == "short_text":
                question["pattern"] = str(check.get("regex", "")).removeprefix("^(?:").removesuffix(")$")
                if check.get("text"):
                    question["pattern_hint"] = self.words(check["text"], name)
            else:
                self.form.lost(name, Message("questionnaires.validator", kind=rule))
        if element.get("type") == "text" and element.get("inputType", "text") not in ("text", "number", "date"):
            self.form.lost(name, Message("questionnaires.property", key=f"inputType: {element['inputType']}"))

    def choices(self, element: Given, name: str) -> list[PlainOption]:
        if element.get("type") == "boolean":
            yes = self.words(element.get("labelTrue", {"zh-cn": "是", "en": "Yes"}), name)
            no = self.words(element.get("labelFalse", {"zh-cn": "否", "en": "No"}), name)
            return [
                {"code": _code(element.get("valueTrue", True), name), "text": yes},
                {"code": _code(element.get("valueFalse", False), name), "text": no},
            ]
        found = [self.option(value, name) for value in _listed(element, "choices", name, plain=True)]
        if element.get("showNoneItem") or element.get("hasNone"):
            said = self.words(element.get("noneText", {"zh-cn": "以上都没有", "en": "None"}), name)
            none: PlainOption = {"code": "none", "text": said}
            if _type(element) == "multiple":
                none["exclusive"] = True
            found.append(none)
        if element.get("showOtherItem") or element.get("hasOther"):
            said = self.words(element.get("otherText", {"zh-cn": "其他", "en": "Other"}), name)
            found.append({"code": str(element.get("minyiOtherCode", "other")), "text": said, "other": True})
        return found

    def option(self, value: Any, name: str) -> PlainOption:
        """A choice as a bare value, as 'value|words', or as {value, text}."""
        if isinstance(value, str) and "|" in value:
            code, words = value.split("|", 1)
            value = {"value": code, "text": words}
        item = value if isinstance(value, dict) else {"value": value}
        code = _code(item.get("value"), name)
        option: PlainOption = {"code": code, "text": self.words(item.get("text") or code, f"{name}.{code}")}
        if item.get("isExclusive"):
            option["exclusive"] = True
        self.form.condition(option, f"{name}.{code}", str(item.get("visibleIf") or ""))
        return option

    def row(self, value: Any, name: str) -> PlainRow:
        option = self.option(value, name)
        row: PlainRow = {"key": option["code"], "text": option["text"]}
        if "show_if" in option:
            row["show_if"] = option["show_if"]
        return row

    def words(self, said: Any, name: str) -> Words:
        """Both languages of a text or of {language: text}, where 'default' is the survey's own."""
        if not isinstance(said, dict | str | int | float | None):
            raise InterchangeError("questionnaires.words_expected", place=name)
        if not isinstance(said, dict):
            return self.form.words(name, *by_its_signs(str(said))) if said else text("", "")
        found = {language_of(str(language)): str(words) for language, words in said.items() if words}
        zh, en = found.get("zh") or found.get("zh-hant", ""), found.get("en", "")
        plain = found.get("default", "")
        if plain and self.default in ("zh", "en"):
            own_zh, own_en = by_its_signs(plain)
            zh, en = zh or own_zh, en or own_en
        if not zh and not en:
            zh, en = by_its_signs(next(iter(found.values()), ""))
            self.form.lost(name, Message("questionnaires.language", language=next(iter(found), "")))
        return self.form.words(name, zh, en)

    def others(self, name: str, element: Given, known: set[str]) -> None:
        for key in sorted(element.keys() - known):
            self.form.lost(name, Message("questionnaires.property", key=key))


def _listed(element: Given, key: str, name: str, plain: bool = False) -> list[Any]:
    """The list under a key, of objects unless plain values stand in it too. Raises InterchangeError."""
    found = element.get(key) or []
    if not isinstance(found, list) or not (plain or all(isinstance(each, dict) for each in found)):
        raise InterchangeError("questionnaires.list_expected", place=name, key=key)
    return found


def _rates(element: Given) -> list[Any]:
    if values := _listed(element, "rateValues", str(element.get("name")), plain=True):
        return values
    first, step, count = (
        _whole(element, key, usual) for key, usual in (("rateMin", 1), ("rateStep", 1), ("rateCount", 0))
    )
    step = step or 1
    last = first + (count - 1) * step if count else _whole(element, "rateMax", 5)
    return list(range(first, min(last, first + 100 * step) + 1, step))


def _whole(element: Given, key: str, usual: int) -> int:
    """A whole number under a key, also where it is written as text. Raises InterchangeError."""
    given = element.get(key)
    try:
        whole = usual if given is None else int(given)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or (isinstance(given, float) and given != whole):
        raise InterchangeError("questionnaires.whole_expected", place=str(element.get("name")), key=key)
    return whole


def _code(value: Any, place: str) -> str:
    """Raises InterchangeError for what is no plain value."""
    if not isinstance(value, str | int | float):
        raise InterchangeError("questionnaires.option_without_value", place=place)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(given: str) -> str:
    return "today" if given == "=today()" else given[:10]


def _type(element: Given) -> str:
    kind = str(element["type"])
    if kind == "rating":
        ten = (element.get("rateMin"), element.get("rateMax")) == (0, 10) and not element.get("rateValues")
        return "recommend" if ten else "scale"
    if kind == "text":
        return {"number": "number", "date": "date"}.get(str(element.get("inputType")), "short_text")
    return TYPES[kind]
