"""The nouns of the database, one file each."""

from survey_app.models.area import Area
from survey_app.models.assignment import Assignment
from survey_app.models.audit import AuditCheck, AuditEntry, AuditHead
from survey_app.models.base import db
from survey_app.models.brief import EarlierFigure, FigureNote, Letterhead, ViewLink
from survey_app.models.coding import Code, Coding
from survey_app.models.contact import Contact, Visit
from survey_app.models.device_link import DeviceLink
from survey_app.models.drawing import Drawing
from survey_app.models.final_run import FinalRun
from survey_app.models.flag import ResponseFlag
from survey_app.models.form_count import FormCount
from survey_app.models.invitation import Invitation, InvitationKey, InvitationUse
from survey_app.models.job import Job
from survey_app.models.kept import Kept
from survey_app.models.objection import Objection, ObjectionFile, ObjectionRound
from survey_app.models.official import FigureOpening, FrozenAnswers, OfficialSurvey
from survey_app.models.paper_entry import PaperEntry
from survey_app.models.period import Extension, Period
from survey_app.models.plan_version import PlanVersion
from survey_app.models.public_information import KeptSetting, PrivacyNotice
from survey_app.models.quota import QuotaCount
from survey_app.models.readings import PeriodReadings
from survey_app.models.rectification import RectificationItem, RectificationNote, RectificationSnapshot
from survey_app.models.regular_work import RegularWork
from survey_app.models.response import Response
from survey_app.models.response_count import ResponseCount
from survey_app.models.run import EstimateRun, ScoringRun
from survey_app.models.scenario import Scenario
from survey_app.models.secret_mark import SecretMark
from survey_app.models.sign_off import SignOffStep, Statement
from survey_app.models.site_code import RetiredCode
from survey_app.models.stored_file import StoredFile
from survey_app.models.survey import QuestionnaireVersion, Site, Survey
from survey_app.models.ticket import Ticket, TicketDraft, TicketEvent, TicketPhoto, TicketPublication
from survey_app.models.user import Grant, Role, SignIn, User
from survey_app.models.values import Evidence, IndicatorEntry, IndicatorValue, ValueChange

__all__ = [
    "Area",
    "Assignment",
    "AuditCheck",
    "AuditEntry",
    "AuditHead",
    "Code",
    "Coding",
    "Contact",
    "DeviceLink",
    "Drawing",
    "EarlierFigure",
    "EstimateRun",
    "Evidence",
    "Extension",
    "FigureNote",
    "FigureOpening",
    "FinalRun",
    "FormCount",
    "FrozenAnswers",
    "Grant",
    "IndicatorEntry",
    "IndicatorValue",
    "Invitation",
    "InvitationKey",
    "InvitationUse",
    "Job",
    "Kept",
    "KeptSetting",
    "Letterhead",
    "Objection",
    "ObjectionFile",
    "ObjectionRound",
    "OfficialSurvey",
    "PaperEntry",
    "Period",
    "PeriodReadings",
    "PlanVersion",
    "PrivacyNotice",
    "QuestionnaireVersion",
    "QuotaCount",
    "RectificationItem",
    "RectificationNote",
    "RectificationSnapshot",
    "RegularWork",
    "Response",
    "ResponseCount",
    "ResponseFlag",
    "RetiredCode",
    "Role",
    "Scenario",
    "ScoringRun",
    "SecretMark",
    "SignIn",
    "SignOffStep",
    "Site",
    "Statement",
    "StoredFile",
    "Survey",
    "Ticket",
    "TicketDraft",
    "TicketEvent",
    "TicketPhoto",
    "TicketPublication",
    "User",
    "ValueChange",
    "ViewLink",
    "Visit",
    "db",
]
