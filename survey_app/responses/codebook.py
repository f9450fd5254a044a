"""The codebook of a questionnaire's data files: an HTML page to read, DDI-Codebook 2.5 for archives."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from questionnaires import Definition
from questionnaires.logic import Rule
from survey_app.responses.variables import Variable, missing_words, variables

DDI = "ddi:codebook:2_5"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
LANGUAGES = ("zh", "en")
HEADS = ("变量 Variable", "内容", "Content", "编码 Codes", "何时提问 Asked")
STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans CJK SC',sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2733}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #cfd6dd;padding:.35rem .6rem;text-align:left;"
    "vertical-align:top}thead th{background:#e3f0f8}code{overflow-wrap:anywhere}@media print{thead{display:table-header-group}}"
)


Pair = tuple[Variable, Variable]  # a column with its words in Chinese and in English


def codebook_html(definition: Definition, columns: Sequence[Pair] = ()) -> str:
    """One page: every column of the data files, or those given, with its words in both languages, codes and condition."""
    rows = "".join(_row(definition, *pair) for pair in columns or _pairs(definition))
    heads = "".join(f"<th scope=col>{escape(head)}</th>" for head in HEADS)
    title = f"{definition.title.zh} {definition.title.en}"
    return (
        f"<!doctype html><html lang=zh-CN><head><meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
        f"</head><body><h1>{escape(definition.title.zh)}</h1><p lang=en>{escape(definition.title.en)}</p>"
        f"<p>{escape(definition.id)} · {escape(definition.version)} · <code>{definition.digest}</code></p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>\n"
    )


def codebook_ddi(definition: Definition, columns: Sequence[Pair] = ()) -> bytes:
    """DDI-Codebook 2.5: study title, question texts, labels and categories of every column, in both languages; a category
    that is no answer is marked missing="Y"."""
    ET.register_namespace("", DDI)
    book = ET.Element(_tag("codeBook"), {"version": "2.5", XML_LANGUAGE: "zh"})
    study = ET.SubElement(book, _tag("stdyDscr"))
    citation = ET.SubElement(ET.SubElement(study, _tag("citation")), _tag("titlStmt"))
    _said(citation, "titl", definition.title.zh, "zh")
    _said(citation, "parTitl", definition.title.en, "en")
    _said(citation, "IDNo", f"{definition.id} {definition.version}")
    data = ET.SubElement(book, _tag("dataDscr"))
    for zh, en in columns or _pairs(definition):
        _variable(data, definition, zh, en)
    ET.indent(book)
    written: bytes = ET.tostring(book, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def in_source(rule: Rule | None) -> str:
    """A condition on one line, as it is meant."""
    if rule is None:
        return ""
    if rule.operator == "not":
        return f"not ({in_source(rule.parts[0])})"
    if rule.parts:
        return f" {rule.operator} ".join(f"({in_source(part)})" for part in rule.parts)
    value = ", ".join(rule.value) if isinstance(rule.value, list) else rule.value
    return f"{rule.question} {rule.operator.replace('_', ' ')}" + (f" {value}" if value is not None else "")


def _pairs(definition: Definition) -> list[Pair]:
    chinese, english = (variables(definition, language, with_text=True) for language in LANGUAGES)
    return list(zip(chinese, english, strict=True))


def _codes(column: Variable, language: str) -> dict[Any, str]:
    """Every code with its words: answers, then what is none."""
    return {**column.labels, **missing_words(column, language)}


def _row(definition: Definition, zh: Variable, en: Variable) -> str:
    english = _codes(en, "en")
    codes = "<br>".join(
        f"{escape(str(code))} = {escape(said)} / {escape(english[code])}" for code, said in _codes(zh, "zh").items()
    )
    asked = in_source(definition.rules.get(zh.question))
    cells = (
        f"<th scope=row><code>{escape(zh.name)}</code></th>",
        escape(zh.label),
        escape(en.label),
        codes,
        escape(asked),
    )
    return f"<tr>{cells[0]}" + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>"


def _variable(data: ET.Element, definition: Definition, zh: Variable, en: Variable) -> None:
    found = ET.SubElement(data, _tag("var"), {"ID": f"V_{zh.name}", "name": zh.name})
    _said(found, "labl", zh.label, "zh")
    _said(found, "labl", en.label, "en")
    question = definition.question(zh.question)
    if question is not None:
        asked = ET.SubElement(found, _tag("qstn"))
        _said(asked, "qstnLit", question.text.zh, "zh")
        _said(asked, "qstnLit", question.text.en, "en")
        condition = in_source(definition.rules[question.key])
        if condition:
            _said(found, "universe", condition)
    english = _codes(en, "en")
    for code, words in _codes(zh, "zh").items():
        missing = {"missing": "Y"} if code in zh.missing.values() else {}
        category = ET.SubElement(found, _tag("catgry"), missing)
        _said(category, "catValu", str(code))
        _said(category, "labl", words, "zh")
        _said(category, "labl", english[code], "en")
    ET.SubElement(found, _tag("varFormat"), {"type": "numeric" if zh.numeric else "character"})


def _said(parent: ET.Element, name: str, words: str, language: str = "") -> None:
    ET.SubElement(parent, _tag(name), {XML_LANGUAGE: language} if language else {}).text = words


def _tag(name: str) -> str:
    return f"{{{DDI}}}{name}"
