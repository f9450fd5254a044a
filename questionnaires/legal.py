"""The marks of a statistical survey, which the body that approved or registered it gives: all optional, shown as written.

The approval is of one questionnaire, so where marks are given they name the digest of what was approved; and only a validity
that is a date can be over.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from pydantic import ConfigDict

from definitions.bounded import round_trip

DATE = re.compile(r"(?:有效期)?[至到]?\s*(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?")
LABELS = {
    "form_number": {"zh": "表号", "en": "Form number"},
    "issuing_body": {"zh": "制定机关", "en": "Issued by"},
    "approving_body": {"zh": "批准或备案机关", "en": "Approved or registered by"},
    "approval_number": {"zh": "文号", "en": "Document number"},
    "valid_until": {"zh": "有效期限", "en": "Valid until"},
}


@dataclass(frozen=True)
class Legal:
    """What stands on an approved form, and `approved`, the digest of the questionnaire that was approved."""

    form_number: str = ""
    issuing_body: str = ""
    approving_body: str = ""
    approval_number: str = ""
    valid_until: str = ""
    approved: str = ""

    __pydantic_config__ = ConfigDict(extra="forbid")

    def marks(self, language: str) -> list[str]:
        """Those given, each with its label, as they are shown.

        >>> Legal(form_number="J101", valid_until="2027-12-31").marks("en")
        ['Form number: J101', 'Valid until: 2027-12-31']
        """
        colon = ": " if language == "en" else "："
        given = {name: getattr(self, name).strip() for name in LABELS}
        return [f"{LABELS[name][language]}{colon}{said}" for name, said in given.items() if said]

    @property
    def last_day(self) -> date | None:
        """The day after which nothing may be asked; None where no date is stated.

        >>> Legal(valid_until="2027年6月30日").last_day
        datetime.date(2027, 6, 30)
        >>> Legal(valid_until="as the approval says").last_day
        """
        found = DATE.fullmatch(self.valid_until.strip())
        try:
            return date(*map(int, found.groups())) if found else None
        except ValueError:
            return None


def asked_digest(body: str) -> str:
    """Of a questionnaire's YAML all but its legal marks, however it is laid out: what an approval is of."""
    asked = {key: value for key, value in round_trip(body, "questionnaire")[1].items() if key != "legal"}
    return sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]
