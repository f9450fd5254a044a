"""What leaves of a run, as a folder or a zip: every response with its final weight, plan, margins, codebook, and scripts that
print the official figure from them.

Before the close no package of a period's official survey is made. Where answers of the run are gone since, the run's cells go
with it and the scripts read those.
"""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

from analysis.errors import AnalysisError
from survey_app.answering.definitions import compiled
from survey_app.archives.at_hand import reads_answers
from survey_app.estimates.review import subject
from survey_app.ground import audit
from survey_app.ground.clock import survey_time
from survey_app.ground.held import held
from survey_app.ground.sign_off import standing
from survey_app.ground.stored import estimate_of
from survey_app.jobs.queue import Progress
from survey_app.models import EstimateRun, QuestionnaireVersion, db
from survey_app.responses.codebook import codebook_ddi, codebook_html
from survey_app.responses.data_files import ResponseFileError, write_codes, write_rows
from survey_app.responses.parquet import write_table
from survey_app.responses.rows import Cell
from survey_app.responses.run_rows import RunRows
from survey_app.responses.scripts import TEMPLATES, Told, script
from survey_app.responses.variables import Variable, variables
from survey_app.responses.written import Style
from survey_app.surveys.plan_for_files import MARGINS, plan_for_files
from wording import Message

MOST_REPLICATES = 1000
MOST_WHOLE = 500_000  # rows of an SPSS or Stata file, which is made in memory
STATISTICS = (".sav", ".dta")


@dataclass(frozen=True)
class Asked:
    """Why the package leaves, in which language its labels are, and what goes with it. replicates: sets of bootstrap weights."""

    reason: str
    language: str = "zh"
    with_text: bool = False
    replicates: int = 0
    guarded: bool = True


class Figure(TypedDict):
    """figure.json: the official figure, which the scripts print again. gone_since: responses of the run that are no longer there."""

    run: int
    survey: str
    made_at: str
    approved: bool
    measure: str
    estimate: float
    se: float
    lower: float | None
    upper: float | None
    interval: str | None
    confidence: float
    df: float
    n: int
    responses: int
    counted: int
    gone_since: int
    plan_digest: str
    definition_digest: str
    code_version: str


@dataclass(frozen=True)
class Exported:
    """figure: as figure.json has it. told: what the person who takes it must know besides."""

    figure: Figure
    told: tuple[Message, ...]


@reads_answers
def export_run(run: EstimateRun, out: Path, asked: Asked, progress: Progress) -> Exported:
    """Write the package to the folder `out`, or to one file where it ends in .zip, and put the reason into the audit trail.

    It appears only when it is complete. The caller commits. Raises ResponseFileError, OSError.
    """
    require(run, asked)
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise ResponseFileError("responses.package_there", out=out)
    with TemporaryDirectory(prefix=f".{out.stem}.", dir=out.parent) as name:
        folder = Path(name) / f"run-{run.id}"
        folder.mkdir()
        try:
            found = _Package(run, folder, asked, progress).write()
        except AnalysisError as error:
            raise ResponseFileError("responses.package_not_made", said=error) from error
        if out.suffix.lower() == ".zip":
            made = Path(name) / "package.zip"
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
                for path in sorted(folder.rglob("*")):
                    file.write(path, path.relative_to(folder.parent))
            made.replace(out)
        else:
            shutil.copytree(folder, out, dirs_exist_ok=True)
    after = {"run": run.id, "responses": found.figure["responses"], "gone": found.figure["gone_since"],
             "replicates": asked.replicates, "text": asked.with_text}  # fmt: skip
    audit.record("response.run_package", f"survey:{run.survey.code}", after=after, reason=asked.reason.strip())
    return found


def require(run: EstimateRun, asked: Asked) -> None:
    """Raises ResponseFileError where no package of the run may be made, or not as it is asked for."""
    if held(run.survey):
        raise ResponseFileError("responses.package_held", code=run.survey.code)
    if not asked.reason.strip():
        raise ResponseFileError("responses.reason_needed")
    if not 0 <= asked.replicates <= MOST_REPLICATES or asked.replicates == 1:
        raise ResponseFileError("responses.replicates_between", most=MOST_REPLICATES)
    if estimate_of(run)["below_minimum"]:
        raise ResponseFileError("responses.package_below_minimum", run=run.id)


class _Package:
    """One package while it is written."""

    def __init__(self, run: EstimateRun, folder: Path, asked: Asked, progress: Progress) -> None:
        self.run, self.folder, self.asked, self.progress = run, folder, asked, progress
        self.source = RunRows(run, asked.replicates)
        version = db.session.query(QuestionnaireVersion).filter_by(digest=run.definition_digest).one()
        self.definition = compiled(version.id, run.survey.city_id)
        self.columns = self._columns(asked.language)
        self.told: list[Message] = []

    def write(self) -> Exported:
        self._tell(1, "正在写出应答", "writing the responses")
        style = Style(self.run.survey.title, self.asked.language, self.asked.guarded)
        number = write_rows(self._rows(), self.columns, self.folder / "responses.csv", style).rows
        counted, gone = sum(self.source.compared.seen.values()), self.source.gone
        whole = self.source.agrees(self._official()[0])
        write_codes(self.columns, self.folder / "responses-codes.csv", self.asked.language)
        write_table(self._rows(), self.columns, self.folder / "responses.parquet")
        self._tell(2, "正在写SPSS和Stata文件", "writing the files of SPSS and Stata")
        for ending in STATISTICS if number <= MOST_WHOLE else ():
            self.told += write_rows(self._rows(), self.columns, self.folder / f"responses{ending}", style).told
        if not whole:
            self._write_cells(style)
        self._tell(3, "正在写计划、编码本和脚本", "writing plan, codebook and scripts")
        figure = self._figure(number, counted, gone)
        self._write_plan()
        pairs = list(zip(self._columns("zh"), self._columns("en"), strict=True))
        (self.folder / "codebook.html").write_text(codebook_html(self.definition, pairs), encoding="utf-8")
        (self.folder / "codebook.xml").write_bytes(codebook_ddi(self.definition, pairs))
        self._write_scripts("responses" if whole else "cells", figure, number)
        self._write_text("figure.json", json.dumps(figure, ensure_ascii=False, indent=2) + "\n")
        self._write_text("README.md", self._readme(figure, whole, number))
        if not figure["approved"]:
            self.told.append(Message("responses.package_not_approved", run=self.run.id))
        if not whole:
            self.told.append(Message("responses.package_gone", gone=gone, run=self.run.id))
        return Exported(figure, tuple(self.told))

    def _columns(self, language: str) -> list[Variable]:
        return variables(self.definition, language, self.asked.with_text, self.source.design)

    def _rows(self) -> Iterator[list[Cell]]:
        return self.source.rows(self.columns)

    def _official(self) -> tuple[float, float, float | None, float | None, str | None]:
        """Estimate, standard error, limits and the interval's name of the official figure."""
        result = estimate_of(self.run)
        own = result["satisfied"] if result["measure"]["official"] == "share" else result["index"]
        estimate, se = own["estimate"], own["se"]
        assert estimate is not None
        assert se is not None
        return estimate, se, own["lower"], own["upper"], own["interval"]

    def _figure(self, responses: int, counted: int, gone: int) -> Figure:
        run, result = self.run, estimate_of(self.run)
        estimate, se, lower, upper, interval = self._official()
        return {
            "run": run.id, "survey": run.survey.code, "made_at": survey_time(run.created_at, run.survey),
            "approved": standing(subject(run.id)).state == "approved", "measure": result["measure"]["official"],
            "estimate": estimate, "se": se, "lower": lower, "upper": upper, "interval": interval,
            "confidence": float(self.source.plan.interval.confidence), "df": float(result["df"] or 0),
            "n": int(result["n"] or 0), "responses": responses, "counted": counted, "gone_since": gone,
            "plan_digest": run.plan_digest, "definition_digest": run.definition_digest, "code_version": run.code_version,
        }  # fmt: skip

    def _write_cells(self, style: Style) -> None:
        for ending in (".csv", *STATISTICS):
            columns, rows = self.source.cell_rows()
            write_rows(rows, columns, self.folder / f"cells{ending}", style)

    def _write_plan(self) -> None:
        plan = self.source.plan
        self._write_text("plan.yaml", plan_for_files(plan, self.run.plan, self.run.survey.code, margins_apart=True))
        for name, levels in plan.margins().items():
            path = self.folder / MARGINS / f"{name}.csv"
            path.parent.mkdir(exist_ok=True)
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([("level", "population"), *levels.items()])

    def _write_scripts(self, data: str, figure: Figure, number: int) -> None:
        source = self.source
        told = Told(
            self.run.id, self.run.survey.code, data, source.plan, source.value, "calibration_weight" not in source.weights,
            figure["estimate"], figure["se"],
        )  # fmt: skip
        for name in TEMPLATES:
            if number <= MOST_WHOLE or data == "cells" or name in ("figure.R", "figure.py"):
                self._write_text(name, script(name, told))

    def _readme(self, figure: Figure, whole: bool, number: int) -> str:
        """What is in the package and what it can show, in Chinese and then in English."""
        said = [
            Message("package.title", run=figure["run"], title=self.run.survey.title, code=figure["survey"]),
            Message(
                "package.figure", estimate=figure["estimate"], se=figure["se"], lower=figure["lower"] or 0.0,
                upper=figure["upper"] or 0.0, n=figure["n"], df=figure["df"],
            ),
            Message("package.approved" if figure["approved"] else "package.not_approved", run=figure["run"]),
            Message("package.rows", responses=figure["responses"], counted=figure["counted"]),
            *([] if whole else [Message("package.gone", gone=figure["gone_since"])]),
            Message("package.weights"), Message("package.labels"), Message("package.missing"),
            Message("package.scripts"), Message("package.estimate"),
            *([Message("package.replicates", number=self.asked.replicates)] if self.asked.replicates else []),
            *([Message("package.large", number=number, most=MOST_WHOLE)] if number > MOST_WHOLE else []),
            Message("package.care"),
        ]  # fmt: skip
        return "\n---\n\n".join("".join(f"{one.text(language)}\n\n" for one in said) for language in ("zh", "en"))

    def _write_text(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _tell(self, done: int, zh: str, en: str) -> None:
        self.progress.tell(done, 4, zh, en)
