"""What a person does in the questionnaire editor: what was filled in is kept first, then the button's own work is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from questionnaires.editing import steps
from questionnaires.editing.boxes import Box, boxes_of, entered, renamed_parts, shown
from questionnaires.editing.places import Place, place_of
from questionnaires.editing.rules import Asked, asked_before
from survey_app.models import QuestionnaireDraft
from survey_app.surveys import question_bank
from survey_app.surveys import questionnaire_drafts as drafts
from wording import Message, Text

Sent = Mapping[str, Sequence[str]]
Step = Callable[[steps.Data, Place, str], tuple[steps.Data, Place]]
STEPS: Mapping[str, tuple[str, Step]] = {  # button -> what is said of it, and what it does to the piece it names
    "add": ("questionnaires.draft_added", lambda data, place, kind: steps.add(data, place, kind)),
    "move": ("questionnaires.draft_moved", lambda data, place, to: steps.move(data, place, _target(to, data))),
    "copy": ("questionnaires.draft_copied", lambda data, place, _: steps.duplicate(data, place)),
    "remove": ("questionnaires.draft_removed", lambda data, place, _: steps.remove(data, place)),
    "put": (
        "questionnaires.draft_put_in",
        lambda data, place, part: steps.insert(data, place, question_bank.taken(part)),
    ),
}


def act(draft: QuestionnaireDraft, revision: int, at: str, sent: Sent, button: str, part: str = "") -> Place:
    """Keep what was filled in at the piece `at`, do what `button` says ('move:s0q1:-1'), and say where to look next.

    part: what of the bank was chosen. Raises DraftError; the caller commits.
    """
    body = drafts.body_of(draft)
    data = steps.document(body)
    place = place_of(at, data)
    verb, _colon, rest = button.partition(":")
    named, _colon, operand = rest.partition(":")
    if sent:
        data = filled(data, place, _lines_moved(sent, named, operand) if verb == "line" else sent)
        body = _changed(
            draft, revision, body, data, Message("questionnaires.draft_changed", piece=piece_name(data, place))
        )
    if verb in ("undo", "redo"):
        number = drafts.last_kept(draft)[verb == "redo"]
        if number is not None:
            drafts.go_to(draft, draft.revision, number)
        return place_of(at, steps.document(drafts.body_of(draft)))
    there = place_of(named, data)
    if verb == "go":
        return there
    if verb == "keep":
        question_bank.keep(there.inside(data) or {})
        return place
    if verb in STEPS and (verb != "add" or operand in (*steps.TYPES, "section")):
        key, step = STEPS[verb]
        before = piece_name(data, there)
        data, place = step(data, there, part if verb == "put" else operand)
        piece = before if verb == "remove" else piece_name(data, place)
        _changed(draft, draft.revision, body, data, Message(key, piece=piece))
    return place


def shown_for(part: steps.Data, place: Place) -> str:
    """What a form was made for: only all of that form is read."""
    return f"{place.record}:{part.get('type')}" if place.record == "question" else place.record


def boxes_at(part: steps.Data, place: Place) -> list[Box]:
    """The boxes of a piece; of a question those that its type has."""
    return [box for box in boxes_of(place.record) if place.record != "question" or box.knows(str(part.get("type")))]


def filled(data: steps.Data, place: Place, sent: Sent) -> steps.Data:
    """`data` with what the form says at `place`; what names a question or an option that is called otherwise now follows."""
    before = steps.part_of(data, place)
    if "".join(sent.get("sent", ())) != shown_for(before, place):
        raise drafts.DraftError("questionnaires.draft_changed_meanwhile")
    boxes = boxes_at(before, place)
    part = entered(boxes, before, _compared(sent, shown(boxes, before), asked_before(data, place)))
    if place.record != "question":
        return steps.put(data, place, part)
    parts, old, new = renamed_parts(before, sent), str(before.get("key", "")), str(part.get("key", ""))
    for listed in ("screen_out", "attention"):
        if listed in part and parts:
            part[listed] = [parts.get(str(code), code) for code in part[listed]]
    if part.get("type") != before.get("type"):
        part = steps.retyped(part, str(part.get("type")))
    data = steps.put(data, place, part)
    if parts or (old and new and old != new):
        codes = {(old, code): now for code, now in parts.items()}
        data = steps.renamed(data, {old: new} if old and new else {}, codes)
    return data


def _compared(sent: Sent, was: Sent, asked: Sequence[Asked]) -> Sent:
    """What was sent, with a question that was just chosen for a rule compared in the way usual for its type."""
    usual, found = {each.key: each.operators[0] for each in asked}, dict(sent)
    for name, values in sent.items():
        line, _dot, last = name.rpartition(".")
        if last == "question" and list(values) != list(was.get(name, ())) and "".join(values) in usual:
            found |= {f"{line}.operator": [usual["".join(values)]], f"{line}.value": []}
    return found


def piece_name(data: steps.Data, place: Place) -> Text:
    """A piece as the list of steps calls it."""
    if place.section is None:
        return Message("questionnaires.whole")
    key = (place.inside(data) or {}).get("key") if place.question is not None else None
    return str(key) if key else Message("questionnaires.section", number=place.section + 1)


def _changed(draft: QuestionnaireDraft, revision: int, body: str, data: steps.Data, said: Text) -> str:
    body = steps.text_of(body, data)
    drafts.change(draft, revision, body, said)
    return body


def _target(to: str, data: steps.Data) -> Place | int:
    return int(to) if to in ("-1", "1") else place_of(to, data)


def _lines_moved(sent: Sent, line: str, how: str) -> Sent:
    """What was sent, with the line 'options.2' of a list gone or one place up or down."""
    name, _dot, number = line.rpartition(".")
    numbers = sorted({int(rest.partition(".")[0]) for each in sent if (rest := each.removeprefix(f"{name}.")) != each
                      and rest.partition(".")[0].isdecimal()})  # fmt: skip
    if not number.isdecimal() or int(number) not in numbers:
        return sent
    place = numbers.index(int(number))
    other = place + {"up": -1, "down": 1}.get(how, 0)
    order = list(numbers)
    if how == "drop":
        order.remove(int(number))
    elif 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    moved = {old: new for new, old in enumerate(order)}
    found: dict[str, Sequence[str]] = {}
    for each, values in sent.items():
        head, _dot, rest = each.removeprefix(f"{name}.").partition(".")
        if not each.startswith(f"{name}.") or not head.isdecimal():
            found[each] = values
        elif int(head) in moved:
            found[f"{name}.{moved[int(head)]}.{rest}"] = values
    return found
