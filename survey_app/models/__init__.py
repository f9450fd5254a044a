"""The nouns of the database, one file each. A file is imported when one of its nouns is first asked for."""

# ruff: noqa: F401 (names for all the others)
from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import MetaData

if TYPE_CHECKING:  # read below too: where each noun stands is written once
    from survey_app.models.api_token import ApiToken
    from survey_app.models.archive import ArchivedCount, SurveyArchive
    from survey_app.models.area import UNITS, Area
    from survey_app.models.assignment import Assignment
    from survey_app.models.audit import AuditCheck, AuditEntry, AuditHead
    from survey_app.models.base import db
    from survey_app.models.brief import Dispatch, EarlierFigure, FigureNote, Letterhead, ViewLink
    from survey_app.models.coding import Code, Coding
    from survey_app.models.collected import AnswersImport, AnswersMapping
    from survey_app.models.contact import Contact, Visit
    from survey_app.models.department import Department
    from survey_app.models.device_link import DeviceLink
    from survey_app.models.drawing import Drawing
    from survey_app.models.final_run import FinalRun
    from survey_app.models.flag import ResponseFlag
    from survey_app.models.form_count import FormCount
    from survey_app.models.hotline import HotlineNumber, HotlineWord, ReplyTemplate
    from survey_app.models.identity import ClaimGrant, Identity, IdentityProvider
    from survey_app.models.invitation import Invitation, InvitationKey, InvitationUse
    from survey_app.models.job import Job
    from survey_app.models.kept import Kept
    from survey_app.models.objection import Objection, ObjectionFile, ObjectionRound
    from survey_app.models.official import FigureOpening, FrozenAnswers, OfficialSurvey
    from survey_app.models.outbox import (
        Channel,
        DepartmentAddress,
        Invited,
        NoticeAddress,
        NoticeChoice,
        NoticeHours,
        NoticeMark,
        OptOut,
        Outgoing,
    )
    from survey_app.models.outline import AreaMap
    from survey_app.models.paper_entry import PaperEntry
    from survey_app.models.period import Extension, Period
    from survey_app.models.plan_version import PlanVersion
    from survey_app.models.programme import AddedProgramme
    from survey_app.models.public_information import KeptSetting, PrivacyNotice
    from survey_app.models.published import PublishedResults, ResultsDay
    from survey_app.models.questionnaire_draft import DraftStep, QuestionnaireDraft, QuestionPart
    from survey_app.models.quota import QuotaCount
    from survey_app.models.readings import PeriodReadings
    from survey_app.models.rectification import RectificationItem, RectificationNote, RectificationSnapshot
    from survey_app.models.register import RegisterItem, RegisterNil
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

FILES = {
    noun.name: str(line.module)
    for block in ast.parse(Path(__file__).read_text("utf-8")).body
    if isinstance(block, ast.If)
    for line in block.body
    if isinstance(line, ast.ImportFrom)
    for noun in line.names
}


def __getattr__(noun: str) -> object:
    if noun not in FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {noun!r}")
    found = globals()[noun] = getattr(import_module(FILES[noun]), noun)
    return found


def every_table() -> MetaData:
    """All tables, for what goes by what the whole database holds."""
    for file in FILES.values():
        import_module(file)
    return cast("MetaData", import_module("survey_app.models.base").db.metadata)
