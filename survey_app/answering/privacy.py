"""The privacy notice: what the settings say, else words of our own; each version is kept, and answers name theirs."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import select

from survey_app.answering.privacy_texts import HEADINGS, INVENTED, OWN_WORDS
from survey_app.ground.crypto import digest
from survey_app.ground.imprint import Imprint, imprint
from survey_app.models import PrivacyNotice, Survey, db

Notice = dict[str, list[list[str]]]  # language -> heading and text, in order


@lru_cache(maxsize=8)
def notice(of: Imprint) -> tuple[str, Notice]:
    """Version and words. The version follows from the words, so that the same words are the same version."""
    said = {
        language: [
            [heading, getattr(of, name) or OWN_WORDS[language].get(name, "")] for name, heading in headings.items()
        ]
        for language, headings in HEADINGS.items()
    }
    return digest(json.dumps(said, ensure_ascii=False))[:12], said


def filled_for_show(said: list[list[str]], language: str) -> list[list[str]]:
    """The same with invented words where nothing is said, if the installation holds the demonstration alone."""
    if set(db.session.scalars(select(Survey.demo).distinct())) != {True}:
        return said
    invented = (INVENTED[language].get(name, "") for name in HEADINGS[language])
    return [[heading, text or words] for (heading, text), words in zip(said, invented, strict=True)]


def version() -> str:
    """The version that is shown now."""
    return notice(imprint())[0]


def note() -> None:
    """Keep the words of the version shown now, where it is a new one. The caller commits."""
    number, said = notice(imprint())
    if db.session.get(PrivacyNotice, number) is None:
        db.session.add(PrivacyNotice(version=number, said=said))


def earlier(number: str) -> Notice | None:
    """The words of a version that was shown once."""
    found = db.session.get(PrivacyNotice, number)
    return found.said if found else None
