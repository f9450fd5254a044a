"""A file of another tool's answers: what would come in and what would not, and then storing it, once for each of its keys.

Rows that are right come in, the others are listed; a file that comes again brings what is new in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from survey_app.answering.definitions import definition_of
from survey_app.answering.invitation_links import OpenInvitation, find_invitations
from survey_app.answering.open_sites import answered, open_site
from survey_app.answering.refusal_words import refusal
from survey_app.answering.submission import (
    COMPLETE,
    SCREENED_OUT,
    STORE,
    AnswersRefusedError,
    Finished,
    InvitationUsedError,
    Receipt,
    SurveyNotOpenError,
    store,
)
from survey_app.fieldwork.answers_in.mapping import Mapping, MappingError, keep, kept, named
from survey_app.fieldwork.answers_in.reading import MOST_SAID, Read, Sheet
from survey_app.fieldwork.collected import CollectedError, Interview, key_of, place_of, ready
from survey_app.files.said import Fault, FileRefusedError, Note
from survey_app.ground import audit, crypto, keeping
from survey_app.jobs.queue import Progress, counting
from survey_app.models import AnswersImport, Response, Site, Survey, db
from wording import Message, Text, language

AT_ONCE = 500  # rows a statement
COUNTS = ("rows", "stored", "invited", "screened_out", "already", "changed", "twice", "refused", "empty", "skipped")


@dataclass(frozen=True)
class Preview:
    """What a file would bring. new: rows to store; counts: by COUNTS; refused: rows that stay out, each with why, by cell;
    changed: rows stored from before that now say something else. left: headings of columns about persons, not read."""

    new: tuple[Finished, ...]
    counts: dict[str, int]
    refused: tuple[Fault, ...]
    changed: tuple[int, ...]
    left: tuple[str, ...]
    notes: tuple[Note, ...] = ()


class OpenMappingError(MappingError):
    """Something of the file is not known yet, and nobody has said."""


def open_sheet(survey: Survey, name: str, data: bytes, mapping: Mapping | None) -> Sheet:
    """The file with its columns matched. Raises FileRefusedError."""
    return Sheet.of(name, data, definition_of(survey), ZoneInfo(survey.time_zone), mapping)


def begun(survey: Survey, name: str, data: bytes, collector: str) -> Sheet:
    """The file as it is read at first: by the mapping kept under the collector's name ('' for the tool's own), answers without
    a site at the survey's one open place. Raises FileRefusedError, MappingError."""
    sheet = open_sheet(survey, name, data, None)
    who = named(collector or sheet.mapping.collector)
    mapping = kept(survey, who)
    if mapping is None:
        places = [code for code, site in sites_of(survey).items() if not site.probability]
        mapping = Mapping(who, site=places[0] if len(places) == 1 else "")
    return sheet.under(mapping)


def sites_of(survey: Survey) -> dict[str, Site]:
    """Where answers may belong, by code."""
    return {site.code: site for site in survey.sites if site.active}


def site_meant(sheet: Sheet, sites: dict[str, Site], said: str) -> str:
    """The code of the site that a cell names, by code or name or as the mapping says; '' where none is."""
    found = sheet.mapping.sites.get(said)
    if found in sites:
        return found
    by_name = [site.code for site in sites.values() if site.name == said]
    return said if said in sites else by_name[0] if len(by_name) == 1 else ""


def sites_said(sheet: Sheet, sites: dict[str, Site]) -> list[str]:
    """What the column of sites says; nothing where it says so much that it is none."""
    said = sheet.sites_said()
    return said if len(said) <= max(MOST_SAID, 2 * len(sites)) else []


def still_open(survey: Survey, sheet: Sheet) -> list[Text]:
    """What of the file nobody has said yet, in sentences; nothing where it can be read."""
    needs = {"@key": Message("collected.needs_key"), "@finished": Message("collected.needs_finished")}
    told: list[Text] = [needs[role] for role in sheet.roles_missing()]
    told += [Message("collected.open_column", heading=each.heading) for each in sheet.columns if each.open]
    told += [Message("collected.no_choice", heading=each.heading, n=n) for each, n in sheet.no_choice()]
    if sheet.numbers_open:
        told.append(Message("collected.open_numbers"))
    else:
        texts = {question.key: question.text[language()] for question in sheet.targets.asked}
        told += [
            Message("collected.open_options", asked=texts[key], said=said[:10])
            for key, said in sheet.open_options().items()
        ]
    sites = sites_of(survey)
    every, fewer = sheet.sites_said(), sites_said(sheet, sites)
    if len(fewer) < len(every):
        told.append(Message("collected.no_choice", heading=sheet.by_target["@site"].heading, n=len(every)))
    unknown = [said for said in fewer if not site_meant(sheet, sites, said)]
    if unknown:
        told.append(Message("collected.open_sites", said=unknown[:10]))
    if sheet.mapping.site not in sites and not {"@site", "@invitation"} & set(sheet.by_target):
        told.append(Message("collected.open_site"))
    return told


def preview(
    survey: Survey, name: str, data: bytes, mapping: Mapping, language: str = "zh", progress: Progress | None = None
) -> Preview:
    """Check the whole file; nothing is stored. Raises FileRefusedError, and OpenMappingError for what nobody has said."""
    return preview_of(survey, open_sheet(survey, name, data, mapping), language, progress)


def preview_of(survey: Survey, sheet: Sheet, language: str = "zh", progress: Progress | None = None) -> Preview:
    """The same of a file that was opened."""
    if not_said := still_open(survey, sheet):
        raise OpenMappingError(not_said)
    if not any(open_site(site).standing() == "open" for site in sites_of(survey).values()):
        raise FileRefusedError("api.not_open")
    return _Check(survey, sheet, language).preview(progress)


def import_answers(
    survey: Survey, name: str, data: bytes, mapping: Mapping, language: str = "zh", progress: Progress | None = None
) -> Preview:
    """Store what `preview` lets in and give it with the counts as they became; the caller commits. Raises what `preview` raises."""
    collector = named(mapping.collector)
    found = preview(survey, name, data, mapping, language, progress)
    audit.wait_turn()  # from here on nobody else imports
    stored = _stored(str(one.row["submission_key"]) for one in found.new)
    new = [one for one in found.new if one.row["submission_key"] not in stored]
    entry = AnswersImport(
        survey_id=survey.id, collector=collector, file=name[-200:], digest=crypto.digest(data), by=audit.actor(), counts={}
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    keep(survey, mapping)
    counts = Counter({**found.counts, "stored": 0, "invited": 0, "screened_out": 0})
    counts["already"] += len(found.new) - len(new)
    counts += _store(new, entry.id, progress)
    became = {key: counts[key] for key in COUNTS}
    entry.counts = {**became}
    after = {"collector": collector, "file_digest": entry.digest, **became}
    audit.record("answers.import", f"survey:{survey.code}", after=after)
    return replace(found, counts=became)


def imports_of(survey: Survey) -> Sequence[AnswersImport]:
    """The files that were taken, the newest first."""
    query = select(AnswersImport).where(AnswersImport.survey_id == survey.id).order_by(AnswersImport.id.desc())
    return db.session.scalars(query.limit(100)).all()


@dataclass
class _Check:
    """One pass over the rows of a file that can be read."""

    survey: Survey
    sheet: Sheet
    language: str
    new: list[Finished] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    invited: set[int | None] = field(default_factory=set)
    known: dict[str, OpenInvitation] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)  # of sites that stop when full: how many more they take

    def preview(self, progress: Progress | None) -> Preview:
        sheet, self.sites = self.sheet, sites_of(self.survey)
        self.collector = named(sheet.mapping.collector)
        rows = list(sheet.rows())
        self.stored = _stored(self._key(row) for row in rows if row.key)
        self.known = find_invitations(row.invitation for row in rows if row.invitation)
        seen: set[str] = set()
        for row in counting(rows, len(rows), progress, "正在检查", "checking"):
            if not row.faults and row.key in seen:
                self.counts["twice"] += 1
                continue
            if self._take(row):
                seen.add(row.key)
        self.counts.update(rows=len(rows), stored=len(self.new), changed=len(self.changed))
        self.counts["refused"] = len({fault.row for fault in self.refused})
        return Preview(
            tuple(self.new), {key: self.counts[key] for key in COUNTS}, tuple(self.refused), tuple(self.changed),
            tuple(column.heading for column in sheet.columns if column.why == "personal"), tuple(sheet.table.notes),
        )  # fmt: skip

    def _key(self, row: Read) -> str:
        return key_of(self.collector, self.survey.code, row.key)

    def _take(self, row: Read) -> bool:
        """Put the row where it belongs: new or already stored, or, False, refused with every reason."""
        if row.faults or row.finished_at is None:
            self.refused += row.faults
            return False
        try:
            sent = self._sent(row, row.finished_at)
            place = place_of(self.survey.id, sent, self.known)
            found = ready(self.collector, place, sent, {}, self.stored)
            if isinstance(found, Finished):
                self._admit(found)
        except CollectedError as error:
            self._refuse(row, error.at, error.said)
        except (SurveyNotOpenError, InvitationUsedError):
            self._refuse(row, "", Message("api.not_open"))
        except AnswersRefusedError as error:
            for name, why in error.errors.items():
                said = refusal(place.site.definition, name, why, self.language)
                self.refused.append(Fault(row.number, row.places.get(name) or self._asked(name), said))
        else:
            self._count(row, found)
            return True
        return False

    def _count(self, row: Read, found: Finished | Receipt) -> None:
        if isinstance(found, Receipt):
            self.counts["already"] += 1
            self.changed += [row.number] * found.changed
            return
        self.new.append(found)
        self.counts.update(row.blanks)
        self.counts["screened_out"] += found.row["state"] == SCREENED_OUT
        self.counts["invited"] += found.invitation is not None

    def _admit(self, found: Finished) -> None:
        """Refuse who is one too many: a second row of an invitation, and who comes where enough have answered."""
        number = found.invitation.invitation_id if found.invitation else None
        if number in self.invited:
            raise CollectedError("api.used_invitation", "invitation")
        self.invited |= {number} if number is not None else set()
        if number is None and self.survey.stops_when_full and found.site.psu in self.sites:
            target, code = self.sites[found.site.psu].target, found.site.psu
            if code not in self.left:
                self.left[code] = target - answered(found.site.site_id)
            if target and self.left[code] <= 0:
                raise CollectedError("api.full", "site")
            self.left[code] -= found.row["state"] == COMPLETE

    def _sent(self, row: Read, finished_at: datetime) -> Interview:
        """The interview, at the site that its row names, or its invitation, or else at that of all rows."""
        site = site_meant(self.sheet, self.sites, row.site) if row.site else ""
        invitation = self.known.get(row.invitation)
        if row.invitation and (invitation is None or invitation.survey_id != self.survey.id):
            raise CollectedError("api.no_invitation", "invitation")
        site = site or (invitation.site_code if invitation else self.sheet.mapping.site)
        if not site:
            raise CollectedError("collected.no_site_of_row", "site")
        started = row.started_at or finished_at
        return Interview(row.key, site, started, finished_at, "zh", {**row.answers}, row.invitation)

    def _asked(self, name: str) -> str:
        question = self.sheet.targets.definition.question(name.partition("__")[0])
        return question.text[self.language] if question else name

    def _refuse(self, row: Read, at: str, said: Text) -> None:
        column = self.sheet.by_target.get(f"@{at.removesuffix('_at')}")
        self.refused.append(Fault(row.number, self.sheet.table.column(column.place) if column else "", said))


def _stored(keys: Iterable[str]) -> set[str]:
    """Those of the keys under which a response is stored, or was until it was erased."""
    every, found = list(dict.fromkeys(keys)), set()
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        query = select(Response.submission_key).where(Response.submission_key.in_(some))
        found |= {*db.session.scalars(query), *keeping.held(keeping.ERASED, some)}
    return found


def _store(new: Sequence[Finished], import_id: int, progress: Progress | None) -> Counter[str]:
    """Store them; what became of them, by COUNTS. Raises FileRefusedError where the survey was closed meanwhile."""
    plain, became = [], Counter[str]()
    for one in counting(new, len(new), progress, "正在存入", "storing"):
        one = replace(one, row={**one.row, "import_id": import_id})
        if one.plain:
            plain.append(one.row)
        try:
            receipt = one.receipt if one.plain else store(one)
        except InvitationUsedError:
            became["refused"] += 1
        except SurveyNotOpenError as error:
            raise FileRefusedError("api.not_open") from error
        else:
            became.update(stored=1, invited=one.invitation is not None, screened_out=receipt.state == SCREENED_OUT)
    for start in range(0, len(plain), AT_ONCE):
        db.session.execute(STORE, plain[start : start + AT_ONCE])
    return became
