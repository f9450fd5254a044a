"""Names compare as they look: code points, widths and signs that nobody sees do not tell two places apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.names import clean, differing, key, near

SAME = [
    ("\uf97a山县", "梁山县"),  # compatibility ideograph
    ("\u2ee5台县", "鱼台县"), ("\u2f26", "子"), ("\u2ed3清区", "长清区"),  # radicals, as a PDF gives them
    ("Ａ区（东）", "A区(东)"), ("ｶﾞ区", "ガ区"), ("１６－２９", "16-29"),  # widths
    ("任城\u200b区", "任城区"), ("\ufeff任城区", "任城区"), ("任\u00ad城区\u2060", "任城区"), ("任城区\ufe00", "任城区"),
    ("\u202a任城区\u202c", "任城区"), ("任城\u3164区", "任城区"),  # what nobody sees
    ("  任城区\u00a0", "任城区"), ("任城\u3000 新区", "任城 新区"),  # blanks
    ("Cafe\u0301", "Café"), ("А区", "A区"), ("东\u2011西", "东-西"), ("邹城・北", "邹城·北"),
]  # fmt: skip
APART = [
    ("任城区", "兖州区"),
    ("a", "A"),
    ("任城 区", "任城区"),
    ("鱼台县", "鱼台区"),
    ("16-29", "1629"),
    ("㎡", "m2"),
    ("①", "1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_look_the_same_are_the_same(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_names_that_look_different_stay_apart(one, other):
    assert key(one) != key(other)


@given(st.text(max_size=12))
def test_a_key_is_stable_and_the_same_for_every_normal_form(name):
    assert key(key(name)) == key(name)
    assert key(unicodedata.normalize("NFD", name)) == key(unicodedata.normalize("NFC", name)) == key(clean(name))


def test_two_names_that_look_the_same_are_told_apart_by_code_point():
    assert differing("\uf97a山县", "梁山县") == "U+F97A / U+6881"
    assert differing("任城区\u200b", "任城区") == "U+200B / –"
    assert differing("任城区", "任城区") == ""


DEPARTMENTS = [
    "市公安局",
    "市交通运输局",
    "市商务局",
    "市医保局",
    "市卫生健康委",
    "市城乡水务局",
    "市大数据中心",
    "市人力资源社会保障局",
    "市教育局",
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("市交通局", "市交通运输局"), ("交通运输局", "市交通运输局"), ("市卫健委", "市卫生健康委"), ("市人社局", "市人力资源社会保障局"),
        ("市大数据局", "市大数据中心"), ("市交通运翰局", "市交通运输局"), ("市水务局", "市城乡水务局"), ("市医疗保障局", "市医保局"),
        ("市税务局", ""), ("市统计局", ""), ("市司法局", ""), ("市城市管理局", ""),
    ],
)  # fmt: skip
def test_a_near_miss_is_offered_the_right_department_and_another_department_is_not(said, meant):
    assert near(said, DEPARTMENTS) == meant
