"""OpenID Connect by Authlib: discovery, code flow with PKCE, and an ID token that is checked before anything of it is believed.

Beyond Authlib's own checks: the discovered issuer is the configured one (Discovery 1.0, 4.3), the token is for us
(Core 1.0, 3.1.3.7), signed with a key of the provider's and never with a secret or not at all, and what the userinfo
address adds is of the same person (5.3.2).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyTypeError, JoseError, UnsupportedAlgorithmError

from definitions.plain import Unchecked
from survey_app.ground.web_frame import of_process
from survey_app.people.elsewhere.frame import (
    SECONDS,
    Begun,
    Claims,
    Kind,
    Known,
    ProviderError,
    Told,
    refused,
    secure,
    values_of,
)

FRESH, FAILED = 60, 10  # seconds that discovery is believed, and that a provider which failed it is not asked again
SKEW = 60  # seconds that the two clocks may differ
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
ALGORITHMS = "id_token_signing_alg_values_supported"
ENDS = "end_session_endpoint"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
ISSUER, AUDIENCE, CLOCK = "people.provider_issuer", "people.provider_audience", "people.provider_clock"
USED, SIGNATURE = "people.provider_used", "people.provider_signature"
ABOUT = {"iss": ISSUER, "aud": AUDIENCE, "azp": AUDIENCE, "exp": CLOCK, "iat": CLOCK, "nbf": CLOCK, "nonce": USED}


def _begin(known: Known, back: str, state: str) -> Begun:
    with _plainly(known):
        begun = _app(known).create_authorization_url(back, state=state)
    return Begun(begun["url"], {name: begun[name] for name in ("nonce", "code_verifier")})


def _finish(known: Known, back: str, came: Mapping[str, str], kept: Mapping[str, str]) -> Told:
    with _plainly(known):
        app = _app(known)
        metadata = app.server_metadata
        if came.get("iss", metadata["issuer"]) != metadata["issuer"]:  # RFC 9207
            raise ProviderError(ISSUER, name=known["name"])
        if "error" in came:
            raise OAuthError(came["error"], came.get("error_description"))
        token = app.fetch_access_token(back, code=came.get("code", ""), code_verifier=kept["code_verifier"])
        checks = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": known["client_id"]},
        }
        signed = app.parse_id_token(token, kept["nonce"], claims_options=checks, leeway=SKEW)
        if not signed or not signed["sub"]:
            raise ProviderError(SIGNATURE, name=known["name"])
        more = dict(app.userinfo(token=token)) if metadata.get("userinfo_endpoint") else {}
    if more and more.get("sub") != signed["sub"]:
        raise ProviderError("people.provider_subject", name=known["name"])
    claims = {**more, **signed}
    name = next(iter(values_of(claims, known["name_claim"])), "")
    ends_at, full_name = str(metadata.get(ENDS) or ""), str(claims.get("name") or "")
    return Told(metadata["issuer"], signed["sub"], name, full_name, claims, _factor(known, signed), ends_at)


def _factor(known: Known, signed: Claims) -> bool:
    """Whether the token says that there was a second factor, in the words that the office has named."""
    return bool(set(known["factor"].split()) & (values_of(signed, "amr") | values_of(signed, "acr")))


def _app(known: Known) -> Any:
    """Authlib's client, with what the provider says of itself; the keys are asked for at each sign-in. No redirect is followed."""
    method = {} if known.get("client_secret") else {"token_endpoint_auth_method": "none"}
    app = FlaskOAuth2App(
        FlaskIntegration("minyi"),
        "minyi",
        client_id=known["client_id"],
        client_secret=known.get("client_secret"),
        server_metadata_url=f"{known['issuer'].rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": known["scope"],
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
            "max_redirects": 0,
            **method,
        },
    )
    app.server_metadata = metadata = _discovered(app, known)
    if metadata.get("issuer") != known["issuer"]:
        raise ProviderError(ISSUER, name=known["name"])
    here = not secure(known["issuer"], here=False)  # a test's: plain, on this machine
    for name in ENDPOINTS:
        if name in metadata and not (here or secure(str(metadata[name]), here=False)):
            raise ProviderError("people.provider_plain", name=known["name"], address=str(metadata[name])[:120])
    if not (here or secure(str(metadata.get(ENDS)), here=False)):
        metadata.pop(ENDS, None)  # signing in needs none
    metadata[ALGORITHMS] = [one for one in metadata.get(ALGORITHMS, ["RS256"]) if one in SIGNATURES]
    if not metadata[ALGORITHMS]:
        raise ProviderError("people.provider_algorithm", name=known["name"])
    return app


def _discovered(app: Any, known: Known) -> Unchecked:
    """Of discovery what is used here, so that nothing in it sets how the others are asked."""
    kept, issuer = _kept(), known["issuer"]
    until, found = kept.get(issuer, (0.0, None))
    if time.monotonic() >= until:
        if found is not None:  # others go by what it said last, meanwhile
            kept[issuer] = time.monotonic() + SECONDS, found
        try:
            said = app.load_server_metadata()
            found = {
                name: said[name] for name in ("_loaded_at", "issuer", ALGORITHMS, ENDS, *ENDPOINTS) if name in said
            }
        except (requests.RequestException, ValueError, TypeError, AttributeError):
            kept[issuer] = time.monotonic() + FAILED, None
            raise
        kept[issuer] = time.monotonic() + FRESH, found
    if found is None:
        raise ProviderError("people.provider_down", name=known["name"])
    return {**found}


def _kept() -> dict[str, tuple[float, Unchecked | None]]:
    """Issuer -> until when, and what it said; None where it failed."""
    kept: dict[str, tuple[float, Unchecked | None]] = of_process().setdefault("minyi_discovery", {})
    return kept


def _forget(known: Known) -> None:
    _kept().pop(known["issuer"], None)


@contextmanager
def _plainly(known: Known) -> Iterator[None]:
    """What the libraries raise, as a sentence."""
    name = known["name"]
    try:
        yield
    except ProviderError:
        raise
    except OAuthError as error:
        if error.error in ("invalid_grant", "missing_code"):
            raise ProviderError(USED) from error
        if error.error in ("invalid_client", "unauthorized_client"):
            raise ProviderError("people.provider_client", name=name) from error
        raise refused(known, error.description or error.error) from error
    except (UnsupportedAlgorithmError, InvalidKeyTypeError) as error:
        raise ProviderError("people.provider_algorithm", name=name) from error
    except ExpiredTokenError as error:
        raise ProviderError(CLOCK, name=name) from error
    except ClaimError as error:
        raise ProviderError(ABOUT.get(error.claim, SIGNATURE), name=name) from error
    except JoseError as error:
        raise ProviderError(SIGNATURE, name=name) from error
    except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ProviderError("people.provider_down", name=name) from error


OIDC = Kind(_begin, _finish, _forget)
