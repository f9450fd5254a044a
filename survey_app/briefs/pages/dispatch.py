"""Dispatch briefs of a period: their list, one more, and each as Word and PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from survey_app.briefs import dispatch
from survey_app.briefs.dispatch import COORDINATOR, VERIFIER, Acts, DispatchError, Item
from survey_app.console.frame import bp
from survey_app.console.permissions import all_of, may, own
from survey_app.console.sent_reports import head, sent_report
from survey_app.documents.content import Block, Field, Heading, Paragraph, Report, Say, grid
from survey_app.ground.clock import local_time
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.models import Area, Dispatch, Period, db
from survey_app.values.periods import PeriodError, period_of, periods
from wording import Message, reading

COUNTED = ("asked", "in", "accepted", "late")
LONGEST = 80  # letters of a value in the table of changes
EVERYONE = all_of("manager", "evaluator", "department", "scorer", "auditor")  # each its own part


@bp.page("/periods/<period>/dispatch", "查看调度简报", EVERYONE)
def dispatch_page(period: str) -> str:
    found = _period(period)
    parts = [(one, own_part(one)) for one in dispatch.dispatches(period)]
    rows = [(one, dispatch.counted(items)) for one, items in parts if items]
    return render_template(
        "briefs/dispatch.html", period=found, periods=periods(), rows=rows, demo=any(one.demo for one, _counts in rows)
    )


@bp.action("/periods/<period>/dispatch", "生成调度简报", own("manager"))
def make_dispatch(period: str) -> BaseResponse:
    found = _period(period)
    try:
        with transaction():
            made = dispatch.make(found, current_user.username)
        flash(_("已生成第%(number)s期。", number=made.number), "ok")
    except DispatchError as error:
        flash(str(error), "error")
    return redirect(url_for("console.dispatch_page", period=period))


@bp.page("/periods/<period>/dispatch/<int:number>.<any(docx, pdf):ending>", "下载调度简报", EVERYONE)
def dispatch_file(period: str, number: int, ending: str) -> BaseResponse:
    try:
        one = dispatch.dispatch_of(period, number)
    except DispatchError:
        abort(404)
    if not own_part(one):
        abort(404)
    return sent_report(
        dispatch_report(one, language(), own_part), ending, url_for("console.dispatch_page", period=period)
    )


def own_part(one: Dispatch) -> list[Item]:
    """What of a brief the signed-in person may see: of the own area, and of the own department what it leads."""
    places = {area.name: area for area in db.session.scalars(select(Area))}  # rated then, perhaps not now
    return [
        item
        for item in dispatch.items_of(one)
        if may(current_user.grants, "console.value_page", places.get(item.area), tuple(item.leads))
    ]


def dispatch_report(one: Dispatch, chosen: str, part: Callable[[Dispatch], list[Item]] = dispatch.items_of) -> Report:
    """The brief as it was made, or a part of it, beside the one before it."""
    say, items, last = Say(chosen), part(one), dispatch.before(one)
    then, whole = part(last) if last else [], len(items) == len(one.items)
    with reading(chosen):
        numbers = dispatch.counted(items)
        asked, done, late = numbers["asked"], numbers["in"], numbers["late"]
        lead = say(
            f"应报{asked}项：已报{done}项，其中已核验{numbers['accepted']}项；未报{asked - done}项，其中逾期{late}项。",
            f"{asked} asked: {done} handed in, {numbers['accepted']} of them accepted; {asked - done} open, {late} of them overdue.",
        )
        deadline = db.session.get(Period, one.period)
        due = deadline.deadline if deadline else None
        return Report(
            title=say(f"指标调度简报 第{one.number}期", f"Dispatch brief no. {one.number}")
            + ("" if whole else say("（本单位部分）", " (your part)")),
            subtitle=say(f"{one.period}周期指标填报", f"Indicator values of {one.period}"),
            language=chosen,
            name=f"dispatch-{one.period}-{one.number}",
            facts=(
                (say("截至", "As of"), local_time(one.at)),
                (say("填报截止", "Due"), local_time(due) if due else say("未规定", "not set")),
                (
                    say("上期", "Last brief"),
                    f"{say('第', 'no. ')}{last.number}{say('期', '')} {local_time(last.at)}"
                    if last
                    else say("无", "none"),
                ),
            ),
            blocks=(
                Paragraph(lead, "lead"),
                _areas(items, then, say),
                Heading(1, say("谁要做什么", "Who must act")),
                *_acts(dispatch.acts(items), say),
                Heading(1, say("上期以来的变化", "Changes since the last brief")),
                *(
                    _changes(dispatch.changed(items, then), say)
                    if last
                    else [Paragraph(say("这是本周期的第一期。", "This is the period's first."))]
                ),
            ),
            demo=one.demo,
            head=head(chosen),
        )


def _areas(items: Sequence[Item], then: Sequence[Item], say: Say) -> Block:
    rows: list[list[str | int]] = []
    for area in dict.fromkeys(item.area for item in items):
        numbers = dispatch.counted(item for item in items if item.area == area)
        before = dispatch.counted(item for item in then if item.area == area)
        rows.append([area, *(numbers[key] for key in COUNTED), numbers["in"] - before["in"]])
    labels = (say("应报", "Asked"), say("已报", "In"), say("已核验", "Accepted"), say("逾期", "Late"))
    fields = [Field(say("地区", "Area")), *(Field(label, "count") for label in labels)]
    fields.append(Field(say("较上期已报", "In since last"), "count"))
    whole = dispatch.counted(items)
    sums = {place: whole[key] for place, key in enumerate(COUNTED, 1)}
    return grid(say("各地区进度", "Progress by area"), say("进度", "Progress"), fields, rows, sums)


def _acts(found: Sequence[Acts], say: Say) -> list[Block]:
    if not found:
        return [Paragraph(say("全部已核验，没有待办。", "All is accepted; nobody has to act."))]
    names = {COORDINATOR: say("统筹人员", "Coordinator"), VERIFIER: say("核验人员", "Verifiers")}
    works = {
        dispatch.ENTER: say("填报", "Enter"),
        dispatch.CORRECT: say("退回修改", "Correct"),
        dispatch.ASSIGN: say("指定部门", "Name departments"),
        dispatch.VERIFY: say("核验", "Verify"),
    }
    rows = [
        (
            one.area,
            names.get(one.who, one.who),
            *(listed(one.work.get(key, ()), say) for key in works),
            listed(one.late, say),
            local_time(one.due) if one.due else "",
        )
        for one in found
    ]
    fields = [
        say("地区", "Area"),
        say("谁", "Who"),
        *works.values(),
        say("已逾期", "Overdue"),
        say("最早截止", "First due"),
    ]
    return [
        Paragraph(
            say(
                "数字是指标序号；有两个牵头部门的指标列在两处。",
                "Figures are indicator numbers; one with two leads stands under both.",
            ),
            "note",
        ),
        grid(say("待办", "To do"), say("待办", "To do"), [Field(label) for label in fields], rows),
    ]


def _changes(pairs: Sequence[tuple[Item | None, Item]], say: Say) -> list[Block]:
    if not pairs:
        return [Paragraph(say("没有变化。", "None."))]
    rows = [
        (
            new.area,
            f"{new.indicator} {new.name}",
            state_word(old.state) if old else "",
            state_word(new.state),
            shortened(new.said) or say("清空", "cleared") if old is None or old.said != new.said else "",
        )
        for old, new in pairs
    ]
    labels = (
        say("地区", "Area"),
        say("指标", "Indicator"),
        say("上期", "Before"),
        say("现在", "Now"),
        say("数值改为", "New values"),
    )
    return [grid(say("变化", "Changes"), say("变化", "Changes"), [Field(label) for label in labels], rows)]


def listed(indicators: Iterable[str], say: Say) -> str:
    """Numbers with runs drawn together: 1–4、7; what is no number last."""
    numbers = sorted(int(key) for key in indicators if key.isdecimal())
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    others = [say("评级条件", "rating conditions") for key in indicators if not key.isdecimal()]
    return say("、", ", ").join([*parts, *others])


def state_word(state: str) -> str:
    return str(Message(f"states.{state}"))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _period(code: str) -> Period:
    try:
        return period_of(code)
    except PeriodError:
        abort(404)
