"""The OpenAPI document: made by spectree from the operations and their models, in the reader's language.

Words of fields stand in the models in Chinese, their English in the catalogue, as all words of pages do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from importlib.resources import files
from typing import Any, TypeAlias, cast

from flask_babel import gettext
from pydantic import BaseModel, JsonValue, RootModel, ValidationError
from spectree import Response as Described
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from survey_app.api.problems import PROBLEM, Problem, invalid
from survey_app.api.words import marked
from survey_app.console.permissions import OPERATIONS
from survey_app.ground.web_frame import LARGEST_NUMBER

Node: TypeAlias = dict[str, JsonValue]
ERRORS = {
    "400": marked("请求无效"), "401": marked("没有密钥，或密钥无效"), "403": marked("密钥的角色没有这项权限"), "404": marked("没有这一项"),
    "409": marked("已被别人修改，或结果在截止前保密"), "413": marked("内容太大"), "415": marked("内容不是所要的格式"), "422": marked("参数或内容有误"),
    "429": marked("请求太频繁；Retry-After 是要等的秒数"), "503": marked("现在无法回答，请稍后再试"),
}  # fmt: skip
PATH = {
    "code": marked("调查的代码"), "version_id": marked("问卷版本的编号"), "run_id": marked("编号"), "period": marked("周期，如2026"), "area": marked("地区的代码"),
    "indicator": marked("指标的编号"), "ticket_id": marked("工单的编号"), "job_id": marked("任务的编号"),
}  # fmt: skip
ETAG: Node = {"ETag": {"schema": {"type": "string"}}}
AGAIN: Node = {"Retry-After": {"schema": {"type": "integer"}}}


def _named(model: type[Any]) -> str:
    return str(model.__name__).replace("[", "Of").replace("]", "")


class EstimateDocument(RootModel[dict[str, JsonValue]]):
    """As `minyi estimate --json` prints it; its schema is analysis/estimate.schema.json."""


class Answers(Described):
    """What an operation answers: a document or a file, and problems."""

    def __init__(self, document: type[BaseModel] | None, media: str) -> None:
        super().__init__(**({"HTTP_200": document} if document is not None else {}))
        self.media = media

    def generate_spec(self, naming_strategy: Callable[[type[Any]], str] = _named) -> Node:
        """The library's, with the sorts of content and the headers that it has no words for."""
        found: Node = super().generate_spec(naming_strategy)
        file: Node = {"description": "OK", "content": {self.media: {"schema": {}}}}
        problem: Node = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        refused: Node = {
            status: {
                "description": words,
                "content": problem,
                **({"headers": AGAIN} if status in ("429", "503") else {}),
            }
            for status, words in ERRORS.items()
        }
        return {"200": file if self.media else {**cast(Node, found["200"]), "headers": ETAG}, **refused}


def _found_wrong(_request: object, _answer: object, error: Exception | None, *_more: object) -> None:
    if isinstance(error, ValidationError):
        raise invalid(error)


spec = SpecTree(
    "flask", title="Minyi", version="1", mode="strict", before=_found_wrong, naming_strategy=_named,
    nested_naming_strategy=lambda _parent, child: child, validation_error_model=Problem, page_templates={},
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"token": []},
)  # fmt: skip


def openapi() -> Node:
    """The document, in the language of the page's reader."""
    found: Node = deepcopy(spec.spec)
    schemas = cast(dict[str, JsonValue], cast(Node, found["components"])["schemas"])
    schemas |= _estimate()
    for methods in cast(dict[str, dict[str, Node]], found["paths"]).values():
        for one in methods.values():
            declared = OPERATIONS[str(one["operationId"])]
            one["summary"] = declared.words
            for given in cast(list[Node], one["parameters"]):
                if given["in"] == "path":
                    given["description"] = PATH[str(given["name"])]
                    shape = cast(Node, given["schema"])
                    if shape["type"] == "integer":
                        shape |= {"minimum": 0, "maximum": LARGEST_NUMBER}
    return cast(Node, _worded(found))


def _estimate() -> Node:
    """The schema of the document, with its parts beside it under names of their own."""
    text = files("analysis").joinpath("estimate.schema.json").read_text("utf-8")
    whole: Node = json.loads(text.replace('"#/$defs/', '"#/components/schemas/Estimate_'))
    parts = cast(Node, whole.pop("$defs"))
    whole.pop("$schema")
    return {"EstimateDocument": whole, **{f"Estimate_{name}": part for name, part in parts.items()}}


def _worded(node: JsonValue) -> JsonValue:
    """With every sentence in the reader's language."""
    if isinstance(node, list):
        return [_worded(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: gettext(value)
        if key in ("description", "summary") and isinstance(value, str) and value
        else _worded(value)
        for key, value in node.items()
    }
