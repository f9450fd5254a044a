"""Scripts that print a run's official figure from its package, in R, Python, Stata and SPSS: the templates of scripts/, filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from analysis.plan import Plan

TEMPLATES = {"figure.R": "figure.R", "figure.py": "figure.py.txt", "figure.do": "figure.do", "figure.sps": "figure.sps"}
CALFUN = {"poststratify": "linear", "linear": "linear", "raking": "raking", "logit": "logit"}  # of R's survey


@dataclass(frozen=True)
class Told:
    """What the scripts are told. data: responses, or cells where answers of the run are gone. values: code -> what it counts.

    plain: calibration is one that R's survey knows, from weights that the file has. estimate, se: the official ones.
    """

    run: int
    survey: str
    data: str
    plan: Plan
    values: Mapping[int, float]
    plain: bool
    estimate: float
    se: float


def script(name: str, told: Told) -> str:
    """One of TEMPLATES with what it is told in its places."""
    text = files("survey_app.responses").joinpath(f"scripts/{TEMPLATES[name]}").read_text(encoding="utf-8")
    places = _places(told)
    return re.sub(r"\{\{(\w+)\}\}", lambda found: places[found[1]], text)


def _places(told: Told) -> dict[str, str]:
    plan, calibration = told.plan, told.plan.calibration
    margins = {name: f"margins/{name}.csv" for name in plan.margin_names}
    alone = calibration is not None and not margins and calibration.population is not None
    known = calibration is None or (not plan.total_names and not plan.trims and told.plain)
    calfun = f'"{CALFUN[calibration.method]}"' if calibration else '"none"'
    bounds = calibration.bounds if calibration else None
    values = {str(code): repr(float(value)) for code, value in told.values.items()}
    return {
        "RUN": str(told.run), "SURVEY": told.survey, "DATA": told.data, "OFFICIAL": plan.measure.official,
        "INTERVAL": plan.interval.method, "CONFIDENCE": str(plan.interval.confidence), "SINGLETON": plan.singleton,
        "ESTIMATE": repr(told.estimate), "SE": repr(told.se),
        "R_MARGINS": ", ".join(f'"{name}" = "{file}"' for name, file in margins.items()),
        "R_TOTALS": ", ".join(f'"{name}"' for name in plan.total_names),
        "R_VALUE": ", ".join(f'"{code}" = {value}' for code, value in values.items()),
        "R_CONSTANT": "cbind(rep(1, nrow(d)))" if alone else "NULL",
        "R_CALFUN": calfun if known and told.data == "responses" else "NULL",
        "R_BOUNDS": f"c({bounds[0]}, {bounds[1]})" if bounds else "c(-Inf, Inf)",
        "PY_MARGINS": repr(margins), "PY_TOTALS": repr(list(plan.total_names)),
        "PY_VALUE": "{" + ", ".join(f'"{code}": {value}' for code, value in values.items()) + "}",
        "PY_CONSTANT": "[np.ones(len(rows))]" if alone else "[]",
        "STATA_VALUE": "\n".join(f"replace official = {value} if measure == {code}" for code, value in values.items()),
        "SPSS_VALUE": " ".join(f"({code}={value})" for code, value in values.items()),
    }  # fmt: skip
