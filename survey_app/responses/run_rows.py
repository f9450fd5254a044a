"""The responses of one run, each with the weights that the run gave it: what its package (run_package.py) holds.

The weights come from the run's own cells, so that they are those of then; flags count as they stood then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row as Read
from sqlalchemy import or_, select

from analysis.cells import Cells
from analysis.plan import Plan
from analysis.plan_parts import MISSING_KINDS, Replication
from analysis.replication import replicate_weights
from analysis.row_factors import RowFactors
from analysis.sample import Sample, weighted_sample
from questionnaires.missing import MISSING_CODES
from survey_app.ground.crypto import mac
from survey_app.ground.plans import plan_of_run
from survey_app.ground.signing import naming_key
from survey_app.ground.stored import cells_of
from survey_app.models import EstimateRun, Response, ResponseFlag, db
from survey_app.responses.rows import Cell, Versions, complete, measure_cell, row_of, typed
from survey_app.responses.variables import DESIGN, Kind, Variable
from survey_app.surveys.columns import FOR_THE_TARGET, columns_of
from survey_app.surveys.drawn_sites import with_stored_sites
from survey_app.surveys.frozen import of_frozen

Floats = NDArray[np.float64]
Described = dict[str, tuple[str, str, Kind]]
START: Described = {
    "calibration_weight": ("校准前的权数", "Weight before calibration", "number"),
    "trimmed_by": ("截尾后与校准权数之比", "Trimmed weight over calibrated weight", "number"),
}
OWN: Described = {
    "counted": ("计入本次估计", "Counts in this run", "whole"),
    "final_weight": ("最终权数(已校准)", "Final weight (calibrated)", "number"),
    "flags": ("成立的疑问种类", "Kinds of standing flags", "word"),
}
ONLY_OF_CELLS: Described = {
    "responses": ("应答份数", "Responses", "whole"),
    "squared": ("最终权数的平方和", "Sum of squared final weights", "number"),
}


@dataclass
class Compared:
    """What the rows gave beside what the run had: seen by cell, and the weighted sums of the official measure."""

    seen: Counter[int] = field(default_factory=Counter)
    sampled: int = 0
    above: float = 0.0
    below: float = 0.0


class RunRows:
    """The rows of a run. replicates: how many sets of bootstrap weights go with each."""

    def __init__(self, run: EstimateRun, replicates: int = 0) -> None:
        stored = cells_of(run)
        self.run, self.survey = run, run.survey
        self.plan: Plan = with_stored_sites(plan_of_run(run), stored)
        self.sample: Sample = weighted_sample(Cells.from_json(stored), self.plan)
        self.then = int(sum(stored["count"]))
        self.factors = RowFactors.of(self.sample, self.plan)
        self.weights = self._weights()
        self.replicates = self._replicated(replicates)
        self.value = value_by_code(self.plan)
        self.compared = Compared()
        self.zone = ZoneInfo(self.survey.time_zone)
        self.sites = self._labels("psu", "P", (site.code for site in self.survey.sites))
        self.strata = self._labels("stratum", "S", {site.stratum for site in self.survey.sites if site.stratum})

    @property
    def design(self) -> Described:
        """The columns of the design that the package has, in their order."""
        own = {name: of for name, of in DESIGN.items() if name != "site_county" or name in self.plan.columns}
        place = list(own).index("base_weight") + 1
        weights = {name: START[name] for name in self.weights if name in START}
        repeated: Described = {
            f"rep_{at:04}": (f"重复权数{at}", f"Replicate weight {at}", "number")
            for at in range(1, len(self.replicates) + 1)
        }
        whole = list(own.items())
        return dict([*whole[:place], *weights.items(), *OWN.items(), *whole[place:], *repeated.items()])

    def rows(self, columns: Sequence[Variable]) -> Iterator[list[Cell]]:
        """Every complete response up to the run's watermark, those outside the sample too; `compared` is of the last reading."""
        self.compared = Compared()
        known = columns_of(self.plan, self.survey) | {"own_weight": FOR_THE_TARGET}
        more = {f"key_{name}": known[name] for name in self.factors.names} | {"own_weight": known["own_weight"]}
        versions, flags = Versions(self.survey), self._flags()
        for row in complete(self.survey, more, watermark=self.run.watermark):
            yield row_of(columns, self._design(row, flags.get(row.id, [])), versions[row.questionnaire_id], row.answers)

    @property
    def gone(self) -> int:
        """Responses of the run that are no longer there, after `rows` was read to its end."""
        return max(self.then - self.compared.sampled, 0)

    def agrees(self, figure: float) -> bool:
        """Whether the rows that were read are those of the run, cell by cell, and give `figure`."""
        expected = Counter[int]()
        texts = [self.sample.cells.columns[name] for name in self.factors.names]
        for cell, number in enumerate(self.sample.cells.count):
            levels = (column.levels[at] if (at := column.codes[cell]) >= 0 else None for column in texts)
            found = self.factors.cell_of(levels)
            expected[found if found is not None else -1] += int(number)
        if not self.compared.below or {**expected} != {**self.compared.seen}:
            return False
        return abs(self.compared.above / self.compared.below - figure) <= 1e-9 * max(abs(figure), 1.0)

    def cell_rows(self) -> tuple[list[Variable], Iterator[list[Cell]]]:
        """The run's cells in the columns of the responses: what the official figure comes from once answers are gone."""
        cells, plan = self.sample.cells, self.plan
        names = [name for name in (plan.design.strata, plan.design.psu, *plan.margin_names, *plan.total_names) if name]
        shown: Described = {
            "counted": OWN["counted"], "responses": ONLY_OF_CELLS["responses"], "measure": DESIGN["measure"],
            **{name: self.design.get(name, (name, name, "word")) for name in dict.fromkeys(names)},
            "base_weight": DESIGN["base_weight"], **{name: START[name] for name in self.weights if name in START},
            "final_weight": OWN["final_weight"], "squared": ONLY_OF_CELLS["squared"],
        }  # fmt: skip
        columns = [Variable(name, f"{zh} {en}", kind) for name, (zh, en, kind) in shown.items()]
        return columns, (self._cell_row(at, columns) for at in range(len(cells)))

    def _cell_row(self, at: int, columns: Sequence[Variable]) -> list[Cell]:
        sample = self.sample
        found: dict[str, Cell] = {
            "counted": 1, "responses": int(sample.cells.count[at]), "squared": float(sample.squared[at]),
            "base_weight": float(self.weights["base_weight"][at]), "final_weight": float(sample.weight[at]),
        }  # fmt: skip
        found |= {name: float(self.weights[name][at]) for name in START if name in self.weights}
        for name, column in sample.cells.columns.items():
            found.setdefault(name, column.levels[column.codes[at]] if column.codes[at] >= 0 else None)
        kind = int(sample.kinds[at])
        answer = found[self.plan.measure.question]
        found["measure"] = MISSING_CODES[MISSING_KINDS[kind]] if kind >= 0 else int(str(answer))
        if self.plan.design.strata:
            found[self.plan.design.strata] = self.strata.get(str(found[self.plan.design.strata]))
        if self.plan.design.psu:
            found[self.plan.design.psu] = self.sites.get(str(found[self.plan.design.psu]))
        return [found[column.name] for column in columns]

    def _design(self, row: Read[Any], flags: list[str]) -> dict[str, Cell]:
        counting = set(flags) & set(self.plan.flag_kinds) if self.plan.flagged else set(flags)
        flagged, measure = "yes" if counting else "no", measure_cell(row, self.plan)
        values = [
            flagged if self.plan.flagged and name == self.plan.flagged.column else getattr(row, f"key_{name}")
            for name in self.factors.names
        ]
        cell = self.factors.cell_of(values) if row.probability else None
        self._compare(row, cell, measure)
        found = typed(row, self.zone) | {
            "psu": self.sites.get(row.psu), "stratum": self.strata.get(row.stratum), "measure": measure,
            "flagged": flagged, "flags": " ".join(flags), "counted": int(cell is not None),
        }  # fmt: skip
        own = 1.0 if self.plan.follows_sites else row.own_weight
        weights = {"final_weight": self.sample.weight, **self.weights}
        for name, whole in weights.items():
            if cell is None:
                found[name] = 0.0 if row.probability and name != "base_weight" else None
            else:
                found[name] = float(whole[cell]) if name == "trimmed_by" else self._share(whole, cell) * own
        for at, weight in enumerate(self.replicates, 1):
            found[f"rep_{at:04}"] = None if cell is None else self._share(weight, cell) * own
        for name in self.plan.margin_names if cell is not None else ():
            column = self.sample.cells.columns[name]
            found[name] = column.levels[int(column.codes[cell])]  # as the plan spells it
        return found

    def _share(self, whole: Floats, cell: int) -> float:
        base = self.factors.base[cell]
        return float(whole[cell] / base) if base > 0 else 0.0

    def _compare(self, row: Read[Any], cell: int | None, measure: int) -> None:
        self.compared.sampled += bool(row.probability)
        if cell is None:
            return
        self.compared.seen[cell] += 1
        value = self.value.get(measure)
        if value is not None:
            own = 1.0 if self.plan.follows_sites else row.own_weight
            weight = self._share(self.sample.weight, cell) * own
            self.compared.above += weight * value
            self.compared.below += weight

    def _weights(self) -> dict[str, Floats]:
        """Weights beside the final one, summed by cell: what the plan of the files takes, and where calibration began."""
        sample, calibrated = self.sample, self.sample.calibrated
        base = sample.base.weight if self.plan.nonresponse else sample.cells.weight
        found = {"base_weight": base}
        if not np.allclose(calibrated.design_weight, base, rtol=1e-12, atol=0):
            found["calibration_weight"] = calibrated.design_weight
        if calibrated.after_trim is not None:
            found["trimmed_by"] = calibrated.after_trim
        return found

    def _replicated(self, number: int) -> list[Floats]:
        if not number:
            return []
        rule = Replication("bootstrap", number, seed=self.run.id)
        return [weight for weight, _scale, _times in replicate_weights(self.sample, self.plan, rule)]

    def _labels(self, noun: str, letter: str, names: Iterable[str]) -> Mapping[str, str]:
        """A label for each name, the same in every package of the run and another in every other run.

        A stratum that the plan also names elsewhere keeps its name: its margin or domain is read by it.
        """
        known = sorted(names)
        design = self.plan.design
        if noun == "stratum" and design.strata in (*self.plan.margin_names, *self._named_in_domains()):
            return {name: name for name in known}
        order: Callable[[str], bytes] = lambda name: mac(naming_key(), f"run {self.run.id} {noun} {name}")  # noqa: E731
        return {name: f"{letter}{at:04}" for at, name in enumerate(sorted(known, key=order), 1)}

    def _named_in_domains(self) -> set[str]:
        crossed = {name for names in self.plan.crossings.values() for name in names}
        return crossed | set(self.plan.nonresponse.classes if self.plan.nonresponse else ())

    def _flags(self) -> dict[int, list[str]]:
        """Response -> kinds of the flags that stood when the run was made, or its answers were frozen."""
        frozen = of_frozen(self.run)
        moment = frozen.frozen_at if frozen else self.run.created_at
        query = select(ResponseFlag.response_id, ResponseFlag.kind).join(Response).where(
            Response.survey_id == self.survey.id, Response.id <= self.run.watermark, ResponseFlag.made_at <= moment,
            or_(ResponseFlag.lifted_at.is_(None), ResponseFlag.lifted_at > moment),
        )  # fmt: skip
        found: defaultdict[int, list[str]] = defaultdict(list)
        for response, kind in db.session.execute(query.order_by(ResponseFlag.id)):
            if kind not in found[response]:
                found[response].append(kind)
        return found


def value_by_code(plan: Plan) -> dict[int, float]:
    """What an answer counts in the official figure, by its code: 1 or 0 in a share, its points in an index."""
    if plan.measure.official == "index":
        return plan.measure.index_points()
    return {code: float(code in plan.measure.satisfied) for code in plan.measure.scale}
