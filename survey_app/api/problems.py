"""What is refused, as RFC 9457 has it: application/problem+json with a code for programs and a sentence for people."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flask import Response, request
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from survey_app.api.words import marked
from survey_app.archives.places import AwayError
from survey_app.ground.official import FigureHeldError
from survey_app.ground.transaction import unreached
from survey_app.ground.web_frame import request_id
from survey_app.values.entry import ConflictError, EntryError
from wording import Message, Refusal, Text

log = logging.getLogger("minyi")
PROBLEM = "application/problem+json"
TITLES = {
    400: "api.bad_request", 401: "api.unauthorized", 403: "api.forbidden", 404: "api.not_found", 405: "api.not_allowed",
    409: "api.conflict", 413: "api.too_large", 415: "api.media_type", 422: "api.invalid", 429: "api.too_many",
    500: "api.failed", 503: "api.unavailable",
}  # fmt: skip


class Wrong(BaseModel):
    """One thing that is wrong with what was sent."""

    at: str = Field(description=marked("哪里：参数，或内容中用点连接的键"))
    detail: str


class Problem(BaseModel):
    """An answer that refuses. `code` stays the same in every language."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    request: str = Field(description=marked("这次请求的标记，服务器日志里也有"))
    errors: list[Wrong] = []


class ProblemError(Exception):
    """A refusal with its status; said: a key of the texts, or a message."""

    def __init__(
        self, status: int, said: Text, errors: Sequence[Wrong] = (), headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(str(said))
        self.status, self.said, self.errors, self.headers = status, said, list(errors), list(headers)


def problem(error: ProblemError) -> BaseResponse:
    """The answer that says so."""
    said = Message(error.said) if isinstance(error.said, str) and error.said.startswith("api.") else error.said
    code = said.key.rpartition(".")[2] if isinstance(said, Message) else str(error.status)
    title = str(Message(TITLES.get(error.status, TITLES[400])))
    found = Problem(
        title=title, status=error.status, detail=str(said), code=code, request=request_id(), errors=error.errors
    )
    headers = [*error.headers, ("Cache-Control", "no-store")]
    return Response(found.model_dump_json(), status=error.status, content_type=PROBLEM, headers=headers)


def refused(error: Exception) -> BaseResponse:
    """Whatever was raised under /api, as a problem; what is ours is logged under the request's mark."""
    if isinstance(error, ProblemError):
        return problem(error)
    if isinstance(error, FigureHeldError):
        return problem(ProblemError(409, error.said))
    if isinstance(error, EntryError):
        wrong = [Wrong(at=key or "values", detail=str(said)) for key, said in error.problems]
        return problem(ProblemError(409 if isinstance(error, ConflictError) else 422, "api.not_stored", wrong))
    if isinstance(error, AwayError):
        log.error("request %s: %s", request_id(), error)
        return problem(ProblemError(503, error.said))
    if isinstance(error, Refusal):
        return problem(ProblemError(422, error.said))
    if isinstance(error, HTTPException):
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "WWW-Authenticate")]
        return problem(ProblemError(error.code or 500, TITLES.get(error.code or 500, TITLES[400]), headers=headers))
    if isinstance(getattr(error, "orig", error), OverflowError | RecursionError) or isinstance(error, DataError):
        # what no column can hold, as a character of code 0 or a moment before all years, or brackets without end, was sent
        log.warning(
            "request %s: %s %s refused: %s", request_id(), request.method, request.url_rule, type(error).__name__
        )
        return problem(ProblemError(400, TITLES[400]))
    log.exception("request %s: %s %s failed", request_id(), request.method, request.url_rule)
    if unreached(error):
        return problem(ProblemError(503, TITLES[503], headers=[("Retry-After", "5")]))
    return problem(ProblemError(500, TITLES[500]))


def invalid(error: ValidationError) -> ProblemError:
    """What pydantic found wrong, each with its place."""
    wrong = [Wrong(at=".".join(map(str, one["loc"])) or "body", detail=one["msg"]) for one in error.errors()]
    return ProblemError(422, "api.invalid", wrong)
