"""What a reader must know of an estimate, as keys with parameters: whoever shows it words it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from wording import Message


class NoticeDocument(TypedDict):
    """A notice in a document; its key is empty where a document of an earlier release had the text alone."""

    key: str
    params: dict[str, str | int | float]
    text: str


@dataclass(frozen=True)
class Notice:
    """key: one of `wording/texts/notices.py`. params: plain values that its words name."""

    key: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        return Message(f"notices.{self.key}", **self.params)

    @property
    def text(self) -> str:
        """In English, as it stands in documents beside key and parameters."""
        return self.message.text("en")

    def as_dict(self) -> NoticeDocument:
        return {"key": self.key, "params": dict(self.params), "text": self.text}
