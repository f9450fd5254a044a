"""What somebody is told of: each event, who hears of it where nobody has chosen otherwise, and its words, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["now", "digest", "off"]
NOW: Way = "now"
DIGEST: Way = "digest"
OFF: Way = "off"
WAYS: tuple[Way, ...] = (NOW, DIGEST, OFF)


@dataclass(frozen=True)
class Event:
    """title and says: keys of words; says is given the event's params.

    roles: who is told, and how; none: it goes to no role. page: what a receiver must be allowed to open or to do, and
    where its link leads unless it leads elsewhere. outside: its name for a receiver of webhooks, where it is one of those.
    """

    name: str
    title: str
    says: str
    page: str = ""
    roles: Mapping[str, Way] = field(default_factory=dict)
    outside: str = ""


_ALL = (
    Event(
        "ticket_given", "outbox.ticket_given", "outbox.ticket_given_says", "console.ticket_page",
        {"department": NOW, "manager": DIGEST},
    ),
    Event(
        "ticket_coordinate", "outbox.ticket_coordinate", "outbox.ticket_coordinate_says", "console.ticket_page",
        {"manager": NOW},
    ),
    Event(
        "ticket_back", "outbox.ticket_back", "outbox.ticket_back_says", "console.ticket_page",
        {"department": NOW, "manager": DIGEST},
    ),
    Event(
        "ticket_due", "outbox.ticket_due", "outbox.ticket_due_says", "console.ticket_page",
        {"department": DIGEST},
    ),
    Event(
        "ticket_overdue", "outbox.ticket_overdue", "outbox.ticket_overdue_says", "console.ticket_page",
        {"department": NOW, "manager": DIGEST}, "ticket.overdue",
    ),
    Event(
        "department_unreached", "outbox.department_unreached", "outbox.department_unreached_says", "console.ticket_page",
        {"manager": NOW},
    ),
    Event(
        "value_returned", "outbox.value_returned", "outbox.value_returned_says", "console.value_page",
        {"department": NOW},
    ),
    Event(
        "values_due", "outbox.values_due", "outbox.values_due_says", "console.submit_value", {"department": NOW}
    ),
    Event(
        "values_overdue", "outbox.values_overdue", "outbox.values_overdue_says", "console.submit_value",
        {"department": NOW, "manager": DIGEST},
    ),
    Event(
        "rectification_due", "outbox.rectification_due", "outbox.rectification_due_says", "console.rectification_item",
        {"department": NOW},
    ),
    Event(
        "rectification_overdue", "outbox.rectification_overdue", "outbox.rectification_overdue_says",
        "console.rectification_item", {"department": NOW, "evaluator": DIGEST, "scorer": DIGEST},
    ),
    Event(
        "objection_raised", "outbox.objection_raised", "outbox.objection_raised_says", "console.objection_page",
        {"evaluator": NOW, "scorer": NOW},
    ),
    Event(
        "objection_answered", "outbox.objection_answered", "outbox.objection_answered_says", "console.objection_page",
        {"department": NOW, "evaluator": DIGEST, "scorer": DIGEST},
    ),
    Event(
        "estimate_proposed", "outbox.estimate_proposed", "outbox.estimate_proposed_says", "console.estimate_page",
        {"evaluator": NOW, "scorer": NOW},
    ),
    Event(
        "estimate_approved", "outbox.estimate_approved", "outbox.estimate_approved_says", "console.estimate_page",
        {"manager": NOW, "evaluator": NOW, "scorer": DIGEST}, "estimate.approved",
    ),
    Event(
        "final_proposed", "outbox.final_proposed", "outbox.final_proposed_says", "console.final_page",
        {"evaluator": NOW, "scorer": NOW},
    ),
    Event(
        "final_signed", "outbox.final_signed", "outbox.final_signed_says", "console.final_page",
        {"evaluator": NOW, "scorer": NOW}, "final_run.signed",
    ),
    Event(
        "survey_closed", "outbox.survey_closed", "outbox.survey_closed_says", "console.survey_page",
        {"manager": NOW, "evaluator": NOW},
    ),
    Event(
        "job_failed", "outbox.job_failed", "outbox.job_failed_says", "console.schedule_page", {"administrator": NOW}
    ),
    Event(
        "response_counted", "outbox.response_counted", "outbox.response_counted_says", "console.survey_page",
        outside="response.counted",
    ),
    Event("ticket_answered", "outbox.ticket_answered", "outbox.ticket_answered_says"),
    Event("invitation", "outbox.invitation", "outbox.invitation_says"),
    Event("reminder", "outbox.reminder", "outbox.reminder_says"),
    Event("test", "outbox.test", "outbox.test_says"),
)  # fmt: skip
EVENTS: dict[str, Event] = {event.name: event for event in _ALL}
INVITING = ("invitation", "reminder")  # their address is looked up when they are sent
PRIVATE = (*INVITING, "ticket_answered")  # to citizens: no address is kept once they are done
FOR_RECEIVERS = tuple(event for event in _ALL if event.outside)
FOR_STAFF = tuple(event for event in _ALL if event.roles)
