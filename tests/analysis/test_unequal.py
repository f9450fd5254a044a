"""Variances of sites drawn without replacement with unequal probabilities, against R's survey and sampling."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import Cells, estimate, parse_plan
from analysis.cells import total_by
from analysis.errors import DesignError
from analysis.estimators import mean, variance_parts
from analysis.sample import weighted_sample
from analysis.wave_covariance import wave_covariance
from survey_app.surveys.plan_files import load_plan
from wording import Refusal

FOLDER = Path(__file__).parents[1] / "reference" / "sites_without_replacement"
EXPECTED = json.loads((FOLDER / "reference.json").read_text())
PLAN = """
measure: {question: good, satisfied: [1], scale: [0, 1]}
design: {strata: stratum, psu: site, weight: weight, pps: {probability: probability%s}}
domains: [sex]
singleton: adjust
"""


def rows() -> dict[str, list[str]]:
    with (FOLDER / "responses.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    return {name: [row[name] for row in table] for name in table[0]}


def found(plan, data=None):
    return estimate(Cells.from_rows(data or rows(), plan), plan)


def joint_plan(tmp_path: Path, change=lambda text: text):
    (tmp_path / "joint.csv").write_text(change((FOLDER / "joint.csv").read_text()))
    (tmp_path / "plan.yaml").write_text(PLAN % ", joint: joint.csv")
    return load_plan(tmp_path / "plan.yaml")


def test_brewers_variance_is_that_of_rs_survey():
    result, said = found(parse_plan(PLAN % "")), EXPECTED["brewer"]
    assert result.overall.satisfied.estimate == pytest.approx(said["share"], rel=1e-12)
    assert result.overall.satisfied.se == pytest.approx(said["se"], rel=1e-10)
    women = next(row for row in result.domains["sex"] if row.level == "f")
    assert women.satisfied.se == pytest.approx(said["se_of_women"], rel=1e-10)


def test_with_joint_probabilities_the_variance_is_sen_yates_and_grundys(tmp_path):
    result, said = found(joint_plan(tmp_path)), EXPECTED["sen_yates_grundy"]
    assert result.overall.satisfied.se == pytest.approx(said["se"], rel=1e-10)
    women = next(row for row in result.domains["sex"] if row.level == "f")
    assert women.satisfied.se == pytest.approx(said["se_of_women"], rel=1e-10)


def test_probabilities_come_from_the_sites_drawn_or_from_a_list_as_well():
    data, of_column = rows(), found(parse_plan(PLAN % "")).overall.satisfied.se
    listed = ", ".join(sorted({f"{site}: {p}" for site, p in zip(data["site"], data["probability"], strict=True)}))
    assert (
        found(
            parse_plan((PLAN % "").replace("probability: probability", f"probability: {{{listed}}}"))
        ).overall.satisfied.se
        == of_column
    )
    sites = sorted(
        {
            (s, n, p, z)
            for s, n, p, z in zip(*(data[k] for k in ("stratum", "site", "probability", "size")), strict=True)
        }
    )
    rule = ", ".join(f"{{stratum: {s}, site: {n}, probability: {p}, eligible: {z}}}" for s, n, p, z in sites)
    drawn = (PLAN % "").replace(
        "probability: probability", ""
    ) + f"weights: {{sites: [{rule}], fewest: 1, largest_factor: 100}}\n"
    assert found(parse_plan(drawn)).overall.satisfied.se == pytest.approx(of_column, rel=1e-12)


def test_where_every_site_is_certain_only_the_draw_of_people_is_left():
    data = rows() | {"probability": ["1"] * len(rows()["site"])}
    plan = parse_plan(PLAN % "")
    sample = weighted_sample(Cells.from_rows(data, plan), plan)
    good, _ = sample.cells.numbers("good")
    part = variance_parts(sample, [mean(sample, good, sample.everyone)])[0]
    assert part.total == pytest.approx(part.within, rel=1e-12)


def test_two_waves_at_the_same_sites_covary_by_no_more_than_their_variances():
    plan = parse_plan(PLAN % "")
    sample = weighted_sample(Cells.from_rows(rows(), plan), plan)
    good, _ = sample.cells.numbers("good")
    share = mean(sample, good, sample.everyone)
    matrix = wave_covariance([sample, sample], [plan, plan], [share, share])
    within = total_by(sample.design.psu, sample.weight)
    assert len(within) == 9
    assert 0 < matrix[0, 1] < matrix[0, 0] == pytest.approx(EXPECTED["brewer"]["se"] ** 2, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("a,a3,a5,0.430803427284444\n", ""), "no joint probability of 'a5' and 'a3'"),
        (lambda text: text.replace("0.430803427284444", "0.9"), "0.9 is impossible for 'a5' and 'a3'"),
    ],
)
def test_joint_probabilities_that_do_not_do_are_named(tmp_path, change, said):
    with pytest.raises(DesignError, match=said):
        found(joint_plan(tmp_path, change))
    with pytest.raises(ValueError, match=r"joint.csv:\d+: probability"):
        joint_plan(tmp_path, lambda text: text.replace("0.430803427284444", "many"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("probability", "1.5", "above 0 and at most at 1: a3"), ("probability", "0.2", "must give each site one")],
)
def test_probabilities_that_do_not_do_are_named(name, value, said):
    data = rows()
    places = [at for at, site in enumerate(data["site"]) if site == "a3"]
    for at in places if value == "1.5" else places[:1]:
        data[name][at] = value
    with pytest.raises(DesignError, match=said):
        found(parse_plan(PLAN % ""), data)


def test_a_site_that_no_list_names_is_named():
    plan = parse_plan((PLAN % "").replace("probability: probability", "probability: {a1: 0.5}"))
    with pytest.raises(DesignError, match="these sites have none"):
        found(plan)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: weight,", "weight: weight, fpc: size,"),
        ("singleton: adjust", "singleton: average"),
        ("psu: site, ", ""),
    ],
)
def test_what_cannot_go_with_unequal_probabilities_is_refused(old, new):
    with pytest.raises(ValueError, match=r"design\.pps"):
        parse_plan((PLAN % "").replace(old, new))


def test_a_single_site_left_to_chance_follows_the_declared_rule():
    data = rows()
    kept = [at for at, site in enumerate(data["site"]) if site not in ("b2", "b4")]
    data = {name: [values[at] for at in kept] for name, values in data.items()}
    plan = parse_plan(PLAN % "")
    adjusted, removed = (
        found(replace(plan, singleton=rule), data).overall.satisfied.se for rule in ("adjust", "remove")
    )
    assert removed < adjusted
    with pytest.raises(Refusal, match="b"):
        found(replace(plan, singleton="fail"), data)
