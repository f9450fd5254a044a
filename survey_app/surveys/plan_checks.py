"""The plan of a survey in the database: checked against its questionnaire, areas and typed columns; made by a form."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ruamel.yaml.comments import CommentedMap

from analysis.minimum import Minimum
from analysis.plan import Plan
from analysis.plan_parts import DEFAULT_KINDS, MISSING_KINDS
from analysis.scoring import load_rulebook, rulebook_ids
from definitions import DefinitionError, Located, Problem, digest, load_text, round_trip
from questionnaires import Definition
from survey_app.answering.definitions import definition_of, units
from survey_app.models import Survey
from survey_app.surveys.columns import COLUMNS, MODES, known_columns
from survey_app.surveys.levels import MARGINS, levels_of
from survey_app.surveys.plan_for_files import without_file_keys
from survey_app.surveys.plan_writing import flow, minimum_written, number, written
from survey_app.surveys.rated_services import services_of
from wording import Message

DEFAULT_DOMAINS = ("rated_county", "home_county", "age_band", "sex")
INTERVALS = ("korn_graubard", "logit", "wilson", "wald")
METHODS = ("raking", "poststratify", "linear", "none")
NO_ANSWER = {  # what an option says that is no answer to the official question; the plan may say otherwise
    "dont_know": ("不清楚", "说不清", "说不准", "不知道", "不了解", "不好说", "don't know", "do not know", "not sure", "no opinion"),
    "refused": ("拒答", "拒绝", "不愿回答", "不想回答", "不便回答", "refuse", "rather not", "prefer not"),
    "not_shown": ("没用过", "未使用", "不适用", "not used", "not applicable"),
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """The common choices of a plan. `flagged`: exclude | keep | none (not looked at). `trim`: 0 for none."""

    satisfied: tuple[int, ...]
    official: str
    method: str
    margins: tuple[str, ...]
    trim: float
    interval: str
    confidence: float
    domains: tuple[str, ...]
    singleton: str
    flagged: str
    dont_know: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    minimum: Minimum | None = None


def default_plan(definition: Definition) -> str:
    """A plan to begin with: the two best answers satisfy, raked as soon as there are margins, by county, age and sex."""
    codes = scale_of(definition)
    measure = {"question": "measure", "satisfied": flow(codes[-2:]), "scale": flow(codes), "official": "share"}
    measure |= {kind: flow(found) for kind, found in no_answers_of(definition).items()}
    document = CommentedMap(
        {
            "measure": CommentedMap(measure),
            "design": CommentedMap({"strata": "stratum", "psu": "psu", "weight": "base_weight"}),
            "interval": CommentedMap({"method": "korn_graubard", "confidence": 0.95}),
            "domains": flow(DEFAULT_DOMAINS),
            "singleton": "adjust",
            "weights": CommentedMap({"classes": "site", "fewest": 10, "largest_factor": 5}),
            "minimum": minimum_written(Minimum()),
            "flagged": _flagged(),
        }
    )
    return written(document)


def scale_of(definition: Definition) -> list[int]:
    """The codes of the measured question from the worst to the best; 1 to 5 where it has none that are numbers."""
    left_out = [code for codes in no_answers_of(definition).values() for code in codes]
    return [code for code in _codes_of(definition) if code > 0 and code not in left_out] or [1, 2, 3, 4, 5]


def no_answers_of(definition: Definition) -> dict[str, list[int]]:
    """Codes of the measured question whose words say that they are no answer, by kind: what a plan begins with."""
    question, found = definition.question(definition.columns.get("measure", "")), {}
    for kind, words in NO_ANSWER.items():
        codes = [
            int(choice.code)
            for choice in (question.options if question else ())
            if choice.code.isdecimal()
            and any(word in choice.text.zh or word in choice.text.en.replace("’", "'").lower() for word in words)
        ]
        if codes:
            found[kind] = codes
    return found


def _codes_of(definition: Definition) -> list[int]:
    question = definition.question(definition.columns.get("measure", ""))
    return sorted(int(choice.code) for choice in (question.options if question else ()) if choice.code.isdecimal())


def check(survey: Survey, text: str) -> Plan:
    """The plan, if it fits this survey. Raises DefinitionError with the line and key of everything that does not."""
    located = _located(text)
    plan = located.value
    problems = list(_problems(survey, plan, located.problem))
    if problems:
        raise DefinitionError(problems)
    return plan


def margins_of(text: str) -> dict[str, dict[str, float]]:
    """The margins that stand in a plan's text; none where it cannot be read."""
    try:
        return _located(text).value.margins()
    except (DefinitionError, ValueError):
        return {}


def with_margins(text: str, margins: dict[str, dict[str, int]]) -> str:
    """The plan with these margins in place of those of the same names; everything else stays as it was written."""
    _, document = round_trip(text, "plan")
    calibration = document.setdefault("calibration", CommentedMap({"method": "raking"}))
    kept = calibration.setdefault("margins", CommentedMap())
    for name, levels in margins.items():
        kept[name] = CommentedMap(levels)
    return written(document)


def with_stop(text: str, stops: bool) -> str:
    """The plan saying whether a site hands out no more forms at its target; everything else stays as it was written."""
    _, document = round_trip(text, "plan")
    weights = document.setdefault("weights", CommentedMap())
    weights.pop("stops_when_full", None)
    if stops:
        weights["stops_when_full"] = True
    elif not weights:
        del document["weights"]
    return written(document)


def choices_of(text: str) -> Choices:
    """The common choices as a plan has them. Raises DefinitionError."""
    plan = _located(text).value
    calibration = plan.calibration
    method = calibration.method if calibration else "none"
    return Choices(
        satisfied=plan.measure.satisfied,
        official=plan.measure.official,
        method=method,
        margins=plan.margin_names,
        trim=float(calibration.trim.max_ratio) if calibration and calibration.trim else 0.0,
        interval=plan.interval.method,
        confidence=float(plan.interval.confidence),
        domains=tuple(domain for domain in plan.domains if isinstance(domain, str)),
        singleton=plan.singleton,
        flagged="none" if plan.flagged is None else "exclude" if plan.flagged.exclude else "keep",
        dont_know=_whole(plan.measure.codes_of("dont_know")),
        refused=_whole(plan.measure.codes_of("refused")),
        minimum=plan.minimum,
    )


def with_choices(text: str, choices: Choices) -> str:
    """The plan with these choices; what the form does not know (small areas, further figures) stays as written."""
    _, document = round_trip(text, "plan")
    known = margins_of(text)
    measure = document.setdefault("measure", CommentedMap())
    measure["satisfied"], measure["official"] = flow(choices.satisfied), choices.official
    _declare(measure, choices)
    document["interval"] = CommentedMap({"method": choices.interval, "confidence": number(choices.confidence)})
    crossed = [domain for domain in document.get("domains", []) if not isinstance(domain, str)]
    document["domains"] = flow([*choices.domains, *crossed])
    document["singleton"] = choices.singleton
    if choices.flagged == "none":
        document.pop("flagged", None)
    else:
        kept = document.setdefault("flagged", _flagged())
        kept["exclude"] = choices.flagged == "exclude"
    if choices.minimum is None:
        document.pop("minimum", None)
    else:
        document["minimum"] = minimum_written(choices.minimum)
    _calibrate(document, choices, known)
    return written(document)


def adopt(survey: Survey, text: str) -> tuple[str, list[str]]:
    """A plan written for files (as `minyi plan sample` writes one) in the columns of this survey, and what was renamed.

    A plan that is written in them already comes back unchanged. Raises DefinitionError where it is no plan.
    """
    _located(text)
    (_, document), renamed = round_trip(text, "plan"), []
    for_files = without_file_keys(document)
    question = definition_of(survey).columns.get("measure", "")
    if document["measure"].get("question") in (question, "overall"):
        document["measure"]["question"] = "measure"
        renamed.append(f"{question or 'overall'} → measure")
    design = document.setdefault("design", CommentedMap())
    strata = design.get("strata")
    for key, name in (("strata", "stratum"), ("psu", "psu"), ("weight", "base_weight")):
        if key in design and design[key] not in COLUMNS:
            renamed.append(f"{design[key]} → {name}")
            design[key] = name
    if isinstance(weights := document.get("weights"), dict) and isinstance(weights.get("sites"), str):
        renamed.append(f"weights.sites: {weights.pop('sites')} → –")  # a stored survey has its sites
    if isinstance(pps := design.get("pps"), dict) and isinstance(pps.get("joint"), str):
        renamed.append(f"design.pps.joint: {pps.pop('joint')} → –")  # and Brewer's variance
    names = {"county": "home_county", "age": "age_band"} | ({strata: "home_county"} if strata not in COLUMNS else {})
    margins: Any = (document.get("calibration") or {}).get("margins") or {}
    for old in list(margins):
        if old not in COLUMNS and old in names:
            renamed.append(f"{old} → {names[old]}")
            margins[names[old]] = margins.pop(old)
    places = {"county": "rated_county", "age": "age_band"} | ({strata: "rated_county"} if strata not in COLUMNS else {})
    domains = document.get("domains") or []
    for place, old in enumerate(domains):
        if isinstance(old, str) and old not in COLUMNS and old in places:
            domains[place] = places[old]
    return (written(document), list(dict.fromkeys(renamed))) if renamed or for_files else (text, [])


@lru_cache(maxsize=64)
def _located(text: str) -> Located[Plan]:
    """The plan with the lines of its parts; read once, for a page asks for it several times. Raises DefinitionError."""
    found: Located[Plan] = load_text(text, Plan, "plan")
    return replace(found, value=replace(found.value, digest=digest(text)))


def _declare(measure: CommentedMap, choices: Choices) -> None:
    """Codes that are no answer leave the scale, with their points; those that are one again come back at its end."""
    scale, points = list(measure.get("scale") or []), list(measure.get("points") or [])
    before = [code for kind in ("dont_know", "refused") for code in _listed_codes(measure.get(kind))]
    declared = [*choices.dont_know, *choices.refused]
    kept = [place for place, code in enumerate(scale) if code not in declared]
    back = [code for code in before if code not in declared and code not in scale]
    measure["scale"] = flow([*(scale[place] for place in kept), *back])
    if points:
        measure["points"] = flow([points[place] for place in kept if place < len(points)])
    for kind, codes in (("dont_know", choices.dont_know), ("refused", choices.refused)):
        if codes:
            measure[kind] = flow(codes)
        else:
            measure.pop(kind, None)


def _listed_codes(stated: Any) -> list[Any]:
    return list(stated) if isinstance(stated, list) else [] if stated is None else [stated]


def _whole(codes: tuple[int | str, ...]) -> tuple[int, ...]:
    return tuple(int(code) for code in codes if str(code).isdecimal())


def _calibrate(document: CommentedMap, choices: Choices, known: dict[str, dict[str, float]]) -> None:
    """Margins that are not chosen stay in the file's comments no longer: they can be imported again."""
    if choices.method == "none" or not choices.margins:
        document.pop("calibration", None)
        return
    calibration = document.setdefault("calibration", CommentedMap())
    calibration["method"] = choices.method
    margins = calibration.setdefault("margins", CommentedMap())
    for name in list(margins):
        if name not in choices.margins:
            del margins[name]
    for name in choices.margins:
        margins.setdefault(name, CommentedMap(known.get(name, {})))
    if choices.trim:
        calibration.setdefault("trim", CommentedMap())["max_ratio"] = number(choices.trim)
    else:
        calibration.pop("trim", None)


def _problems(survey: Survey, plan: Plan, problem: Any) -> Iterator[Problem]:
    known = known_columns(survey)
    for path, name in _named(plan):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            if near:
                yield problem(path, Message("surveys.no_column_near", name=name, near=near[0]))
            else:
                yield problem(path, Message("surveys.no_column", name=name, columns=[*known]))
    if plan.measure.question != "measure":
        yield problem(("measure", "question"), Message("surveys.stored_survey_measured_its"))
    yield from _scale(definition_of(survey), plan, problem)
    if plan.design.weight is None:
        yield problem(("design",), Message("surveys.weight_missing"))
    for name in ("sites", "column", "adults"):
        if getattr(plan.weights, name):
            yield problem(("weights", name), Message("surveys.stored_survey_weighs_its", name=name))
    if plan.design.pps is not None and (plan.design.pps.probability or plan.design.pps.joint):
        yield problem(("design", "pps"), Message("surveys.stored_survey_knows_its_probabilities"))
    if plan.nonresponse is not None and isinstance(plan.nonresponse.dispositions, str):
        yield problem(("nonresponse", "dispositions"), Message("surveys.stored_plan_its_dispositions"))
    if plan.small_areas is not None and isinstance(plan.small_areas.cells, str):
        yield problem(("small_areas", "cells"), Message("surveys.stored_plan_its_cells"))
    for name, levels in (plan.calibration.margins if plan.calibration else {}).items():
        if isinstance(levels, str):
            yield problem(("calibration", "margins", name), Message("surveys.stored_plan_its_margins", levels=levels))
    yield from _levels(survey, plan, problem)
    yield from _listed(survey, plan, problem)
    yield from _rulebooks(plan, problem)


def _scale(definition: Definition, plan: Plan, problem: Any) -> Iterator[Problem]:
    """Every code of the question is an answer on the scale or declared as none; the scale has no others."""
    codes, declared = _codes_of(definition) or [1, 2, 3, 4, 5], plan.measure.missing_codes
    for kind in MISSING_KINDS:
        for code in plan.measure.codes_of(kind):
            if str(code) not in {str(known) for known in codes}:
                yield problem(("measure", kind), Message("surveys.question_no_code", code=code, codes=codes))
    answers = [code for code in codes if str(code) not in declared]
    if sorted(plan.measure.scale) != answers:
        yield problem(("measure", "scale"), Message("surveys.scale_is_not_codes", codes=codes))


def _rulebooks(plan: Plan, problem: Any) -> Iterator[Problem]:
    """Rulebooks that are none of the installation's (a file's name opens nothing here), or not as the plan names them."""
    for kind in ("city", "county"):
        path = ("rulebook", kind) if isinstance(plan.rulebook, dict) else ("rulebook",)
        name, named = plan.rulebook_of(kind), plan.rulebook_digest_of(kind)
        if name is None:
            continue
        if name not in rulebook_ids():
            yield problem(path, Message("surveys.no_rulebook_known", name=name, listed=[*rulebook_ids()]))
        elif named not in ("", present := load_rulebook(name).digest):
            changed = Message("surveys.rulebook_changed", name=name, before=named[:8], now=present[:8])
            yield problem(path, changed)


def _listed(survey: Survey, plan: Plan, problem: Any) -> Iterator[Problem]:
    """Ways of answering and rated services that there are not."""
    for mode in plan.modes:
        if mode not in MODES:
            yield problem(("modes",), Message("surveys.no_answer_taken_modes", mode=mode, modes=MODES))
    if plan.drivers is not None:
        known = [service["key"] for _, service in services_of(definition_of(survey), replace(plan, drivers=None))]
        for name in plan.drivers.services:
            if name not in known:
                yield problem(
                    ("drivers", "services"), Message("surveys.questionnaire_no_rated_service", name=name, known=known)
                )


def _levels(survey: Survey, plan: Plan, problem: Any) -> Iterator[Problem]:
    for name, levels in (plan.calibration.margins if plan.calibration else {}).items():
        if isinstance(levels, str) or name not in MARGINS:
            continue
        if name == "home_county" and not units(survey.city_id):
            continue
        wanted, given = levels_of(survey, name), [str(level) for level in levels]
        missing = [level for level in wanted if level not in given]
        strange = [level for level in given if level not in wanted]
        if missing:
            yield problem(("calibration", "margins", name), Message("surveys.levels_missing", missing=missing))
        if strange:
            yield problem(("calibration", "margins", name), Message("surveys.no_response_can", strange=strange))


def _named(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every column a plan names, with its place."""
    for key in ("strata", "psu", "weight"):
        name = getattr(plan.design, key)
        if name:
            yield ("design", key), name
    yield from ((("design", "fpc"), name) for name in plan.design.fpc_columns)
    yield from ((("calibration", "margins", name), name) for name in plan.margin_names)
    yield from ((("calibration", "totals", name), name) for name in plan.total_names)
    for place, domain in enumerate(plan.domains):
        yield from ((("domains", place), name) for name in ((domain,) if isinstance(domain, str) else domain))
    yield from ((("nonresponse", "classes"), name) for name in (plan.nonresponse.classes if plan.nonresponse else ()))
    if plan.flagged is not None:
        yield ("flagged", "column"), plan.flagged.column
    for place, figure in enumerate(plan.figures):
        yield from ((("figures", place), name) for name in figure.columns if name != "measure")


def _flagged() -> CommentedMap:
    """What is left out unless somebody chooses otherwise: by how an answer came, never by what it says."""
    return CommentedMap({"column": "flagged", "exclude": True, "kinds": flow(DEFAULT_KINDS)})
