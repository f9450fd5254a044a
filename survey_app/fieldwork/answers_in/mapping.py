"""How the files of one collector are read for one survey: kept with the survey, out and in as YAML."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from definitions.loader import load_text
from questionnaires import Definition, Question
from questionnaires.plain import as_yaml
from survey_app.fieldwork.answers_in.headings import ROLES
from survey_app.fieldwork.answers_in.targets import Targets
from survey_app.ground import audit
from survey_app.models import AnswersMapping, Survey, db
from survey_app.models.base import now
from wording import Refusal

LONGEST_NAME = 60


@dataclass(frozen=True)
class Mapping:
    """collector: who brings the files, under whose name the answers stand. numbers: what a number in a choice is, '' where
    nobody had to say. site: of every row, '' where a column or an invitation says it. columns: heading -> target, '' for one
    that is not read; options: question -> what a cell says -> code, '' for no answer; sites: what a cell says -> site's code.
    """

    collector: str
    numbers: Literal["", "serial", "code"] = ""
    site: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)

    __pydantic_config__ = ConfigDict(extra="forbid")

    def under(self, collector: str) -> Mapping:
        return replace(self, collector=collector)


class MappingError(Refusal):
    """A mapping that cannot be used; nothing was changed."""


_ADAPTER = TypeAdapter(Mapping)


def kept(survey: Survey, collector: str) -> Mapping | None:
    """The mapping that this collector's files were read by last."""
    found = db.session.get(AnswersMapping, (survey.id, collector), populate_existing=True)
    return read(found.body) if found is not None else None


def read(document: object) -> Mapping:
    """A mapping as it is stored."""
    return _ADAPTER.validate_python(document)


def collectors(survey: Survey) -> list[str]:
    """Whose mappings are kept with the survey."""
    query = select(AnswersMapping.collector).where(AnswersMapping.survey_id == survey.id)
    return list(db.session.scalars(query.order_by(AnswersMapping.collector)))


def keep(survey: Survey, mapping: Mapping) -> None:
    """Keep it in place of the collector's last one, with a line in the trail where it is another. The caller commits."""
    if mapping == kept(survey, mapping.collector):
        return
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"body": asdict(mapping), "by": audit.actor(), "at": now()}
    mine = {"survey_id": survey.id, "collector": mapping.collector}
    new = dialect.insert(AnswersMapping).values(mine | values)
    db.session.execute(new.on_conflict_do_update(index_elements=list(mine), set_=values))
    after = {"collector": mapping.collector, "columns": len(mapping.columns)}
    audit.record("answers.mapping", f"survey:{survey.code}", after=after)


def named(said: str) -> str:
    """A collector's name as it is kept. Raises MappingError."""
    name = " ".join(said.split())
    if not name or len(name) > LONGEST_NAME:
        raise MappingError("collected.name", most=LONGEST_NAME)
    return name


def from_yaml(text: str, definition: Definition, name: str = "mapping.yaml") -> Mapping:
    """Raises DefinitionError with lines, and MappingError for what the questionnaire has not."""
    found = load_text(text, Mapping, name).value
    targets = Targets(definition)
    for heading, target in found.columns.items():
        if target and target not in ROLES and target not in targets.all:
            raise MappingError("collected.no_target", heading=heading, target=target)
    for key, options in found.options.items():
        question = definition.question(key)
        if question is None:
            raise MappingError("collected.no_question", key=key)
        for said, code in options.items():
            if code and question.type != "recommend" and code not in question.codes:
                raise MappingError("collected.no_option", key=key, said=said, code=code)
    return found.under(named(found.collector))


def as_text(mapping: Mapping | dict[str, object], definition: Definition) -> str:
    """YAML that `from_yaml` reads, once nothing in it is null, under a list of what may stand in it."""
    told = ["# " + " ".join(("@key", "@finished", "@seconds", "@started", "@site", "@invitation"))]
    for target, (question, part) in Targets(definition).all.items():
        told.append(f"# {target}  {question.text.zh} {_of(question, part)}".rstrip())
        told += [f"#   {choice.code} = {choice.text.zh}" for choice in question.options if part == ""]
    return "\n".join(told) + "\n" + as_yaml(asdict(mapping) if isinstance(mapping, Mapping) else mapping)


def _of(question: Question, part: str) -> str:
    parts = {row.key: row.text.zh for row in question.rows} | {
        choice.code: choice.text.zh for choice in question.options
    }
    return parts.get(part, part)
