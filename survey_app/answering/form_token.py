"""The signed form token: protects a form without a cookie and carries its submission key and time of issue."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeSerializer

from survey_app.ground.crypto import mac
from survey_app.ground.signing import naming_key, signer


class TokenError(ValueError):
    """The token was changed, made for another site or version, or is missing."""


@dataclass(frozen=True)
class FormToken:
    """`submission_key` makes a submission exactly-once; the token is good as long as its survey is open.

    delay: seconds after which an answer to it is a person's (ripeness.py). took_back: the receipt of the erased answer
    in whose place this one comes.
    """

    site: str
    version: str
    submission_key: str
    issued_at: datetime
    delay: int = 0
    took_back: str = ""

    def unripe(self, moment: datetime) -> int:
        """The delay that an answer at `moment` did not wait for, 0 where it did."""
        return self.delay if (moment - self.issued_at).total_seconds() < self.delay else 0


@dataclass(frozen=True)
class Answered:
    """What a phone keeps of its newest answer, in a cookie that no address carries.

    `answers`: complete answers it has sent; `ended`: the screen or quota that ended the questionnaire early. `renewed`:
    it came in the place of one that was taken back.
    """

    number: str
    answers: int
    state: str = "complete"
    ended: str = ""
    renewed: bool = False

    @property
    def mark(self) -> str:
        """The answer's part of an address: it tells one receipt from another and gives neither away."""
        return mac(naming_key(), f"minyi mark {self.number}").hex()[:16]


def issue(
    site: str, version: str, submission_key: str = "", issued_at: datetime | None = None, delay: int = 0,
    trial: bool = False, took_back: str = "",
) -> str:  # fmt: skip
    """A token for a page of `site` asking definition `version` (a digest); new unless it goes on with a draft's key.

    trial: of a survey that is tried; signed apart, so that it is never taken as a real one, nor the other way round.
    """
    moment = int((issued_at or datetime.now(UTC)).timestamp())
    content = [site, version[:16], submission_key or new_key(moment), moment]
    more = [delay, took_back] if took_back else [delay] * (delay > 0)
    return str(_serializer("trial" if trial else "form").dumps([*content, *more]))


def new_key(moment: int) -> str:
    """The key of a submission opened at `moment`, seconds since 1970: in the order of time, so that an index of millions is
    written at its end alone, and 64 random bits."""
    return f"{moment:08x}{secrets.token_hex(8)}"


def read(token: str, site: str, trial: bool = False) -> FormToken:
    """The token's content. Raises TokenError."""
    try:
        made_for, version, key, moment, *more = _serializer("trial" if trial else "form").loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise TokenError("the form token is not ours") from error
    if made_for != site:
        raise TokenError("the form token belongs to another site")
    return FormToken(made_for, version, key, datetime.fromtimestamp(moment, UTC), *more)


def sign_answered(answered: Answered) -> str:
    """The cookie of a phone that has answered."""
    content = [answered.number, answered.answers, answered.state, answered.ended]
    return str(_serializer("browser").dumps([*content, *[True] * answered.renewed]))


def read_answered(signed: str) -> Answered:
    """What such a cookie holds. Raises TokenError."""
    try:
        return Answered(*_serializer("browser").loads(signed))
    except (BadSignature, ValueError, TypeError) as error:
        raise TokenError("the cookie is not ours") from error


def sign_resume(submission_key: str) -> str:
    """The address part under which a draft is continued later."""
    return str(_serializer("resume").dumps(submission_key))


def read_resume(signed: str) -> str:
    """The draft's submission key. Raises TokenError."""
    try:
        key = _serializer("resume").loads(signed)
    except (BadSignature, ValueError, TypeError) as error:
        raise TokenError("the address of the draft is not ours") from error
    return str(key)


def _serializer(purpose: str) -> URLSafeSerializer:
    return signer(f"minyi {purpose}")
