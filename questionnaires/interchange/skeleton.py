"""What an imported questionnaire lacks and Minyi asks for: filled with plain words to be replaced."""

from __future__ import annotations

import re
from typing import Any


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh or en, "en": en or zh}


def definition_of(
    name: str, version: str, title: dict[str, str], sections: list[dict[str, Any]], consent: dict[str, str] | None
) -> dict[str, Any]:
    """Plain data of a whole definition around `sections`."""
    return {
        "id": re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "imported",
        "version": str(version),
        "title": title if title["zh"] else text("问卷", "Questionnaire"),
        "organiser": text("（请填写主办单位）", "(organiser: please fill in)"),
        "consent": {"version": "1", "text": consent or text("（请填写知情同意）", "(consent: please fill in)")},
        "columns": {},
        "screened_out": text("谢谢！本次调查不需要您继续作答。", "Thank you! There are no further questions for you."),
        "thanks": text("谢谢您的参与！", "Thank you for taking part!"),
        "sections": sections,
    }
