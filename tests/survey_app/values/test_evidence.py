"""Evidence is taken by what it is, kept by digest, and never lost when it is taken off the list."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image
from sqlalchemy import func, select

from survey_app.files.evidence_types import SIZE_LIMIT, checked_name, media_type
from survey_app.models import StoredFile, db
from survey_app.values import entry as value_entry
from survey_app.values import evidence
from survey_app.values.entry import EntryError
from tests.support.city import small_city
from tests.support.indicators import PDF, at, led_by, with_evidence


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


def old_office(stream: str) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500 + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PDF, "application/pdf"),
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (zipped("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        (zipped("OFD.xml"), "application/ofd"),
        (old_office("WordDocument"), "application/msword"),
        (old_office("Workbook"), "application/vnd.ms-excel"),
    ],
)
def test_a_file_is_known_by_its_content(body, kind):
    assert media_type(body).endswith(kind)


@pytest.mark.parametrize(
    ("name", "body", "kept"),
    [
        ("证明.pdf", PDF, "证明.pdf"),
        ("证明.PDF", PDF, "证明.PDF"),
        ("证明", PDF, "证明.pdf"),
        ("2023.09报告", PDF, "2023.09报告.pdf"),
        ("照片.jpeg", picture("JPEG"), "照片.jpeg"),
        ("台账.et", old_office("Workbook"), "台账.et"),
        ("台账.pdf", zipped("[Content_Types].xml", "xl/workbook.xml"), ""),
        ("台账.xlsx", PDF, ""),
        ("照片.png", picture("JPEG"), ""),
        ("工具.exe", PDF, ""),
        ("台账.xlsx", old_office("Workbook"), ""),
    ],
)
def test_a_name_says_what_the_file_is_or_is_refused(name, body, kept):
    if kept:
        assert checked_name(name, body)[0] == kept
        return
    with pytest.raises(ValueError, match="the name ends in"):
        checked_name(name, body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"MZ\x90\x00 a program", "only PDF"),
        (b"<script>alert(1)</script>", "only PDF"),
        (zipped("anything.txt"), "only PDF"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (old_office("Workbook _VBA_PROJECT"), "macros"),
        (picture("PNG")[:30], "damaged"),
        (b"PK\x03\x04 no archive", "damaged"),
        (picture("GIF"), "only PDF"),
    ],
)
def test_other_files_are_refused_whatever_their_name(body, said):
    with pytest.raises(ValueError, match=said):
        media_type(body)


def test_evidence_is_stored_once_by_digest_and_its_removal_keeps_file_and_history(sqlite_app):
    small_city()
    led_by("甲县", "1", "行政审批局")
    led_by("甲县", "2", "行政审批局")
    item = with_evidence("11", "1", "C:\\a\\证明.pdf")
    with_evidence("11", "2", "别名.pdf")
    assert item.name == "证明.pdf"
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    with pytest.raises(EntryError, match="there already"):
        with_evidence("11", "1")
    db.session.rollback()
    with pytest.raises(EntryError, match="reason is needed"):
        evidence.remove(at("11", "1"), item, "", "anna")
    db.session.rollback()
    evidence.remove(at("11", "1"), item, "传错了", "anna")
    db.session.commit()
    entry = value_entry.entry_of(at("11", "1"))
    assert evidence.attached(entry) == []
    assert evidence.attached(entry, removed=True) == [item]
    assert [row.reason for row in value_entry.history(at("11", "1"))] == ["传错了", ""]
    assert with_evidence("11", "1").digest == item.digest


@pytest.mark.parametrize(("body", "said"), [(b"", "empty"), (PDF + b"0" * SIZE_LIMIT, "at most 20 MB")])
def test_an_empty_or_a_huge_file_is_refused(sqlite_app, body, said):
    small_city()
    with pytest.raises(EntryError, match=said):
        evidence.attach(at("11", "1"), "a.pdf", body, "anna")
