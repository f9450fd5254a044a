"""Stand-ins for those who sign people in elsewhere: OpenID Connect with signed tokens, WeCom and DingTalk as documented."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from survey_app.ground.transaction import transaction
from survey_app.models import IdentityProvider, db
from survey_app.people.elsewhere.providers import NEEDS, keep_provider

CLIENT, SECRET = "minyi", "only-for-tests"
KEY = ECKey.generate_key("P-256", parameters={"kid": "of-the-provider"})
OTHER_KEY = ECKey.generate_key("P-256", parameters={"kid": "of-the-provider"})  # another's, under the same name
Token = dict[str, Any]


@dataclass
class Provider:
    """One that runs. person: whom it signs in; token: bends the ID token's claims; sign: makes the token of them; answers: what
    an address says instead of its own."""

    url: str = ""
    person: Token = field(default_factory=lambda: {"sub": "1001", "preferred_username": "wang", "name": "王芳"})
    token: Callable[[Token], Token] = lambda claims: claims
    sign: Callable[[Token], str] = lambda claims: jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims, KEY)
    answers: dict[str, tuple[int, Token]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    corp: str = "corp"  # the organisation for which somebody signs in at DingTalk
    moved: set[str] = field(default_factory=set)  # addresses that send elsewhere

    def answer(self, path: str, query: dict[str, str], sent: dict[str, str], header: str) -> tuple[int, Token]:
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        own: dict[str, Callable[[], tuple[int, Token]]] = {
            "/.well-known/openid-configuration": lambda: (200, self.discovery()),
            "/jwks": lambda: (200, {"keys": [KEY.as_dict(private=False)]}),
            "/token": lambda: self._token(sent, header),
            "/userinfo": lambda: (200, self.person),
            "/cgi-bin/gettoken": lambda: (200, {"errcode": 0, "access_token": "a"}),
            "/cgi-bin/auth/getuserinfo": lambda: self._wecom(query),
            "/cgi-bin/user/get": lambda: (200, {"errcode": 0, "name": self.person["name"], "department": [1, 27]}),
            "/v1.0/oauth2/userAccessToken": lambda: self._dingtalk(sent),
            "/v1.0/contact/users/me": lambda: (200, {"nick": self.person["name"], "unionId": self.person["sub"]}),
        }
        return own.get(path, lambda: (404, {}))()

    def discovery(self) -> Token:
        names = {
            "authorization_endpoint": "auth",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
            "end_session_endpoint": "end?of=all",
        }
        signed = {"id_token_signing_alg_values_supported": ["ES256", "HS256", "none"]}
        return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in names.items()}, **signed}

    def code_for(self, address: str) -> dict[str, str]:
        """What the browser brings back from `address`, where somebody has signed in."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def _token(self, sent: dict[str, str], header: str) -> tuple[int, Token]:
        if base64.b64decode(header.removeprefix("Basic ")).decode() != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if asked is None or asked["code_challenge"] != challenge or asked["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        moment = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.sign(self.token(claims))}

    def _wecom(self, query: dict[str, str]) -> tuple[int, Token]:
        if self.codes.pop(query["code"], None) is None:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        return 200, {"errcode": 0, "userid": self.person["sub"]}

    def _dingtalk(self, sent: dict[str, str]) -> tuple[int, Token]:
        asked = self.codes.pop(sent["code"], None)
        if asked is None:
            return 400, {"code": "invalidParameter.authCode.notFound", "message": "wrong code"}
        return 200, {"accessToken": "a", "expireIn": 7200} | (
            {"corpId": self.corp} if "corpid" in asked["scope"].split() else {}
        )


def unsigned(claims: Token) -> str:
    """A token of the algorithm 'none'."""
    return _written({"alg": "none"}, claims) + "."


def by_public_key(claims: Token) -> str:
    """A token signed HS256 with the provider's public key as the secret."""
    written = _written({"alg": "HS256", "kid": KEY.kid}, claims)
    return f"{written}.{_plain(hmac.digest(KEY.as_pem(private=False), written.encode(), 'sha256'))}"


def _written(header: Token, claims: Token) -> str:
    return ".".join(_plain(json.dumps(part).encode()) for part in (header, claims))


def _plain(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


@contextmanager
def running() -> Iterator[Provider]:
    """One at 127.0.0.1 while the block lasts."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            is_json = "json" in self.headers.get("Content-Type", "")
            sent = json.loads(body) if is_json else {name: values[0] for name, values in parse_qs(body).items()}
            status, told = provider.answer(address.path, query, sent, self.headers.get("Authorization", ""))
            if address.path in provider.moved:
                status, told = 307, {}
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if address.path in provider.moved:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        do_POST = do_GET  # noqa: N815  # the library's name

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def kept(url: str, kind: str = "oidc", first: str = "wait", **more: str) -> IdentityProvider:
    """`url` as a way to sign in here."""
    made = IdentityProvider(kind=kind, settings={})
    own = {need.name: need.first for need in NEEDS[kind]}
    addresses = {need.name: url for need in NEEDS[kind] if need.address}
    secret = {"client_id": CLIENT, "client_secret": SECRET, "corp_id": "corp", "agent_id": "7", "secret": SECRET}
    with transaction():
        keep_provider(made, {"name": "市统一认证", "first": first, **own, **addresses, **secret, **more}, True, "anna")
    assert db.session.get(IdentityProvider, made.id)
    return made


def begun(client: FlaskClient, provider: IdentityProvider, **query: str) -> str:
    """Where the browser is sent."""
    return client.get(f"/console/sign-in/at/{provider.id}", query_string=query).location or ""


def come(client: FlaskClient, provider: IdentityProvider, at: Provider, **query: str) -> TestResponse:
    """Sign in there and come back."""
    return client.get("/console/sign-in/back", query_string=at.code_for(begun(client, provider, **query)))
