"""Signing in at a provider: who is let in, with which grants, and every way in which it is refused."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from joserfc import jwt
from sqlalchemy import select

from survey_app.ground import sign_off
from survey_app.ground.persons import unsettled
from survey_app.ground.sign_off import SignOffError
from survey_app.models import AuditEntry, Identity, IdentityProvider, User, db
from survey_app.people import accounts
from survey_app.people.accounts import AccountError, create_account
from survey_app.people.elsewhere import identities, oidc, providers
from survey_app.people.elsewhere.oidc import ENDPOINTS, ENDS, OIDC
from tests.support.city import small_city
from tests.support.people import client_of, csrf, post, sign_in, signed_in
from tests.support.provider import KEY, OTHER_KEY, begun, by_public_key, come, kept, running, unsigned

MAPPED = {"first": "mapped"}


@pytest.fixture(scope="module")
def server():
    with running() as provider:
        yield provider


@pytest.fixture
def at(server, sqlite_app):
    """The stand-in as it is at first, and a city."""
    small_city()
    server.__init__(url=server.url)
    return server


def grants_of(name: str) -> list[tuple[str, str | None]]:
    user = accounts.find(name)
    db.session.refresh(user)
    return sorted((grant.role, grant.area.name if grant.area else None) for grant in user.grants)


def mapped(at, *rules: tuple[str, str, str, str, str], **more: str) -> IdentityProvider:
    made = kept(at.url, **{**MAPPED, **more})
    for rule in rules or [("groups", "survey", "evaluator", "", "")]:
        providers.add_rule(made, *rule)
    db.session.commit()
    return made


def said(client) -> str:
    """What the sign-in page tells after a refusal, in both languages."""
    page = client.get("/console/sign-in").get_data(as_text=True)
    return " ".join(re.findall(r'class="flash \w+"[^>]*>([^<]+)<', page))


def is_in(client) -> bool:
    return client.get("/console/me").status_code == 200


def test_the_button_is_there_only_where_a_provider_is_in_use(at, sqlite_app):
    client = sqlite_app.test_client()
    assert "/console/sign-in/at/" not in client.get("/console/sign-in").get_data(as_text=True)
    made = kept(at.url)
    assert "用市统一认证登录" in client.get("/console/sign-in").get_data(as_text=True)
    made.active = False
    db.session.commit()
    assert "/console/sign-in/at/" not in client.get("/console/sign-in").get_data(as_text=True)
    assert client.get(f"/console/sign-in/at/{made.id}").status_code == 404


def test_the_browser_is_sent_with_pkce_state_and_nonce_and_nothing_secret(at, sqlite_app):
    query = parse_qs(urlsplit(begun(sqlite_app.test_client(), kept(at.url))).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == ["http://localhost/console/sign-in/back"]
    assert min(len(query[name][0]) for name in ("state", "nonce", "code_challenge")) >= 20
    assert "only-for-tests" not in str(query)
    assert "code_verifier" not in query


def test_who_is_new_waits_and_is_let_in_once_approved(at, sqlite_app):
    made = mapped(at, first="wait")
    at.person["groups"] = ["survey"]
    client = sqlite_app.test_client()
    assert come(client, made, at).location.startswith("/console/sign-in")
    assert "等系统管理员批准" in said(client)
    assert not is_in(client)
    office = client_of(sqlite_app, "administrator")
    assert "王芳" in office.get("/console/accounts").get_data(as_text=True)
    number = db.session.scalar(select(Identity.id))
    post(office, f"/console/accounts/waiting/{number}", "/console/accounts", name="wangfang", do="approve")
    assert come(client, made, at, next="/console/me").location == "/console/me"
    assert is_in(client)
    assert grants_of("wangfang") == [("evaluator", None)]
    assert sign_in(sqlite_app.test_client(), "wangfang", "").status_code == 200  # no password opens it
    assert {"identity.approve", "grant.give", "sign_in"} <= set(db.session.scalars(select(AuditEntry.action)))


def test_mapped_grants_are_taken_at_once_and_follow_the_claims_at_the_next_sign_in(at, sqlite_app):
    made = mapped(
        at, ("groups", "survey", "evaluator", "", ""), ("realm.roles", "county", "scorer", "甲县", ""),
        ("groups", "audit", "auditor", "", ""),
    )  # fmt: skip
    at.person |= {"groups": ["survey", "survey-admins"], "realm": {"roles": ["county"]}}
    client = sqlite_app.test_client()
    come(client, made, at)
    assert is_in(client)
    assert grants_of("wang") == [("evaluator", None), ("scorer", "甲县")]
    accounts.give("wang", "manager", reason="by hand")
    db.session.commit()
    at.person |= {"groups": "audit", "realm": {}}
    come(sqlite_app.test_client(), made, at)
    assert grants_of("wang") == [("auditor", None), ("manager", None)]
    accounts.take("wang", "manager")
    db.session.commit()
    at.person["groups"] = ["nothing", True, None, {"audit": "audit"}]
    other = sqlite_app.test_client()
    come(other, made, at)
    assert "没有给您任何权限" in said(other)
    assert grants_of("wang") == []


def test_what_the_table_does_not_grant_nobody_gets(at, sqlite_app):
    made = mapped(at)
    with pytest.raises(AccountError, match=r"系统管理员|administrators"):
        providers.add_rule(made, "groups", "root", "administrator", "", "")
    at.person |= {"groups": ["Survey", "survey "], "role": "administrator"}
    client = sqlite_app.test_client()
    come(client, made, at)
    assert "等系统管理员批准" in said(client)
    assert accounts.find("wang") is None


def test_a_name_that_is_taken_waits_and_another_subject_is_another_person(at, sqlite_app):
    create_account("wang", "manager")
    db.session.commit()
    made = mapped(at)
    at.person["groups"] = ["survey"]
    client = sqlite_app.test_client()
    come(client, made, at)
    assert "等系统管理员批准" in said(client)
    assert grants_of("wang") == [("manager", None)]
    at.person["sub"] = "1002"
    come(client, made, at)
    assert len(db.session.scalars(select(Identity)).all()) == 2
    assert not is_in(client)


def test_a_deactivated_account_stays_so(at, sqlite_app):
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    accounts.set_active(accounts.find("wang"), False, "left")
    db.session.commit()
    client = sqlite_app.test_client()
    come(client, made, at)
    assert "已停用" in said(client)
    assert not is_in(client)


def test_one_person_with_two_accounts_is_not_two_persons(at, sqlite_app):
    """The account by claims alone signs nothing; joined, it is the same account as before."""
    signed_in(sqlite_app.test_client(), create_account("wangfang", "evaluator"), "wangfang")
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    sign_off.take_step("estimate:1", sign_off.PROPOSED, "wangfang", "")
    with pytest.raises(SignOffError, match="wang"):
        sign_off.take_step("estimate:1", sign_off.APPROVED, "wang", "fine")
    identities.join(db.session.scalar(select(Identity)), "wangfang", "anna")
    db.session.commit()
    client = sqlite_app.test_client()
    come(client, made, at)
    assert client.get("/console/me").get_data(as_text=True).count("wangfang")
    assert not accounts.find("wang").active
    with pytest.raises(SignOffError, match=r"自己|who proposed"):
        sign_off.take_step("estimate:1", sign_off.APPROVED, "wangfang", "fine")
    assert sign_in(sqlite_app.test_client(), "wangfang").status_code == 200  # its password went


def test_what_the_second_account_did_stays_the_persons_after_it_is_joined(at, sqlite_app):
    create_account("wangfang", "evaluator")
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    assert unsettled("berta", ["wang"]) == unsettled("wangfang", ["wang"]) == "wang"
    identities.join(db.session.scalar(select(Identity)), "wangfang", "anna")
    db.session.commit()
    assert unsettled("wangfang", ["wang"]) == "wang"  # he did both
    assert unsettled("berta", ["wang", "wangfang"]) == ""  # she did neither
    sign_off.take_step("estimate:1", sign_off.PROPOSED, "wangfang", "")
    with pytest.raises(SignOffError):
        sign_off.take_step("estimate:1", sign_off.APPROVED, "wang", "fine")  # whoever makes it active again
    providers.remove_provider(made)
    db.session.commit()
    assert unsettled("wangfang", ["wang"]) == "wang"


def test_an_account_that_nobody_confirmed_stays_so_when_its_provider_goes(at, sqlite_app):
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    providers.remove_provider(made)
    db.session.commit()
    assert unsettled("berta", ["wang"]) == "wang"
    come(sqlite_app.test_client(), mapped(at), at)  # set up anew: his name waits, and an administrator says whose it is
    identities.join(db.session.scalar(select(Identity)), "wang", "anna")
    assert unsettled("berta", ["wang"]) == ""


def test_once_confirmed_as_a_person_of_its_own_it_counts(at, sqlite_app):
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    identities.approve(db.session.scalar(select(Identity)), "", "anna")
    sign_off.take_step("estimate:1", sign_off.PROPOSED, "eva", "")
    assert sign_off.take_step("estimate:1", sign_off.APPROVED, "wang", "fine").by == "wang"
    assert identities.waiting() == []


def test_an_administrator_with_a_password_is_always_left(at, sqlite_app):
    password = create_account("admin", "administrator")
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    accounts.give("wang", "administrator")  # who signs in at the provider alone is no help when it is down
    with pytest.raises(AccountError, match=r"最后|last"):
        accounts.set_active(accounts.find("admin"), False, "gone")
    db.session.rollback()
    at.person |= {"sub": "2002", "preferred_username": "boss"}
    come(sqlite_app.test_client(), made, at)
    identities.join(db.session.scalars(select(Identity).order_by(Identity.id.desc())).first(), "admin", "admin")
    db.session.commit()
    at.answers = {"/.well-known/openid-configuration": (503, {})}
    client = signed_in(sqlite_app.test_client(), password, "admin")
    assert is_in(client)


def test_the_second_factor_is_left_to_the_provider_only_where_its_token_says_so(at, sqlite_app):
    sqlite_app.config["MINYI"].__dict__["require_totp"] = frozenset({"evaluator"})
    made = mapped(at, factor="mfa urn:strong")
    at.person["groups"] = ["survey"]
    for more, good in (
        ({}, False), ({"amr": ["pwd"]}, False), ({"amr": ["pwd", "mfa"]}, True), ({"acr": "urn:strong"}, True),
    ):  # fmt: skip
        at.token = lambda claims, more=more: {**claims, **more}
        client = sqlite_app.test_client()
        reply = come(client, made, at)
        assert is_in(client) == good, more
        assert good or "second-factor" in reply.location
    at.token, at.person["amr"] = (lambda claims: {name: claims[name] for name in claims if name != "amr"}), ["mfa"]
    client = sqlite_app.test_client()
    come(client, made, at)  # what only the userinfo address says is not signed
    assert not is_in(client)


REFUSALS = {
    "down": (lambda at: at.answers.update({"/token": (503, {})}), "连不上", "cannot be reached"),
    "not json": (lambda at: at.answers.update({"/jwks": (404, {})}), "连不上", "cannot be reached"),
    "client": (lambda at: at.answers.update({"/token": (401, {"error": "invalid_client"})}), "密钥", "secret"),
    "expired": (lambda at: bend(at, iat=time.time() - 900, exp=time.time() - 600), "时钟", "clocks"),
    "early": (lambda at: bend(at, iat=time.time() + 600, exp=time.time() + 900), "时钟", "clocks"),
    "issuer": (lambda at: bend(at, iss="https://foreign.example"), "不是“市统一认证”签发", "not issued by"),
    "audience": (lambda at: bend(at, aud="another"), "别的系统", "another system"),
    "audience, for us by azp": (lambda at: bend(at, aud="another", azp="minyi"), "别的系统", "another system"),
    "party": (lambda at: bend(at, aud=["minyi", "b"], azp="b"), "别的系统", "another system"),
    "nonce": (lambda at: bend(at, nonce="of another sign-in"), "已经用过", "used already"),
    "no subject": (lambda at: bend(at, sub=None), "签名不对或内容不全", "lacks something"),
    "unsigned": (lambda at: setattr(at, "sign", unsigned), "可以核对的方式签名", "can be checked"),
    "HS256": (lambda at: setattr(at, "sign", by_public_key), "可以核对的方式签名", "can be checked"),
    "key": (
        lambda at: setattr(at, "sign", lambda claims: jwt.encode({"alg": "ES256", "kid": KEY.kid}, claims, OTHER_KEY)),
        "签名不对", "wrong signature",
    ),
    "subject": (lambda at: bend(at, sub="another"), "不是同一个人", "two different persons"),
    "name": (lambda at: at.person.pop("preferred_username"), "没有给出“preferred_username”", "did not say"),
}  # fmt: skip


def bend(at, **claims) -> None:
    at.token = lambda own: {name: value for name, value in {**own, **claims}.items() if value is not None}


def test_what_is_not_right_is_refused_with_a_sentence_and_changes_nothing(at, sqlite_app):
    made = mapped(at)
    for which, (change, *words) in REFUSALS.items():
        at.__init__(url=at.url)
        at.person["groups"] = ["survey"]
        change(at)
        for language, said_there in zip(("zh", "en"), words, strict=True):
            client = sqlite_app.test_client()
            client.get(f"/console/language/{language}")
            assert come(client, made, at).location.startswith("/console/sign-in"), which
            assert said_there in said(client), which
            assert not is_in(client), which
    assert db.session.scalars(select(Identity)).all() == []
    assert accounts.find("wang") is None


def test_missing_mail_is_told_where_accounts_are_named_by_it(at, sqlite_app):
    made, client = mapped(at, name_claim="email"), sqlite_app.test_client()
    at.person["groups"] = ["survey"]
    come(client, made, at)
    assert "没有给出“email”" in said(client)
    at.person["email"] = "wang@example.gov.cn"
    come(client, made, at)
    assert grants_of("wang@example.gov.cn") == [("evaluator", None)]


def test_a_provider_that_says_it_is_another_is_not_asked(at, sqlite_app):
    made, client = kept(at.url), sqlite_app.test_client()
    for metadata, words in (
        ({"issuer": "https://foreign.example"}, "签发"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "签名"),
    ):
        at.answers["/.well-known/openid-configuration"] = 200, {**at.discovery(), **metadata}
        OIDC.forget({"issuer": at.url})
        assert begun(client, made).startswith("/console/sign-in")
        assert words in said(client)


@pytest.mark.parametrize("inner", ["http://10.0.0.5/token", "http://localhost/token", "file:///etc/passwd", "https://"])
def test_every_address_that_discovery_names_is_https(at, sqlite_app, monkeypatch, inner):
    issuer = "https://id.example.gov.cn"
    made, client = kept(issuer), sqlite_app.test_client()
    named = {name: f"{issuer}/{name}" for name in ENDPOINTS}
    monkeypatch.setattr(FlaskOAuth2App, "load_server_metadata", lambda app: app.server_metadata or told)
    told = {"_loaded_at": 1, "issuer": issuer, **named}
    assert begun(client, made).startswith(f"{issuer}/authorization_endpoint?")
    for name in ENDPOINTS:
        told = {"_loaded_at": 1, "issuer": issuer, **named, name: inner}
        OIDC.forget({"issuer": issuer})
        assert begun(client, made).startswith("/console/sign-in"), name
        assert "不是https" in said(client)


@pytest.mark.parametrize(
    ("named", "kept_as"),
    [(None, None), ("", None), ("http://10.0.0.5/end", None), ("https://id.example.gov.cn/end",) * 2],
)
def test_an_address_of_signing_out_that_is_not_https_is_left_out_and_signing_in_goes_on(
    at, sqlite_app, monkeypatch, named, kept_as
):
    issuer = "https://id.example.gov.cn"
    made = kept(issuer)
    told = {"_loaded_at": 1, "issuer": issuer, **{name: f"{issuer}/{name}" for name in ENDPOINTS}, ENDS: named}
    monkeypatch.setattr(FlaskOAuth2App, "load_server_metadata", lambda app: app.server_metadata or told)
    OIDC.forget({"issuer": issuer})
    assert begun(sqlite_app.test_client(), made).startswith(f"{issuer}/authorization_endpoint?")
    with sqlite_app.test_request_context():
        known = {"issuer": issuer, "client_id": "x", "scope": "openid", "name": "x"}
        assert oidc._app(known).server_metadata.get(ENDS) == kept_as


def test_discovery_is_asked_once_a_minute_and_a_failure_is_remembered(at, sqlite_app, monkeypatch):
    made, client = kept(at.url), sqlite_app.test_client()
    clock = [1000.0]
    monkeypatch.setattr(oidc, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    at.answers["/.well-known/openid-configuration"] = 503, {}
    for later, asked in ((0, 1), (9, 1), (2, 2)):
        clock[0] += later
        assert begun(client, made).startswith("/console/sign-in")
        assert at.asked.count("/.well-known/openid-configuration") == asked
    at.answers.clear()
    for later, asked in ((11, 3), (59, 3), (2, 4)):
        clock[0] += later
        assert begun(client, made).startswith(at.url)
        assert at.asked.count("/.well-known/openid-configuration") == asked


def test_no_more_sign_ins_are_begun_from_an_address_than_an_office_begins(at, sqlite_app):
    made, client = kept(at.url), sqlite_app.test_client()
    found = {client.get(f"/console/sign-in/at/{made.id}").status_code for _ in range(300)}
    assert found == {302}
    assert client.get(f"/console/sign-in/at/{made.id}").status_code == 429


@pytest.mark.parametrize("kind", ["oidc", "wecom", "dingtalk"])
def test_a_redirect_of_the_providers_is_not_followed(at, sqlite_app, kind):
    made, client = kept(at.url, kind=kind), sqlite_app.test_client()
    at.moved |= {"/token", "/cgi-bin/gettoken", "/v1.0/oauth2/userAccessToken"}
    come(client, made, at)
    assert "连不上" in said(client)
    assert "/elsewhere" not in at.asked


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("http://localhost.evil.example", False), ("http://127.0.0.1.evil.example", False), ("https://", False),
        ("https://[x", False), ("ftp://localhost", False), ("http://id.example", False), ("http://[::1]:8080", True),
        ("http://localhost:8080", True), ("https://id.example", True),
    ],
)  # fmt: skip
def test_which_addresses_a_provider_may_have(at, address, good):
    if good:
        assert kept(address).settings["issuer"] == address
    else:
        with pytest.raises(providers.ProviderKeepError, match="https"):
            kept(address)


def test_a_secret_is_not_sent_to_another_server_than_it_was_entered_for(at):
    made = kept(at.url)
    given = {"name": made.name, **made.settings}
    providers.keep_provider(made, given, True, "anna")
    assert providers.known(made)["client_secret"] == "only-for-tests"
    moved = {**given, "issuer": "https://other.example"}
    with pytest.raises(providers.ProviderKeepError, match=r"重新填写密钥|enter the secret again"):
        providers.keep_provider(made, moved, True, "anna")
    providers.keep_provider(made, {**moved, "client_secret": "new"}, True, "anna")
    assert providers.known(made)["client_secret"] == "new"


def test_a_sign_in_comes_back_once_and_to_the_browser_that_began_it(at, sqlite_app):
    made, client = mapped(at), sqlite_app.test_client()
    at.person["groups"] = ["survey"]
    back = at.code_for(begun(client, made))
    other = sqlite_app.test_client()
    begun(other, made)
    other.get("/console/sign-in/back", query_string=back)
    assert "不是在这个浏览器里开始的" in said(other)
    with client.session_transaction() as session:
        cookie = dict(session)
    client.get("/console/sign-in/back", query_string=back)
    assert is_in(client)
    with other.session_transaction() as session:
        session.update(cookie)  # a copied cookie with a copied address
    other.get("/console/sign-in/back", query_string=back)
    assert "已经用过" in said(other)
    replayed = at.code_for(begun(other, made))
    at.codes.clear()  # the provider has given this code away already
    other.get("/console/sign-in/back", query_string=replayed)
    assert "已经用过" in said(other)
    assert not is_in(other)


def test_what_the_provider_refuses_is_told_in_its_words_and_many_failures_are_slowed_down(at, sqlite_app):
    made, client = kept(at.url), sqlite_app.test_client()
    state = parse_qs(urlsplit(begun(client, made)).query)["state"][0]
    no = {"state": state, "error": "access_denied", "error_description": "<b>not  you</b>"}
    client.get("/console/sign-in/back", query_string=no)
    assert "&lt;b&gt;not you&lt;/b&gt;" in client.get("/console/sign-in").get_data(as_text=True)
    for _ in range(50):
        last = client.get("/console/sign-in/back", query_string={"state": "x"})
    assert last.status_code == 429


def test_an_account_without_a_password_is_not_asked_for_one(at, sqlite_app):
    made, client = mapped(at), sqlite_app.test_client()
    at.person["groups"] = ["survey"]
    come(client, made, at)
    for address in ("/console/password", "/console/confirm"):
        assert client.get(address).location == "/console/me"
    assert "在这里没有密码" in client.get("/console/me").get_data(as_text=True)


@pytest.mark.parametrize(("kind", "claim", "value"), [("wecom", "department", "27"), ("dingtalk", "corpId", "corp")])
def test_wecom_and_dingtalk_by_the_same_way(at, sqlite_app, kind, claim, value):
    made, client = mapped(at, (claim, value, "evaluator", "", ""), kind=kind), sqlite_app.test_client()
    come(client, made, at)
    assert is_in(client)
    name = "1001" if kind == "wecom" else "王芳"
    assert grants_of(name) == [("evaluator", None)]
    other = sqlite_app.test_client()
    late = at.code_for(begun(other, made))
    at.codes.clear()
    other.get("/console/sign-in/back", query_string=late)
    assert "已经用过" in said(other)
    at.answers = {"/cgi-bin/gettoken": (502, {}), "/v1.0/oauth2/userAccessToken": (502, {})}
    come(other, made, at)
    assert "连不上" in said(other)


def test_dingtalk_signs_in_for_our_organisation_alone_and_grants_nothing_by_nickname(at, sqlite_app):
    made, client = mapped(at, ("corpId", "corp", "evaluator", "", ""), kind="dingtalk"), sqlite_app.test_client()
    at.corp = "another"
    come(client, made, at)
    assert "不是本单位" in said(client)
    assert db.session.scalars(select(Identity)).all() == []
    with pytest.raises(AccountError, match="nick"):
        providers.add_rule(made, "nick ", "王芳", "evaluator", "", "")


def test_the_office_sets_it_up_on_its_page(at, sqlite_app):
    client = client_of(sqlite_app, "administrator")
    page = "/console/sign-in-providers/new/oidc"
    given = {
        "name": "市统一认证", "issuer": at.url, "client_id": "minyi", "client_secret": "only-for-tests", "first": "wait",
        "active": "y", "scope": "openid", "name_claim": "sub",
    }  # fmt: skip
    assert post(client, page, **{**given, "issuer": "http://provider.example"}).status_code == 422
    place = post(client, page, **given).location
    shown = client.get(place).get_data(as_text=True)
    assert "http://localhost/console/sign-in/back" in shown
    assert "only-for-tests" not in shown + str([one.after for one in db.session.scalars(select(AuditEntry))])
    rule = {"claim": "groups", "value": "survey", "role": "manager", "area": "甲县", "department": ""}
    assert post(client, f"{place}/rules", place, **rule).location == place
    assert post(client, f"{place}/rules", place, **rule).status_code == 422
    post(client, f"{place}/check", place)
    assert "可以开始登录" in client.get(place).get_data(as_text=True)
    at.answers = {"/.well-known/openid-configuration": (500, {})}
    post(client, f"{place}/check", place)
    assert "连不上" in client.get(place).get_data(as_text=True)
    provider = db.session.scalar(select(IdentityProvider))
    assert [(one.claim, one.value, one.role, one.area.name) for one in provider.rules] == [
        ("groups", "survey", "manager", "甲县")
    ]
    post(client, f"/console/sign-in-providers/rules/{provider.rules[0].id}/remove", place)
    post(client, f"{place}/remove", place)
    assert db.session.scalars(select(IdentityProvider)).all() == []


def test_a_provider_that_goes_takes_its_grants_along(at, sqlite_app):
    made = mapped(at)
    at.person["groups"] = ["survey"]
    come(sqlite_app.test_client(), made, at)
    accounts.give("wang", "auditor")
    db.session.commit()
    providers.remove_provider(made)
    db.session.commit()
    assert grants_of("wang") == [("auditor", None)]
    assert db.session.scalar(select(User).where(User.username == "wang"))


def test_signing_out_here_leads_to_the_providers_own_sign_out_and_waits_for_nobody(at, sqlite_app):
    mapped(at)
    at.person["groups"] = ["survey"]
    client = sqlite_app.test_client()
    come(client, db.session.query(IdentityProvider).one(), at)
    page, before = client.get("/console/me").get_data(as_text=True), list(at.asked)
    left = client.post("/console/sign-out", data={"csrf_token": csrf(page)})
    assert left.status_code == 200
    assert "正在退出市统一认证" in left.get_data(as_text=True)
    address = urlsplit(left.headers["Refresh"].partition("url=")[2])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{at.url}/end"
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked == {
        "of": "all", "client_id": "minyi", "post_logout_redirect_uri": "http://localhost/console/sign-in",
        "ui_locales": "zh-CN zh",
    }  # fmt: skip
    assert at.asked == before
    assert client.get("/console/me").status_code == 302, "here it has ended already"


def test_where_there_is_no_sign_out_elsewhere_it_is_as_ever(at, sqlite_app):
    mapped(at)
    at.person["groups"] = ["survey"]
    at.answers["/.well-known/openid-configuration"] = (
        200, {name: value for name, value in at.discovery().items() if name != "end_session_endpoint"}
    )  # fmt: skip
    oidc.OIDC.forget(providers.known(db.session.query(IdentityProvider).one()))
    client = sqlite_app.test_client()
    come(client, db.session.query(IdentityProvider).one(), at)
    for each in (client, client_of(sqlite_app, "administrator")):
        page = each.get("/console/me").get_data(as_text=True)
        left = each.post("/console/sign-out", data={"csrf_token": csrf(page)})
        assert (left.status_code, "Refresh" in left.headers) == (302, False)
