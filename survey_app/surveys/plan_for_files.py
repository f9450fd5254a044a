"""A stored survey's plan as a plan for the files that leave: the same rules, under the names and codes of their columns."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap

from analysis.plan import Plan
from analysis.plan_parts import MISSING_KINDS
from definitions import round_trip
from questionnaires.missing import MISSING_CODES
from survey_app.surveys.plan_writing import flow, written

SAMPLE = "sample"  # the column of every file that says which answers are of the sample
WITH_REPLACEMENT = (
    "# Standard errors of these files count sites as if drawn with replacement and are larger than the survey's own: the\n"
    "# probability of a site would tell which it is.\n"
)
OWN_CODES = {kind: MISSING_CODES[kind] for kind in MISSING_KINDS}  # as files have them in the column `measure`
MARGINS = "margins"  # the folder beside the plan, where its margins stand in files of their own
AT_THE_START = (
    "# The plan of {code} for its data files. Their base weights are made of the sites drawn already, and answers that are not\n"
    "# of the sample (column sample) are left out. Drivers of satisfaction are left to the run.\n"
)


def plan_for_files(plan: Plan, text: str, code: str, margins_apart: bool = False) -> str:
    """The YAML of `plan` (whose text is given, with its comments) for files of survey `code`.

    What a stored survey does by itself is said: which answers are of the sample, the codes of missing answers, the method.
    margins_apart: margins are named as files of the folder `margins` beside the plan.
    """
    _yaml, document = round_trip(text, code, kept=True)
    design = document.setdefault("design", CommentedMap())
    design[SAMPLE] = SAMPLE
    with_replacement = WITH_REPLACEMENT if design.pop("pps", None) is not None else ""
    measure: Any = document["measure"]
    for kind, own in OWN_CODES.items():
        measure[kind] = flow([*plan.measure.codes_of(kind), own]) if plan.measure.codes_of(kind) else own
    document["missing"] = flow(list(MISSING_CODES.values()))
    document["method"] = plan.method.version
    document.pop("drivers", None)
    if margins_apart and plan.calibration is not None:
        document["calibration"]["margins"] = CommentedMap({name: f"{MARGINS}/{name}.csv" for name in plan.margin_names})
    return AT_THE_START.format(code=code) + with_replacement + written(document)


def without_file_keys(document: CommentedMap) -> bool:
    """Take out of a plan what `plan_for_files` put in; whether there was any of it. For a plan that comes back."""
    design, measure = document.get("design") or {}, document.get("measure") or {}
    found = design.pop(SAMPLE, None) is not None
    document.pop("missing", None)
    for kind, own in OWN_CODES.items():
        stated = measure.get(kind)
        listed = list(stated) if isinstance(stated, list) else [stated]
        if own not in listed:
            continue
        found = True
        rest = [code for code in listed if code != own]
        if rest:
            measure[kind] = flow(rest)
        else:
            del measure[kind]
    return found
