"""The nouns of the database, one file each."""

from survey_app.models.area import Area
from survey_app.models.audit import AuditEntry, AuditHead
from survey_app.models.base import db
from survey_app.models.draft import Draft
from survey_app.models.flag import ResponseFlag
from survey_app.models.invitation import Invitation, InvitationKey, InvitationUse
from survey_app.models.people import Grant
from survey_app.models.quota import QuotaCount
from survey_app.models.response import Response
from survey_app.models.runs import EstimateRun, ScoringRun
from survey_app.models.sign_off import SignOffStep
from survey_app.models.staffed import DeviceLink, PaperEntry
from survey_app.models.stored_file import StoredFile
from survey_app.models.survey import QuestionnaireVersion, Site, Survey
from survey_app.models.ticket import Ticket, TicketDraft, TicketEvent, TicketPhoto, TicketPublication
from survey_app.models.user import Role, User
from survey_app.models.values import IndicatorValue

__all__ = [
    "Area",
    "AuditEntry",
    "AuditHead",
    "DeviceLink",
    "Draft",
    "EstimateRun",
    "Grant",
    "IndicatorValue",
    "Invitation",
    "InvitationKey",
    "InvitationUse",
    "PaperEntry",
    "QuestionnaireVersion",
    "QuotaCount",
    "Response",
    "ResponseFlag",
    "Role",
    "ScoringRun",
    "SignOffStep",
    "Site",
    "StoredFile",
    "Survey",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TicketPhoto",
    "TicketPublication",
    "User",
    "db",
]
