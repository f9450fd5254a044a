"""What a person may leave to be reached at: a mobile number or an e-mail address. Light: citizens' pages read it too."""

from __future__ import annotations

import re

MAIL, SMS = "mail", "sms"
_MOBILE = re.compile(r"1[3-9]\d{9}")  # of the mainland
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_MAIL = re.compile(rf"(?=[^@]{{1,64}}@.{{3,190}}$){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")  # RFC 5322's dot-atom
_DROPPED = str.maketrans("", "", " -")


def kind_of(text: str) -> str:
    """mail, sms, or '' where it is neither."""
    if _MOBILE.fullmatch(number_of(text)):
        return SMS
    return MAIL if _MAIL.fullmatch(text) else ""


def number_of(text: str) -> str:
    """A mobile number as it is dialled: without spaces, hyphens and +86."""
    bare = text.translate(_DROPPED)
    return bare.removeprefix("+86") if bare.startswith("+86") else bare


def in_language(to: str, language: str) -> str:
    """An address with the language its owner reads, as one text that is sealed and deleted as one; Chinese is not said."""
    return to if language == "zh" else f"{language} {to}"


def address_and_language(kept: str) -> tuple[str, str]:
    """What `in_language` made."""
    language, _space, to = kept.rpartition(" ")  # no address has a space
    return to, language or "zh"


def tidied(text: str) -> str:
    """As it is kept."""
    text = text.strip()
    return number_of(text) if kind_of(text) == SMS else text
