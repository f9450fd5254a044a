"""People at the console: accounts with a grant, signed in by their session or through the pages."""

from __future__ import annotations

import re
import secrets
import time
from hashlib import sha256
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_app.models import Area, Grant, SignIn, User, db
from survey_app.people.sessions import KEY

PASSWORD = "a-longer-password-1"


def person(role: str, area: str = "", department: str = "") -> Grant:
    """An account with one grant and no password: it is signed in by its session, which costs nothing."""
    place = db.session.scalar(select(Area).where(Area.name == area)) if area else None
    key = secrets.token_hex(8)
    user = User(email=f"{key}@minyi.invalid", username=key, password="!", fs_uniquifier=key)
    grant = Grant(user=user, role=role, area=place, department=department or None)
    db.session.add_all([user, grant])
    db.session.commit()
    return grant


def enter(client: FlaskClient, user: User) -> FlaskClient:
    """The session of `user`, as after signing in."""
    with client.session_transaction() as session:
        session.clear()
        moment = int(time.time())
        key = secrets.token_hex(8)
        session.update({"_user_id": user.fs_uniquifier, "_fresh": True, "since": moment, "seen": moment, KEY: key})
    db.session.add(SignIn(key=sha256(key.encode()).hexdigest(), user_id=user.id))
    db.session.commit()
    return client


def client_of(app: Flask, role: str, area: str = "", department: str = "") -> FlaskClient:
    """The browser of somebody who has this one grant and has signed in."""
    return enter(app.test_client(), person(role, area, department).user)


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **data: str) -> TestResponse:
    """Through the page, as a person would."""
    token = csrf(client.get("/console/sign-in").get_data(as_text=True))
    return client.post("/console/sign-in", data={"csrf_token": token, "username": name, "password": password, **data})


def signed_in(client: FlaskClient, password: str, name: str) -> FlaskClient:
    """After the first signing in with a one-time password, which becomes PASSWORD."""
    sign_in(client, name, password)
    page = client.get("/console/password").get_data(as_text=True)
    data = {
        "csrf_token": csrf(page), "password": password, "new_password": PASSWORD, "new_password_confirm": PASSWORD,
    }  # fmt: skip
    client.post("/console/password", data=data)
    return client


def csrf(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def token_of(page: str) -> str:
    """The token of a form that a citizen fills in, or of an import that is looked at."""
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def post(client: FlaskClient, address: str, page: str = "", **data: Any) -> TestResponse:
    """Send the form that stands on `page`, which is the address itself where nothing else is said."""
    token = csrf(client.get(page or address).get_data(as_text=True))
    return client.post(address, data={"csrf_token": token, **data})
