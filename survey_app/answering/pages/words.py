"""What the questionnaire's template needs beside the definition: hints, faces, answers inside later words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from questionnaires import Definition, Question, check_answers
from questionnaires.answers import Checked
from questionnaires.definition import Text
from questionnaires.logic import Rule, as_tree
from questionnaires.piping import in_words, pieces
from survey_app.answering.texts import TEXTS

NOTHING = Checked({}, {}, False)
FACES = ("☹", "🙁", "😐", "🙂", "😀")  # from the lowest code to the highest; decoration beside the words


class Words:
    """Texts of one page in one language, with what was answered put where a text names a question."""

    def __init__(self, definition: Definition, language: str, sent: Mapping[str, Sequence[str]]) -> None:
        self.definition, self.language = definition, language
        self.checked = check_answers(definition, sent) if sent else NOTHING
        self.answers = self.checked.answers

    def html(self, text: Text | None) -> Markup:
        """The text; an answer in it can be filled by the browser while the person answers."""
        if text is None:
            return Markup()
        parts = [self._filled(part) if piped else escape(part) for part, piped in pieces(text[self.language])]
        return Markup().join(parts)

    def plain(self, text: Text) -> str:
        """The same without markup."""
        return "".join(self._said(part) if piped else part for part, piped in pieces(text[self.language]))

    def furthest(self) -> str:
        """The last question that has an answer; empty where none has."""
        return next((q.key for q in reversed(self.definition.questions) if q.key in self.answers), "")

    def _filled(self, key: str) -> Markup:
        return Markup('<span data-pipe="{}">{}</span>').format(key, self._said(key))

    def _said(self, key: str) -> str:
        said = in_words(self.definition, key, self.answers, self.language)
        return said or TEXTS[self.language]["piped"]


def condition(rule: Rule | None) -> str:
    """A rule for the browser; empty where there is none."""
    return json.dumps(as_tree(rule), ensure_ascii=False) if rule else ""


def faces(question: Question) -> dict[str, str]:
    """Code -> face, for a scale with faces."""
    if not question.faces:
        return {}
    codes = sorted((choice.code for choice in question.options if choice.code != "0"), key=int)
    last = max(len(codes) - 1, 1)
    return {code: FACES[round(place * (len(FACES) - 1) / last)] for place, code in enumerate(codes)}
