"""What the words of another tool may mean in a questionnaire: a heading a field, what a cell says an option. No guess is
taken for known: what two things could be meant by is left open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from questionnaires import Definition, Question
from survey_app.files.headed import plain

CHOSEN = ("single", "dropdown", "scale", "matrix", "multiple", "ranking")
NUMBERS = ("serial", "code")  # what a number in a choice is: the place of the option, or its code or score
UNKNOWN = "?"  # two things have the same words
_DASHES = re.compile(r"\s*[-–—‐‑−~～]+\s*")
_HINT = re.compile(
    r"[\[【(（](?:单选|多选|填空|量表|排序|矩阵|下拉|评分|必填|选填|可选|必答|NPS)[^\]】)）]{0,8}[\]】)）]\s*$"
)
_NUMBER = re.compile(r"^\s*(?:第\s*(\d{1,4})\s*题|[Qq](\d{1,4})\b|(\d{1,4})(?=\s*[、.．:：(（_—\-]|\s*$))[\s、.．:：]*")
_WORDS = re.compile(r"^(.*?)\s*〖(.*)〗\s*$", re.DOTALL)  # an option with what was written beside it
_PART = re.compile(
    r"(?:〖[^〗]*〗|[^┋→⇒|;；\n])+"
)  # up to a sign that parts choices; not one inside what was written beside
LONGEST_NUMBER = 4  # digits of the place of an option or a question
RECOMMENDED = tuple(str(number) for number in range(11))


class Targets:
    """The fields of a questionnaire by their words. A target is a field, or `key=code` for a column of one option."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.asked = [question for question in definition.questions if question.type != "statement"]

    @cached_property
    def all(self) -> dict[str, tuple[Question, str]]:
        """Target -> its question, and its row's key, its option's code, 'other' or ''."""
        found: dict[str, tuple[Question, str]] = {}
        for question in self.asked:
            if question.type != "matrix":
                found[question.key] = question, ""
            for row in question.rows:
                found[f"{question.key}__{row.key}"] = question, row.key
            if question.type in ("multiple", "ranking"):
                found |= {f"{question.key}={choice.code}": (question, choice.code) for choice in question.options}
            if question.other_field:
                found[question.other_field] = question, "other"
        return found

    def meant_by(self, heading: str) -> tuple[str | None, bool]:
        """The target of a heading, None where it is not known, and whether it is sure: a number alone is not."""
        for said in _ways(heading):
            found = self._by_words.get(letters(said))
            if found is not None:
                return (None if found == UNKNOWN else found), True
        number = _NUMBER.match(heading)
        if number is None:
            return None, False
        place, rest = int(number[1] or number[2] or number[3]), letters(_HINT.sub("", heading[number.end() :]))
        question = self.asked[place - 1] if 0 < place <= len(self.asked) else None
        if question is None:
            return None, False
        for target, words in _parts(question):
            if rest and rest in {letters(word) for word in words}:
                return target, True
        return (question.key if question.type != "matrix" else None), False

    def is_number(self, heading: str) -> bool:
        """Whether a heading is the number of a question and nothing else."""
        return not letters(_NUMBER.sub("", heading, count=1))

    @cached_property
    def _by_words(self) -> dict[str, str]:
        found: dict[str, str] = {}
        weak: dict[str, str] = {}
        for question in self.asked:
            names = (question.key, question.text.zh, question.text.en)
            if question.type != "matrix":
                for name in names:
                    _note(found, name, question.key)
            for target, words in _parts(question):
                for word in words:
                    for name in names:
                        _note(found, f"{name} {word}", target)
                    if question.type == "matrix":
                        _note(weak, word, target)  # a row's own words, where nothing else has them
        return weak | found

    def option_of(self, question: Question, said: str, numbers: str) -> str | None:
        """The code that `said` stands for; None where none does, or what a number means was not said."""
        plainly = same(said)
        digits = plainly.isascii() and plainly.isdigit()
        if question.type == "recommend":  # a place in 0 to 10 is not the number itself
            return plainly if plainly in RECOMMENDED and numbers != "serial" else None
        by_label, by_code = self._options[question.key]
        label, code = by_label.get(plainly) or by_label.get(letters(said)), by_code.get(plainly)
        if not digits:
            return _only(label, code)
        place = int(plainly) - 1 if len(plainly) <= LONGEST_NUMBER else -1
        serial = question.options[place].code if 0 <= place < len(question.options) else None
        if numbers:
            return serial if numbers == "serial" else _only(label, code)
        return code if code == serial and label in (None, code) else None

    @cached_property
    def _options(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Question -> its options by label (as compared, and by letters alone) and by code."""
        found = {}
        for question in self.asked:
            labels: dict[str, str] = {}
            for choice in question.options:
                for words in (choice.text.zh, choice.text.en):
                    _keep(labels, same(words), choice.code)
                    bare = letters(words)
                    if not bare.isdigit():
                        _keep(labels, bare, choice.code)
            found[question.key] = labels, {same(choice.code): choice.code for choice in question.options}
        return found


def letters(said: str) -> str:
    """Letters and digits alone, in one width and case: how headings are compared."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", said).casefold() if sign.isalnum())


def same(said: str) -> str:
    """How options are compared: width, case, blanks and the kind of a dash do not matter."""
    return _DASHES.sub("-", plain(said)).replace(" ", "")


def with_words(said: str) -> tuple[str, str]:
    """An option as 问卷星 writes it, and what was written beside it: 其他〖路灯〗."""
    found = _WORDS.match(said)
    return (found[1], found[2].strip()) if found else (said, "")


def chosen_in(question: Question, said: str, known: Sequence[str]) -> list[str]:
    """The single choices of a cell: several apart by ┋, →, | or ;, or, as Kobo has them, by blanks. known: all words of options."""
    if question.type not in ("multiple", "ranking") or same(said) in known:
        return [said.strip()]
    parts: list[str] = [part.strip() for part in _PART.findall(said) if part.strip()]
    if len(parts) == 1 and " " in parts[0] and all(same(part) in known for part in parts[0].split()):
        return parts[0].split()
    return parts


def _ways(heading: str) -> Iterator[str]:
    """The heading, without its number and hints, and the last parts of a path of groups."""
    bare = _HINT.sub("", _NUMBER.sub("", heading, count=1))
    yield from (heading, _HINT.sub("", heading), bare)
    path = [part for part in heading.split("/") if part.strip()]
    for start in range(1, len(path)):
        yield "/".join(path[start:])


def _parts(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Targets inside a question with their words: rows, options in columns of their own, the field of one's own words."""
    for row in question.rows:
        yield f"{question.key}__{row.key}", (row.key, row.text.zh, row.text.en)
    if question.type in ("multiple", "ranking"):
        for choice in question.options:
            yield f"{question.key}={choice.code}", (choice.code, choice.text.zh, choice.text.en)
    if question.other_field:
        yield question.other_field, ("other", "请说明", "please say")


def _note(found: dict[str, str], words: str, target: str) -> None:
    key = letters(words)
    found[key] = target if found.get(key, target) == target else UNKNOWN


def _keep(found: dict[str, str], words: str, code: str) -> None:
    if words:
        found[words] = code if found.get(words, code) == code else ""


def _only(*found: str | None) -> str | None:
    """The one code among these, None where they say different things or nothing."""
    codes = {code for code in found if code}
    return codes.pop() if len(codes) == 1 else None
