"""Mail goes out by SMTP as servers speak it: TLS from the start, STARTTLS, in plain; with a password; refused and put off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from survey_app.ground.reach import kind_of
from survey_app.outbox.letters import Letter
from survey_app.outbox.senders import mail
from survey_app.outbox.senders.frame import NeverError, NotNowError
from tests.support.mail import HOST, PASSWORD, USER, mail_server

LETTER = Letter("anna@example.org", "[Minyi] 有工单要办理", "济宁市的工单#12…", "zh", "ab12", datetime.now(UTC), "test")
KNOWN = {"host": HOST, "sender": "评估办公室 <notice@example.org>", "security": "none", "user": "", "authority": ""}


def known(box, **more):
    return {**KNOWN, "port": str(box.port), "authority": box.authority, **more}


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
@pytest.mark.parametrize("asks", [True, False])
def test_a_letter_arrives_whole_whatever_the_server_speaks(security, asks):
    with mail_server(security, asks) as box:
        more = {"user": USER, "password": PASSWORD} if asks else {}
        with mail.opened(known(box, security=security, **more)) as send:
            assert send(LETTER).state == "sent"
            assert send(LETTER).number == "<ab12@example.org>"
        assert len(box.mails) == 2
        assert len(box.sessions) == 1, "one connection for all"
        first = box.mails[0]
        assert (str(first["To"]), str(first["Subject"])) == ("anna@example.org", LETTER.subject)
        assert str(first["From"]) == "评估办公室 <notice@example.org>"
        assert first["Auto-Submitted"] == "auto-generated"
        assert first["Message-ID"] == box.mails[1]["Message-ID"], "a repetition is known again"
        assert first.get_content().strip() == LETTER.text


def test_a_wrong_password_a_foreign_certificate_and_no_server_are_for_later():
    with mail_server("tls", asks=True) as box:
        wrong = known(box, security="tls", user=USER, password="wrong")
        with pytest.raises(NotNowError, match="does not take user and password"), mail.opened(wrong):
            pass
        with pytest.raises(NotNowError, match="CERTIFICATE_VERIFY_FAILED"), mail.opened({**wrong, "authority": ""}):
            pass
    with pytest.raises(NotNowError, match="There is no connection"), mail.opened(known(box, security="none")):
        pass


@pytest.mark.parametrize(
    ("answer", "refusal"), [("450 later, please", NotNowError), ("550 nobody of that name", NeverError)]
)
def test_what_the_server_puts_off_is_tried_again_and_what_it_refuses_is_not(answer, refusal):
    with mail_server() as box, mail.opened(known(box)) as send:
        box.answers.append(answer)
        with pytest.raises(refusal, match=answer[4:]):
            send(LETTER)
        assert send(LETTER).state == "sent", "the connection goes on"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a@b.cn", True),
        ("a@b", False),
        ("a b@c.cn", False),
        ("", False),
        ("a@b.cn\nBcc: x@y.cn", False),
        ("某@b.cn", False),
        ("a.b@c-d.b.cn", True),
        (".a@b.cn", False),
        ("a.@b.cn", False),
        ("a..b@b.cn", False),
        ("a@-b.cn", False),
        ("a" * 65 + "@b.cn", False),
    ],
)
def test_an_address_is_one_that_mail_can_go_to(text, right):
    assert (kind_of(text) == "mail") is right
