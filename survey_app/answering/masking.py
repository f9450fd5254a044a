"""Free text as evaluators may see it: what identifies a person is replaced before anything is stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from questionnaires import Definition
from questionnaires.definition import WRITTEN
from survey_app.ground.sealing import seal
from survey_app.ground.settings import in_force

SEALED = "_sealed"
_GAP = r"[\s\-－–—·.]?"
_DIGITS = {  # order matters: the longer number first
    "证件号": re.compile(
        rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])\d{{2}}{_GAP}\d{{3}}[\dXx]"
    ),
    "卡号": re.compile(rf"(?<!\d)\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)"),
    "证件": re.compile(r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"),
    "电话": re.compile(
        rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)|(?<!\d)0\d{{2,3}}{_GAP}[2-9]\d{{6,7}}(?!\d)"
    ),
}
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_MESSENGER = re.compile(
    r"((?:微信|威信|薇信|QQ|VX|wx|wechat)(?:号码|号)?\s*(?:是|为|[:：])?\s*)([A-Za-z0-9_-]{5,20})", re.I
)


def mask(text: str) -> str:
    """`text` with phone, identity and card numbers, e-mail and messenger names replaced by what they were.

    Full-width digits count as digits. The rest of the text stays as written.
    """
    plain = "".join(unicodedata.normalize("NFKC", c) if c in "０１２３４５６７８９＠．－＋Ｘｘ" else c for c in text)
    found = plain
    for name, pattern in _DIGITS.items():
        found = pattern.sub(f"〔{name[:3]}〕", found)
    found = _EMAIL.sub("〔邮箱〕", found)
    found = _MESSENGER.sub(r"\1〔账号〕", found)
    return text if found == plain else found


def screened(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as they are stored: free text masked, the originals sealed beside it or not kept, or no text at all."""
    kept = dict(answers)
    originals = {}
    written = [question.key for question in definition.questions if question.type in WRITTEN]
    written += [question.other_field for question in definition.questions if question.other_field]
    if in_force().keep_text == "none":
        return {key: answer for key, answer in answers.items() if key not in written}
    for key in written:
        text = answers.get(key)
        if isinstance(text, str):
            kept[key] = mask(text)
            if kept[key] != text:
                originals[key] = text
    if originals and in_force().keep_text == "encrypted":
        kept[SEALED] = {key: seal(text) for key, text in originals.items()}
    return kept
