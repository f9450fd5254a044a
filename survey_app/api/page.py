"""The OpenAPI document as a page shows it: operations by subject, parameters and fields as lines of tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask_babel import gettext as _
from pydantic import JsonValue

from survey_app.api.description import Node


@dataclass(frozen=True)
class Line:
    """A parameter or a field."""

    name: str
    sort: str
    words: str
    needed: bool = False


@dataclass(frozen=True)
class Shown:
    """An operation: what it takes, what it answers, and which refusals there are."""

    name: str
    method: str
    address: str
    summary: str
    description: str
    parameters: list[Line]
    body: str
    answer: str


@dataclass(frozen=True)
class Described:
    """The page. fields: of each document, by its name."""

    operations: dict[str, list[Shown]]
    fields: dict[str, list[Line]]
    refusals: list[tuple[str, str]]


def described(document: Node) -> Described:
    """The page of a document."""
    paths = cast(dict[str, dict[str, Node]], document["paths"])
    schemas = cast(dict[str, Node], cast(Node, document["components"])["schemas"])
    found: dict[str, list[Shown]] = {}
    refusals: dict[str, str] = {}
    for address, methods in sorted(paths.items()):
        for method, one in methods.items():
            answers = cast(dict[str, Node], one["responses"])
            refusals |= {status: str(each["description"]) for status, each in answers.items() if status != "200"}
            content = cast(Node, answers["200"]["content"])
            body = cast(Node, cast(Node, one.get("requestBody", {})).get("content", {}))
            found.setdefault(cast(list[str], one["tags"])[0], []).append(
                Shown(
                    str(one["operationId"]), method.upper(), address, str(one["summary"]), str(one["description"]),
                    [_parameter(each) for each in cast(list[Node], one["parameters"])], _content(body), _content(content),
                )
            )  # fmt: skip
    fields = {name: _fields(schema) for name, schema in sorted(schemas.items()) if not name.startswith("Estimate_")}
    return Described(found, {name: lines for name, lines in fields.items() if lines}, sorted(refusals.items()))


def _parameter(given: Node) -> Line:
    sort = _sort(cast(Node, given["schema"]))
    return Line(str(given["name"]), sort, str(given["description"]), bool(given["required"]))


def _fields(schema: Node) -> list[Line]:
    needed = cast(list[str], schema.get("required", []))
    properties = cast(dict[str, Node], schema.get("properties", {}))
    return [
        Line(name, _sort(part), str(part.get("description", "")), name in needed) for name, part in properties.items()
    ]


def _content(content: Node) -> str:
    """The name of the document, or the sort of the file."""
    for sort, part in content.items():
        schema = cast(Node, cast(Node, part)["schema"])
        return _sort(schema) if schema else sort
    return ""


def _sort(schema: JsonValue) -> str:
    """A schema in a word or two."""
    if not isinstance(schema, dict):
        return "any"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(each) or _("空") for each in cast(list[str], schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_sort(part) for part in cast(list[JsonValue], schema["anyOf"]))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " | ".join(map(str, kind))
    if kind == "array":
        return f"[{_sort(schema.get('items'))}]"
    return str(schema.get("format") or kind)
