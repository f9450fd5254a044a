"""The error behind probabilities where sites are few; thousands of surveys run in benchmarks/few_sites.py."""

import numpy as np
import pytest

from analysis.cells import Cells
from analysis.decision import outcome_probabilities
from analysis.estimation import estimate
from analysis.few_sites import ENOUGH_DF
from analysis.plan import parse_plan
from analysis.zones import Rules
from benchmarks.few_sites import DESIGNS, kolmogorov, overconfident
from tests.support.few_site_surveys import ADULTS, Design, below, draw, told
from tests.support.zones import ZONES

PLAN = """
measure: {question: y, satisfied: [1], scale: [0, 1]}
design: {strata: h, psu: site, weight: w}
domains: [h]
calibration: {method: raking, margins: {h: MARGIN}}
"""


def surveyed(design, seed=1, text=PLAN):
    """One drawn survey through the whole estimator, and the draw itself."""
    drawn = draw(design, np.array([0.66]), np.random.default_rng(seed))
    people, happy = drawn.cells[0], drawn.satisfied[0]
    rows = [
        (answer, str(h), f"{h}-{i}", int(number), number * ADULTS[k], number * ADULTS[k] ** 2)
        for h, i, k in np.ndindex(people.shape)
        for answer, number in ((1, happy[h, i, k]), (0, people[h, i, k] - happy[h, i, k]))
        if number
    ]
    margin = "{" + ", ".join(f"'{h}': {size * 1000}" for h, size in enumerate(design.sizes)) + "}"
    plan = parse_plan(text.replace("MARGIN", margin))
    return drawn, estimate(Cells.from_groups(rows, plan), plan, Rules(ZONES, ZONES, ("h",)))


@pytest.mark.parametrize("county", [None, 2])
def test_the_drawn_tables_are_what_the_estimator_makes_of_the_same_answers(county):
    design = Design("", (1.0, 2.0, 5.0, 3.0), (3, 4, 2, 5), 20, between=0.1, county=county)
    drawn, whole = surveyed(design)
    found = whole.overall if county is None else whole.domains["h"][county]
    _, figure, law = next(told(design, drawn))
    assert (found.satisfied.estimate, found.law.se) == (
        pytest.approx(figure, rel=1e-9),
        pytest.approx(law.se, rel=1e-9),
    )
    assert (found.law.df, found.law.pooled, found.law.withheld) == (pytest.approx(law.df, rel=1e-9), True, law.withheld)


def test_below_twenty_degrees_a_variance_is_pooled_and_its_interval_stays_its_own():
    _, found = surveyed(Design("", (1.0,) * 4, (16,) * 4, 40))
    county = found.domains["h"][0]
    document = county.decision
    assert county.df == 15 < ENOUGH_DF
    error = document["probability_error"]
    assert error["pooled"]
    assert 15 < error["df"] <= 35
    assert error["se"] != pytest.approx(county.satisfied.se, rel=1e-6)
    assert document["probability"] == outcome_probabilities(document["figure"], error["se"], error["df"], ZONES)
    whole = found.overall.decision["probability_error"]
    assert whole == {"se": found.overall.satisfied.se, "df": 60.0, "n": whole["n"], "pooled": False}


def test_a_plan_of_method_3_keeps_its_probabilities():
    design = Design("", (1.0,) * 4, (6,) * 4, 20)
    _, now = surveyed(design)
    _, then = surveyed(design, text=PLAN + "method: 3\n")
    county = then.domains["h"][0]
    assert now.domains["h"][0].decision["probability"] is None
    direct = outcome_probabilities(county.satisfied.estimate, county.satisfied.se, 5, ZONES)
    assert county.decision["probability"] == pytest.approx(direct)
    assert "ranks" not in {name for name, value in then.as_dict()["domains"]["h"][0].items() if value is not None}


def test_a_small_sample_has_no_probability_and_says_why():
    _, found = surveyed(Design("", (1.0,) * 4, (3,) * 4, 20))
    withheld = found.overall.decision["probability_withheld"]
    assert (found.overall.decision["probability"], withheld["key"]) == (None, "small_sample_no_probability")
    assert "fewer than 140" in withheld["text"]
    assert found.overall.decision["settling"]  # what a larger one would settle is still said


def test_open_answers_have_no_probability():
    _, found = surveyed(Design("", (1.0,) * 4, (16,) * 4, 40), text=PLAN + "sampling: open\n")
    for decision in (found.overall.decision, found.domains["h"][0].decision):
        assert (decision["probability"], decision["probability_withheld"]["key"]) == (None, "open_no_probability")
        assert (set(decision["to_settle"].values()), decision["settling"]) == ({None}, [])


def test_strata_of_one_site_leave_no_degree_of_freedom_and_no_probability():
    text = PLAN.replace("psu: site", "psu: site").replace("calibration:", "singleton: adjust\ncalibration:")
    design = Design("", (1.0, 1.0), (2, 2), 30)
    _, found = surveyed(design, text=text)
    assert found.overall.decision["probability_withheld"]["key"] == "few_df_no_probability"


def test_what_is_stated_of_twenty_sites_comes_true_as_often():
    """A small member of the benchmark: 1,500 surveys of one design that states probabilities."""
    design = next(one for one in DESIGNS if one.name == "city, 20 sites of 20")
    generator, pairs = np.random.default_rng(7), []
    for truth, figure, law in told(design, draw(design, generator.uniform(0.5, 0.8, 1500), generator)):
        if law.withheld is None:
            pairs.append((below(0.7, figure, law), truth < 0.7))
    stated, came = np.array(pairs, dtype=float).T
    sure = stated > 0.9
    assert len(pairs) > 1450
    assert came[sure].mean() > stated[sure].mean() - 0.03
    chances = [below(0.7, figure, law) for _, figure, law in told(design, draw(design, np.full(1500, 0.7), generator))]
    assert kolmogorov(chances) < 0.045  # the 5 % point of 1,500 is 0.035


def test_the_benchmark_finds_overconfidence_alone():
    generator = np.random.default_rng(3)
    chances = generator.uniform(0, 1, 60_000)
    true = [(p, bool(generator.random() < p)) for p in chances]
    bold = [(min(max(p + (0.06 if p > 0.5 else -0.06), 0.0), 1.0), came) for p, came in true]
    timid = [(min(max(p - (0.06 if p > 0.5 else -0.06), 0.0), 1.0), came) for p, came in true]
    verdicts = [over <= allowed for over, allowed, _, _ in map(overconfident, (true, bold, timid))]
    assert verdicts == [True, False, True]
