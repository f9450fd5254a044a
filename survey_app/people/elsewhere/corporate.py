"""WeCom and DingTalk, which speak OAuth2 in their own words and sign nothing: so the second factor stays ours.

Tried against a stand-in only (tests/support/provider.py), made from the two companies' documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from survey_app.people.elsewhere.frame import Begun, Claims, Kind, Known, ProviderError, Told, asked, refused

USED_CODES = (40029, 42003)  # WeCom's numbers of a code that is wrong, used or too old


def _to_wecom(known: Known, back: str, state: str) -> Begun:
    query = {
        "login_type": "CorpApp",
        "appid": known["corp_id"],
        "agentid": known["agent_id"],
        "redirect_uri": back,
        "state": state,
    }
    return Begun(f"{known['sign_in']}/wwlogin/sso/login?{urlencode(query)}", {})


def _from_wecom(known: Known, _back: str, came: Mapping[str, str], _kept: Mapping[str, str]) -> Told:
    secret = {"corpid": known["corp_id"], "corpsecret": known.get("secret", "")}
    token = _wecom(known, "gettoken", secret).get("access_token", "")
    who = _wecom(known, "auth/getuserinfo", {"access_token": str(token), "code": came.get("code", "")})
    subject = str(who.get("userid") or "")
    if not subject:
        raise refused(known, "not a member of the organisation")
    more = _wecom(known, "user/get", {"access_token": str(token), "userid": subject})
    return Told(f"wecom:{known['corp_id']}", subject, subject, str(more.get("name") or ""), more)


def _wecom(known: Known, what: str, query: Mapping[str, str]) -> Claims:
    found = asked(known, "GET", f"{known['api']}/cgi-bin/{what}", params=query)
    if found.get("errcode") in USED_CODES:
        raise ProviderError("people.provider_used")
    if found.get("errcode"):
        raise refused(known, f"{found['errcode']} {found.get('errmsg', '')}")
    return found


def _to_dingtalk(known: Known, back: str, state: str) -> Begun:
    query = {
        "client_id": known["client_id"],
        "response_type": "code",
        "scope": "openid corpid",
        "prompt": "consent",
        "redirect_uri": back,
        "state": state,
    }
    return Begun(f"{known['sign_in']}/oauth2/auth?{urlencode(query)}", {})


def _from_dingtalk(known: Known, _back: str, came: Mapping[str, str], _kept: Mapping[str, str]) -> Told:
    secret = {"clientId": known["client_id"], "clientSecret": known.get("client_secret", "")}
    code = came.get("authCode") or came.get("code", "")
    body = {**secret, "code": code, "grantType": "authorization_code"}
    token = asked(known, "POST", f"{known['api']}/v1.0/oauth2/userAccessToken", json=body)
    if "accessToken" not in token:
        if "code" in str(token.get("code", "")).lower():  # invalidCode, as against invalidClient
            raise ProviderError("people.provider_used")
        raise refused(known, token.get("message") or token.get("code"))
    if token.get("corpId") != known.get("corp_id"):
        raise ProviderError("people.provider_organisation", name=known["name"])
    header = {"x-acs-dingtalk-access-token": token["accessToken"]}
    who = asked(known, "GET", f"{known['api']}/v1.0/contact/users/me", headers=header)
    if not who.get("unionId"):
        raise refused(known, who.get("message") or "unionId")
    name = str(who.get("nick") or "")
    return Told(
        f"dingtalk:{known['client_id']}", str(who["unionId"]), name, name, {**who, "corpId": token.get("corpId")}
    )


WECOM, DINGTALK = Kind(_to_wecom, _from_wecom), Kind(_to_dingtalk, _from_dingtalk)
