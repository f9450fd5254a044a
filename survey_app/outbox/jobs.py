"""The outbox by the clock: what has happened becomes messages, and what is due goes out."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import String, cast, delete, literal, select, update

from survey_app.ground.clock import today
from survey_app.jobs.queue import CLOCK, WITH_THE_CLOCK, Arguments, Progress, enqueue, job
from survey_app.jobs.schedule import regular
from survey_app.models import Outgoing, Survey, Ticket, db
from survey_app.models.base import now
from survey_app.outbox.happened import collect, collect_days
from survey_app.outbox.invited import forget_after_close, queue_round
from survey_app.outbox.later import catch_up
from survey_app.outbox.sending import give_up_unknown, is_due, send_due
from survey_app.outbox.writing import DELIVERED, DROPPED, FAILED, SENT
from survey_app.tickets.steps import ENDED, OBJECTION_DAYS
from wording import Refusal

KEPT = timedelta(days=180)  # a message that is done


@job("outbox", "发送消息", "Send messages")
def send(arguments: Arguments, progress: Progress) -> str:
    """arguments: {}. The result says how many went."""
    return f"outbox:{send_due(progress)}"


def queue_sending() -> None:
    """A job where anything is due; the one that is open is meant where there is one. Commits."""
    if is_due(now()):
        enqueue("outbox", {}, CLOCK)


WITH_THE_CLOCK.append(queue_sending)


@regular("notices", "收集要通知的事", "Collect what to tell", timedelta(minutes=1))
def look(progress: Progress) -> int:
    return collect() + catch_up() + give_up_unknown()


@job("invite", "发送邀请", "Send invitations", refusals=(Refusal,))
def invite(arguments: Arguments, progress: Progress) -> str:
    """arguments: {"survey": id}. Queues the next message of everybody who may get one."""
    survey = db.session.get_one(Survey, arguments["survey"])
    return f"invited:{survey.code}:{queue_round(survey)}"


@regular("numbers", "删除已结束调查的邀请号码", "Delete numbers of surveys that closed", timedelta(minutes=5))
def forget_numbers_of_closed(progress: Progress) -> int:
    return forget_after_close()


@regular("ways", "删除市民留下的通知方式", "Delete where citizens were told", time(2, 45), by_hand=False)
def forget_ways(progress: Progress) -> int:
    """When a ticket has ended and can be opened again no more."""
    before = today() - timedelta(days=OBJECTION_DAYS)
    over = (Ticket.sealed_way.is_not(None), Ticket.state.in_(ENDED), Ticket.closed_on < before)
    subjects = select(literal("ticket:") + cast(Ticket.id, String)).where(*over)
    mine = (Outgoing.event == "ticket_answered", Outgoing.sealed_to.is_not(None), Outgoing.subject.in_(subjects))
    db.session.execute(
        update(Outgoing).where(*mine).values(sealed_to=None).execution_options(synchronize_session=False)
    )
    return db.session.execute(update(Ticket).where(*over).values(sealed_way=None)).rowcount  # type: ignore[attr-defined,no-any-return]


@regular("due_notices", "提醒到期的工单", "Remind of tickets that are due", time(7, 30))
def look_at_the_day(progress: Progress) -> int:
    return collect_days()


@regular("old_messages", "清除半年前发出的消息", "Forget messages sent half a year ago", time(2, 50), by_hand=False)
def forget_old(progress: Progress) -> int:
    """Those that are done, dead letters too."""
    old = (Outgoing.state.in_((SENT, DELIVERED, DROPPED, FAILED)), Outgoing.made_at < now() - KEPT)
    return db.session.execute(delete(Outgoing).where(*old)).rowcount  # type: ignore[attr-defined,no-any-return]
