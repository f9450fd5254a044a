"""What the page of an estimate is made of: its tables and figures by section, as far as the run has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from analysis.documents.waves import WavesDocument
from survey_app.console.figures import Figure
from survey_app.console.tables import Table
from survey_app.console.words import lines_named
from survey_app.estimates.figure_notes import CITY, notes_of, told
from survey_app.estimates.monitor import looks_of
from survey_app.estimates.pages import bias, figures, further, notes, tables, variant_tables
from survey_app.estimates.pages.corrected import corrected
from survey_app.estimates.pages.decided import decided
from survey_app.estimates.pages.named import Named
from survey_app.ground.verdicts import rows_told
from survey_app.ground.zones import zones_of
from survey_app.models import EstimateRun
from survey_app.surveys.columns import COUNTY_VARIABLE


@dataclass(frozen=True)
class Section:
    """One part of the page. `key`: its anchor; `notes`: what a reader must know of its figures."""

    key: str
    title: str
    figure: Figure | None = None
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # notes that persons attached to its figures


@dataclass(frozen=True)
class Sections:
    """In the order they are read."""

    parts: tuple[Section, ...] = field(default_factory=tuple)

    def get(self, key: str) -> Section | None:
        return next((part for part in self.parts if part.key == key), None)

    def every_table(self) -> Iterator[Table]:
        for part in self.parts:
            yield from part.tables
            if part.figure is not None and part.figure.table is not None:
                yield part.figure.table

    def every_figure(self) -> Iterator[Figure]:
        return (part.figure for part in self.parts if part.figure is not None)


def sections(run: EstimateRun, result: EstimateDocument, trend: WavesDocument | None) -> Sections:
    """Every part the run has something to say to. result: as it may be shown."""
    sites = {site.code: site.name for site in run.survey.sites}
    margins, blanks, named = tables.margins(result), tables.missing(result), Named.of(run)
    parts = [
        Section(
            "certain",
            _("市民有多满意，我们有多确定"),
            figures.distribution(result),
            (blanks,) if blanks.rows else (),
            (*notes.missing(result), *notes.change(trend)),
        ),
        *_monitor(run),
        *(() if result.get("below_minimum") else _decided(result, sites)),
        Section(
            "weights",
            _("权数"),
            figures.weights(result),
            (tables.weight_checks(result), tables.weights(result), *([margins] if margins.rows else [])),
        ),
        Section(
            "counties",
            _("各县(市、区)"),
            figures.counties(result),
            (),
            (*rows_told(result, COUNTY_VARIABLE), *notes.below_minimum(result)),
        ),
        Section("groups", _("各组"), None, (tables.groups(result, named),), notes.groups(result)),
    ]
    if asked := further.asked(result, named):
        parts.append(Section("further", _("计划要求的其他数字"), None, asked))
    if result.get("services"):
        parts.append(
            Section(
                "services",
                _("各项服务"),
                figures.services(result),
                (tables.service_counties(result),),
                notes.services(result),
            )
        )
        parts.append(Section("drivers", _("影响总体满意度的服务"), figures.drivers(result), (), notes.drivers(result)))
        city, counties = tables.gap_city(result), tables.gap_counties(result)
        left = tuple(table for table in (counties,) if table.rows)
        parts.append(
            Section("gap", _("感受与得分的差距"), figures.gap(result), left if city.rows else (), notes.gap(result))
        )
    if trend is not None:
        changes = (tables.wave_changes(trend),) if trend["changes"] else ()
        parts.append(
            Section(
                "trend", _("历次变化"), figures.waves(trend, list(zones_of(result).lines)), changes, notes.trend(trend)
            )
        )
    if result.get("small_areas"):
        areas = (tables.small_areas(result),) if result["small_areas"]["areas"] else ()
        parts.append(Section("small", _("小样本县的模型估计"), None, areas, notes.small_areas(result)))
    if result.get("modes"):
        compared = tables.mode_differences(result)
        drawn = figures.modes(result)
        whole = () if drawn else (tables.modes(result),)
        left = (*whole, *((compared,) if compared.rows else ()))
        parts.append(Section("modes", _("作答方式"), drawn, left, notes.modes(run, result)))
    if "response" in result:
        annex = (*bias.arrivals(result), *bias.response_tables(result, sites))
        parts.append(Section("response", _("附：谁作了答"), None, annex, bias.response_notes(result)))
    if open_answers := bias.beside(result):
        parts.append(Section("open", _("开放扫码的应答"), None, (), open_answers))
    if (handled := decided(run, result)) is not None:
        parts.append(Section("decided", _("对单份应答的处理"), None, (handled,)))
    if (both := corrected(run, result)) is not None:
        parts.insert(1, Section("corrected", _("更正前后"), None, (both,)))
    return Sections(_with_remarks(run, parts))


def _monitor(run: EstimateRun) -> list[Section]:
    """Of a run made before the close: all looks so far, with intervals that hold for all of them together."""
    looks = looks_of(run)
    if not looks:
        return []
    return [Section("monitor", _("期中各次查看"), None, (tables.looks(looks),), notes.monitor(run))]


def _with_remarks(run: EstimateRun, parts: list[Section]) -> tuple[Section, ...]:
    """The parts, each with what persons noted on its figures."""
    said: dict[str, list[str]] = {"certain": [], "counties": []}
    for note in notes_of(run):
        said["certain" if note.figure == CITY else "counties"].append(told(note))
    return tuple(replace(part, remarks=tuple(said.get(part.key, ()))) for part in parts)


def _decided(result: EstimateDocument, sites: dict[str, str]) -> tuple[Section, ...]:
    """On which side of the lines the figure lies, and what would settle that."""
    said = bias.told(result)
    others = (*variant_tables.sensitivity(result, sites), variant_tables.definitions(result))
    return (
        Section("side", _("在%(lines)s的哪一侧", lines=lines_named(zones_of(result))), None, (tables.zones(result),)),
        *([Section("bias", _("若两类人作答的机会不同"), bias.tipping_figure(result), (), said)] if said else []),
        Section("settle", _("怎样才能定下来"), None, others, (*notes.settling(result), *notes.movers(result, sites))),
    )
