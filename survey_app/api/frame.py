"""The frame of the API: an operation is declared once, with its address, its words, and the page of the console whose
permission it has, so that no key opens what an account of its role could not.

    key -> limit -> permission (the console's table) -> what was sent is checked -> the operation -> ETag
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, TypeVar

from flask import Blueprint, g, make_response, request
from pydantic import BaseModel
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.api.description import Answers, spec
from survey_app.api.problems import ProblemError
from survey_app.api.tokens import note_use, token_behind
from survey_app.archives.at_hand import for_request
from survey_app.console.permissions import OPERATIONS, Operation, may, owner
from survey_app.ground import audit
from survey_app.ground.limits import API_CALLS, API_FILES, WRONG_TOKENS, Bucket, count, wait
from survey_app.ground.transaction import transaction
from survey_app.models import ApiToken, Grant, Survey, db
from survey_app.surveys.closing import close_in_time

bp = Blueprint("api", __name__, url_prefix="/api/v1")
Kind = Literal["read", "write", "submit"]
OPENS: dict[str, tuple[Kind, ...]] = {
    "read": ("read",),
    "write": ("read", "write"),
    "submit": ("submit",),
}  # a key of a kind -> operations
BEARER = ("WWW-Authenticate", 'Bearer realm="minyi"')
View = TypeVar("View", bound=Callable[..., BaseModel | BaseResponse])


def operation(
    rule: str,
    words: str,
    like: str,
    answers: type[BaseModel] | None = None,
    *,
    method: str = "GET",
    kind: Kind = "read",
    media: str = "",
    tag: str,
) -> Callable[[View], View]:
    """Declare an operation below /api/v1.

    words: what it does, in Chinese, with their English in the catalogue. like: the console's page or action that shows or
    changes the same; roles and owner are its own. answers: the document of 200, or media: the sort of file.
    """

    def declare(view: View) -> View:
        name = view.__name__
        OPERATIONS[name] = Operation(method, f"{bp.url_prefix}{rule}", words, like)
        checked = spec.validate(resp=Answers(answers, media), tags=[tag], operation_id=name)(view)

        @wraps(checked)
        def guarded(**arguments: str | int) -> BaseResponse:
            token = _token()
            _within(API_FILES if media else API_CALLS, token)
            _permitted(token, kind, like, arguments)
            if request.method in ("POST", "PUT") and request.mimetype != "application/json":
                raise ProblemError(415, "api.media_type")
            close_in_time()
            with audit.acting_for(actor(token)):  # nobody has signed in: no plan names a key among those who may look
                answer = make_response(checked(**arguments))
            return _revalidated(answer)

        bp.add_url_rule(rule, name, guarded, methods=[method])
        return view

    return declare


def grants() -> list[Grant]:
    """What the request may see: the one grant of its key."""
    token: ApiToken = g.api_token
    return [token.grant]


def actor(token: ApiToken) -> str:
    """How the audit trail names what a key did."""
    return f"api:{token.label}"


def survey_of(code: str) -> Survey:
    """Raises ProblemError where there is none."""
    found = db.session.scalar(select(Survey).where(Survey.code == code))
    if found is None:
        raise ProblemError(404, "api.not_found")
    for_request(found.id, page=False)
    return found


def _token() -> ApiToken:
    """The request's key. Whoever tries keys is slowed down by his address."""
    sent = request.headers.get("Authorization", "")
    scheme, _space, given = sent.partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise ProblemError(401, "api.token_missing", headers=[BEARER])
    found = token_behind(given.strip())
    if found is None:
        if not count(WRONG_TOKENS, request.remote_addr or ""):
            raise _too_many(WRONG_TOKENS, request.remote_addr or "")
        raise ProblemError(401, "api.token_unknown", headers=[BEARER])
    g.api_token = found
    if note_use(found):
        db.session.commit()
    return found


def _within(bucket: Bucket, token: ApiToken) -> None:
    if not count(bucket, str(token.id)):
        raise _too_many(bucket, str(token.id))


def _too_many(bucket: Bucket, what: str) -> ProblemError:
    return ProblemError(429, "api.too_many", headers=[("Retry-After", str(wait(bucket, what)))])


def _permitted(token: ApiToken, kind: Kind, like: str, arguments: dict[str, str | int]) -> None:
    """By the console's table; a refusal is written down as a page's is."""
    if kind in OPENS[token.kind] and may([token.grant], like, *owner(like, arguments)):
        return
    with transaction():
        audit.record("denied", request.path, after={"method": request.method})
    raise ProblemError(403, "api.forbidden" if kind in OPENS[token.kind] else "api.kind_of_token")


def _revalidated(answer: BaseResponse) -> BaseResponse:
    """Whoever has the same already is told so in a line; nobody else keeps it."""
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    if request.method in ("GET", "HEAD") and answer.status_code == 200 and not answer.is_streamed:
        answer.add_etag()
        answer.make_conditional(request)
    return answer
