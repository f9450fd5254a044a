"""Long lists, a page at a time: the next page begins after the last line's key, so that what is added meanwhile shifts nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, Field

from survey_app.api.problems import ProblemError, Wrong
from survey_app.api.words import marked
from wording import Message

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Key = int | str
MOST = 500


class Query(BaseModel):
    """What a list is asked; a parameter that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(Query):
    """Which page."""

    limit: int = Field(100, ge=1, le=MOST, description=marked("一页最多几项"))
    cursor: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_.-]{1,200}$", description=marked("上一页的 next；不填为第一页")
    )


class Page(BaseModel, Generic[M]):
    """A page of a list."""

    items: list[M]
    next: str | None = Field(description=marked("下一页的 cursor；没有下一页时为空"))


def paged(
    query: PageQuery, read: Callable[[Key | None, int], Sequence[T]], key: Callable[[T], Key], make: Callable[[T], M]
) -> Page[M]:
    """The page that was asked for. read: the lines after a key (None: from the first), so many; key: of a line."""
    rows = read(_after(query.cursor), query.limit + 1)
    shown = rows[: query.limit]
    following = _cursor().dumps(key(shown[-1])) if len(rows) > query.limit else None
    return Page(items=[make(row) for row in shown], next=str(following) if following else None)


def listed(rows: Sequence[T], key: Callable[[T], Key]) -> Callable[[Key | None, int], Sequence[T]]:
    """What `paged` reads from, of lines that stand in memory in the order of their keys."""

    def read(after: Key | None, number: int) -> Sequence[T]:
        keys = [key(row) for row in rows]
        if after is not None and after not in keys:  # nobody knows where to go on; an empty page would read as the end
            raise ProblemError(422, "api.cursor_gone", [Wrong(at="cursor", detail=str(Message("api.cursor_gone")))])
        start = 0 if after is None else keys.index(after) + 1
        return rows[start : start + number]

    return read


def _after(cursor: str | None) -> Key | None:
    if cursor is None:
        return None
    try:
        found = _cursor().loads(cursor)
    except BadSignature:
        found = None
    if not isinstance(found, int | str):
        raise ProblemError(422, "api.cursor", [Wrong(at="cursor", detail=cursor[:40])])
    return found


def _cursor() -> URLSafeSerializer:
    """Signed for its list: nobody asks for keys of another."""
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor {request.endpoint}")
