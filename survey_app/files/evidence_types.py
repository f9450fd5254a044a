"""Which files are taken as evidence, told by their content and never by their name, which must agree.

PDF, OFD, pictures, and Office documents without macros. Archives are not: nobody sees what is in them.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from PIL import Image, UnidentifiedImageError

from wording import Message, Refusal

SIZE_LIMIT = 20 * 1024 * 1024  # bytes
TAKEN = "PDF、OFD、JPEG、PNG、Word、Excel、PowerPoint"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
    "OFD.xml": "application/ofd",
}
_PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png"}
ENDINGS = {  # of each kind, the usual one first; et, wps and dps are WPS's names of the same formats
    "application/pdf": ("pdf",), "application/ofd": ("ofd",), "image/jpeg": ("jpg", "jpeg", "jpe"), "image/png": ("png",),
    f"{_OFFICE}wordprocessingml.document": ("docx", "wps"), f"{_OFFICE}spreadsheetml.sheet": ("xlsx", "et"),
    f"{_OFFICE}presentationml.presentation": ("pptx", "dps"), "application/msword": ("doc", "wps"),
    "application/vnd.ms-excel": ("xls", "et"), "application/vnd.ms-powerpoint": ("ppt", "dps"),
}  # fmt: skip
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # Word, Excel and WPS files of before 2007


def checked_file(name: str, body: bytes) -> tuple[str, str]:
    """The plain name of a file that was handed in, and its media type. Raises a Refusal that names the file."""
    name = PurePosixPath(name.replace("\\", "/")).name.strip()[-200:] or "file"
    if not body:
        raise Refusal("values.file_empty", name=name)
    if len(body) > SIZE_LIMIT:
        raise Refusal("values.file_most_mb", name=name)
    try:
        return checked_name(name, body)
    except ValueError as error:
        raise Refusal(f"{name}：{error}") from error


def checked_name(name: str, body: bytes) -> tuple[str, str]:
    """The file's name, with an ending that says what it is, and its media type.

    Raises ValueError where it is not taken, or where its ending says that it is something else: an xlsx named .pdf.
    """
    kind = media_type(body)
    ending = re.search(r"\.([A-Za-z][A-Za-z0-9]{0,4})$", name)  # '2023.09报告' has none
    if ending is None:
        return f"{name}.{ENDINGS[kind][0]}", kind
    if ending[1].lower() not in ENDINGS[kind]:
        raise Refusal("values.file_named_otherwise", named=ending[1].lower(), ending=ENDINGS[kind][0])
    return name, kind


def media_type(body: bytes) -> str:
    """What the file is. Raises ValueError in the user's words where it is not taken."""
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if body.startswith(_OLE):
        return _before_2007(body)
    if body.startswith(b"PK\x03\x04"):
        return _zipped(body)
    if body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(body)
    raise _refused()


def _zipped(body: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(body)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Refusal("values.file_damaged") from None
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        raise _with_macros()
    found = next((kind for name, kind in _ZIPPED.items() if name in names), None)
    if found is None:
        raise _refused()
    return found


def _before_2007(body: bytes) -> str:
    """The streams of the old formats are named in UTF-16; macros stand in a stream of their own."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in body

    if has("_VBA_PROJECT"):
        raise _with_macros()
    if has("WordDocument"):
        return "application/msword"
    if has("Workbook") or has("Book\0"):
        return "application/vnd.ms-excel"
    if has("PowerPoint Document"):
        return "application/vnd.ms-powerpoint"
    raise _refused()


def _picture(body: bytes) -> str:
    try:
        image = Image.open(io.BytesIO(body), formats=tuple(_PICTURES))
        image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refusal("values.picture_damaged") from None
    return _PICTURES[image.format or ""]


def _refused() -> ValueError:
    return ValueError(Message("values.only_pdf_ofd_jpeg", taken=TAKEN))


def _with_macros() -> ValueError:
    return ValueError(Message("values.file_macros_save_without"))
