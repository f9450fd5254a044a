"""The files of a release, made once from the run as it may be shown to anybody: results.json, results.csv, a chart a language."""

from __future__ import annotations

import json

from analysis.documents.estimate import EstimateDocument
from analysis.documents.rows import DomainRow
from survey_app.answering.definitions import rated_counties, titles_of
from survey_app.answering.published import (
    DOCUMENT,
    LICENCES,
    AreaRow,
    Changed,
    Correction,
    ResultsDocument,
    Withheld,
    document_of,
)
from survey_app.briefs.summary import period_of
from survey_app.console.tables import Column, Table, as_csv
from survey_app.drawing.small import Interval, intervals
from survey_app.estimates.method_words import method_words
from survey_app.estimates.suppression import shown_result
from survey_app.ground.clock import today
from survey_app.ground.crypto import digest
from survey_app.ground.plans import plan_of_run
from survey_app.models import Area, EstimateRun, PublishedResults, db
from survey_app.surveys.columns import COUNTY_VARIABLE
from survey_app.surveys.small_cells import least_cell
from wording import LANGUAGES

COLUMNS = (
    "kind",
    "code",
    "name",
    "name_en",
    "satisfied",
    "lower",
    "upper",
    "confidence",
    "index",
    "answers",
    "withheld",
)


def document_for(run: EstimateRun, licence: str, reason: str, before: PublishedResults | None) -> ResultsDocument:
    """What a release of the run now would say. before: the release that it corrects, for this reason."""
    made = _document(run, licence, before.number + 1 if before else 1)
    return made if before is None else {**made, "corrections": _corrections(made, before, reason)}


def files_of(made: ResultsDocument) -> dict[str, str]:
    """Name -> text."""
    files = {DOCUMENT: json.dumps(made, ensure_ascii=False, indent=1) + "\n", "results.csv": _csv(made)}
    return files | {f"chart-{language}.svg": _chart(made, language) for language in LANGUAGES}


def _document(run: EstimateRun, licence: str, number: int) -> ResultsDocument:
    survey, result, plan = run.survey, shown_result(run, ()), plan_of_run(run)
    city = survey.city
    return ResultsDocument(
        survey=survey.code,
        title=titles_of(survey),
        period=period_of(survey),
        number=number,
        released=today().isoformat(),
        run=run.id,
        plan_digest=run.plan_digest,
        licence={"spdx": licence, "address": LICENCES[licence]},
        official=result["measure"]["official"],
        satisfied=result["measure"]["satisfied"],
        confidence=result["satisfied"]["confidence"],
        least=least_cell(survey),
        answers={"responses": result["responses"], **(result["missing"] or {})},
        whole=_whole(city, result),
        counties=_counties(run, result),
        method={language: _method(method_words(plan, result, language)) for language in LANGUAGES},
        corrections=[],
        demo=run.demo,
    )


def _method(said: list[str]) -> list[str]:
    """How people were chosen first, by the method's version last."""
    return said[1:] + said[:1]


def _whole(city: Area, result: EstimateDocument) -> AreaRow:
    share, index = result["satisfied"], result["index"]["estimate"]
    why: Withheld = (
        "small" if result["n"] is None else "minimum" if result.get("below_minimum")
        else "none" if share["estimate"] is None else ""
    )  # fmt: skip
    return _row(city, share["estimate"], share["lower"], share["upper"], index, result["n"], why)


def _counties(run: EstimateRun, result: EstimateDocument) -> list[AreaRow]:
    """Every rated county in the order of its code, whatever its figure; none where the plan has none by county."""
    rows = {row["level"]: row for row in result["domains"].get(COUNTY_VARIABLE, ())}
    names = set(rated_counties(run.survey.city_id).values()) if rows else set()
    areas = [area for area in db.session.query(Area).filter_by(parent_id=run.survey.city_id) if area.name in names]
    return [_county(area, rows.get(area.name)) for area in sorted(areas, key=lambda area: area.code)]


def _county(area: Area, row: DomainRow | None) -> AreaRow:
    if row is None:
        return _row(area, None, None, None, None, 0, "none")
    why: Withheld = (
        "small" if row.get("suppressed") else "minimum" if row.get("below_minimum")
        else "none" if row["estimate"] is None else ""
    )  # fmt: skip
    return _row(area, row["estimate"], row["lower"], row["upper"], row["index"], row["n"], why)


def _row(
    area: Area,
    share: float | None,
    lower: float | None,
    upper: float | None,
    index: float | None,
    n: int | None,
    why: Withheld,
) -> AreaRow:
    if why:
        share = lower = upper = index = None
    return AreaRow(
        code=area.code, name={"zh": area.name, "en": area.name_en or area.name}, estimate=_cut(share), lower=_cut(lower),
        upper=_cut(upper), index=None if index is None else round(index, 2), n=n, withheld=why,
    )  # fmt: skip


def _cut(share: float | None) -> float | None:
    """To a hundredth of a per cent as pages show it, never rounded over a line."""
    return None if share is None else int(share * 10_000 + 1e-9) / 10_000


def _corrections(made: ResultsDocument, before: PublishedResults, reason: str) -> list[Correction]:
    old = document_of(before)
    was = {row["code"]: row["estimate"] for row in (old["whole"], *old["counties"])}
    changed = [
        Changed(name=row["name"], before=was.get(row["code"]), after=row["estimate"])
        for row in (made["whole"], *made["counties"])
        if was.get(row["code"]) != row["estimate"]
    ]
    told = Correction(
        number=before.number, run=before.run_id, reason=reason, file_digest=digest(before.files["results.csv"]), changed=changed
    )  # fmt: skip
    return [*old["corrections"], told]


def _csv(made: ResultsDocument) -> str:
    rows = [
        {
            "kind": kind, "code": row["code"], "name": row["name"]["zh"], "name_en": row["name"]["en"],
            "satisfied": row["estimate"], "lower": row["lower"], "upper": row["upper"], "confidence": made["confidence"],
            "index": row["index"], "answers": row["n"], "withheld": row["withheld"],
        }
        for kind, those in (("city", (made["whole"],)), ("county", made["counties"]))
        for row in those
    ]  # fmt: skip
    return as_csv(Table("results", "", [Column(name, name) for name in COLUMNS], rows)).decode()


def _chart(made: ResultsDocument, language: str) -> str:
    return intervals(
        [
            Interval(row["name"][language], row["estimate"], row["lower"], row["upper"], strong=row is made["whole"])
            for row in (made["whole"], *made["counties"])
        ]
    )
