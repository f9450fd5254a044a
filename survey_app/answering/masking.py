"""Free text as evaluators may see it: what identifies a person is replaced before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires import Definition
from questionnaires.definition import WRITTEN
from survey_app.answering.personal_numbers import Kind, found_in
from survey_app.ground.sealing import seal
from survey_app.ground.settings import in_force

SEALED = "_sealed"
MARKS = {kind: f"〔{kind}〕" for kind in Kind} | dict.fromkeys((Kind.MOBILE, Kind.LANDLINE), "〔电话〕")


def mask(text: str) -> str:
    """`text` with telephone, identity and card numbers, e-mail and messenger names replaced by what they were.

    The rest stays as written.
    """
    parts, end = [], 0
    for found in found_in(text):
        parts += [text[end : found.start], MARKS[found.kind]]
        end = found.end
    return "".join([*parts, text[end:]])


def screened(definition: Definition, answers: Mapping[str, object]) -> dict[str, object]:
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
