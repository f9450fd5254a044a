"""The invitation that the demonstration offers at its start and on its home page: always one that nobody has used.

Its code is stored nowhere, as no code is: it is made again from the secret key and its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from sqlalchemy import select

from survey_app.answering.invitation_codes import code_again, code_hash
from survey_app.answering.invitation_links import OPEN
from survey_app.fieldwork.invitations import make_each
from survey_app.models import Invitation, Site, Survey, db

AT_ONCE = 65  # every second of the sampled sites has one


def fresh_code() -> str | None:
    """The first unused one; None where all are used, or where the demonstration has none."""
    survey = _survey()
    for codes, states in _blocks(survey) if survey else ():
        found = next((code for hashed, code in codes.items() if states[hashed] == OPEN), None)
        if found is not None:
            return found
    return None


def add_fresh(survey: Survey) -> None:
    """Some more, spread over the sampled sites. The caller commits."""
    query = select(Site).where(Site.survey_id == survey.id, Site.probability).order_by(Site.id)
    sites = list(db.session.scalars(query))
    chosen = sites[:: max(1, len(sites) // AT_ONCE)][:AT_ONCE]
    codes = _codes(survey, sum(1 for _ in _blocks(survey)))
    make_each(survey, dict.fromkeys(chosen, 1), iter(codes[: len(chosen)]))


def offered_code() -> str | None:
    """As `fresh_code`, after making some where all are used. The caller commits."""
    survey = _survey()
    if survey is None:
        return None
    found = fresh_code()
    if found is None:
        add_fresh(survey)
        found = fresh_code()
    return found


def _survey() -> Survey | None:
    """The demonstration's; a demonstration of before that has no invitations stays as it is."""
    query = select(Survey).where(Survey.demo, Survey.state == "open", Survey.respondents.is_not(None))
    return db.session.scalar(query.order_by(Survey.id.desc()).limit(1))


def _blocks(survey: Survey) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """What was made so far: stored code -> code, and stored code -> state."""
    for block in count():
        codes = {code_hash(code): code for code in _codes(survey, block)}
        query = select(Invitation.code_hash, Invitation.state).where(Invitation.code_hash.in_(codes))
        states = {str(hashed): state for hashed, state in db.session.execute(query)}
        if not states:
            return
        yield {hashed: code for hashed, code in codes.items() if hashed in states}, states


def _codes(survey: Survey, block: int) -> list[str]:
    first = block * AT_ONCE
    return [code_again(f"demonstration {survey.id} {number}") for number in range(first, first + AT_ONCE)]
