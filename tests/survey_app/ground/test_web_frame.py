"""What a phone sends is read faster than the library reads it, and to the same."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import example, given
from hypothesis import strategies as st

from survey_app.ground.web_frame import sent_pairs

PIECES = ["a", "服务__bus", "=", "&", "+", "%", "%E6%9B%B2", "%ff", "%2B", "%26", "%", "4", ";", "\x00", " ", "[]"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
@example("home=%E6%9B%B2%E9%98%9C&a&=b&&c==d&a+b=%2B+%ff")
def test_a_form_is_read_as_the_library_reads_it(body):
    assert sent_pairs(body) == parse_qsl(body, keep_blank_values=True, errors="werkzeug.url_quote")


def test_a_form_that_no_encoding_explains_is_refused_or_empty_and_breaks_nothing(sqlite_app):
    reply = sqlite_app.test_client().post("/i/abc", data=b"\xff=\xfe", content_type="application/x-www-form-urlencoded")
    assert reply.status_code == 404
