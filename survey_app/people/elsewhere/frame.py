"""What every kind of provider has in common: it begins a sign-in, and tells whom it has signed in.

A kind is two functions: `begin` gives the address a browser is sent to, with whatever must be known when it comes back;
`finish` takes what it came back with and tells who it is, or raises ProviderError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from survey_app.ground.settings_unsafe import LOOPBACK
from wording import Refusal

SECONDS = 5  # that a provider is waited for, at each of its addresses
Known = Mapping[str, str]  # of a provider: name and all its settings, secrets too
Claims = Mapping[str, object]  # as it tells them


class ProviderError(Refusal):
    """A sign-in that is not taken, in the user's words."""


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what is kept until it is back."""

    address: str
    kept: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """Who signed in. issuer, subject: whom it is, for good; name: how the account may be called; second_factor: the provider's
    own word, in a signed token, that there was one; ends_at: where one signs out there, '' where nowhere."""

    issuer: str
    subject: str
    name: str
    full_name: str
    claims: Claims
    second_factor: bool = False
    ends_at: str = ""


@dataclass(frozen=True)
class Kind:
    """begin(known, address to come back to, state); finish(known, the same address, what it came back with, kept);
    forget(known): what is kept of the provider for a moment is asked anew."""

    begin: Callable[[Known, str, str], Begun]
    finish: Callable[[Known, str, Mapping[str, str], Mapping[str, str]], Told]
    forget: Callable[[Known], None] = lambda _known: None


def secure(address: str, here: bool = True) -> bool:
    """Whether an address is one of https, with a host; here: or of this machine, where nobody listens in between."""
    try:
        found = urlsplit(address)
        host = found.hostname
    except ValueError:
        return False
    return bool(host) and (found.scheme == "https" or (here and found.scheme == "http" and host in LOOPBACK))


def asked(known: Known, method: str, address: str, **more: Any) -> Claims:
    """The JSON that an address of the provider answers. Raises ProviderError where there is none."""
    try:
        reply = requests.request(method, address, timeout=SECONDS, allow_redirects=False, **more)
        if reply.status_code >= 500 or reply.is_redirect:
            raise requests.HTTPError(response=reply)
        found = reply.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderError("people.provider_down", name=known["name"]) from error
    if not isinstance(found, dict):
        raise ProviderError("people.provider_down", name=known["name"])
    return found


def refused(known: Known, said: object) -> ProviderError:
    """That the provider said no, in its own words, shortened."""
    return ProviderError("people.provider_refused", name=known["name"], said=" ".join(str(said).split())[:120])


def values_of(claims: Claims, claim: str) -> set[str]:
    """Every value of a claim, as text; `realm_access.roles` looks inside where no claim has the whole name."""
    found: object = claims
    for part in [claim] if claim in claims else claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    several = found if isinstance(found, list) else [found]
    return {str(one) for one in several if isinstance(one, str | int) and not isinstance(one, bool)}
