"""Sites by the ten thousand, however they are called: the same cells as of a file whose names are read one by one."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.cells import MANY, Cells, ManyLevels
from analysis.estimation import estimate
from analysis.plan import parse_plan
from survey_app.estimates.reduce_files import open_responses, reduce_to_cells

PLAN = parse_plan(
    "measure: {question: overall, satisfied: [4, 5], scale: [1, 2, 3, 4, 5]}\ndesign: {strata: county, psu: site}"
)
NUMBER = MANY + 300


def rows(name):
    """Two answers a site; sites of 50 counties, in no order."""
    order = np.random.default_rng(3).permutation(2 * NUMBER)
    site = order % NUMBER
    return {
        "overall": (1 + order * 7 % 5).tolist(),
        "county": (site % 50).tolist(),
        "site": [name(at) for at in site.tolist()],
    }


@pytest.mark.parametrize(
    ("name", "quick"),
    [
        (lambda at: str(at), True), (lambda at: f"P{at:07}", True), (lambda at: f"b-{at}", True),
        (lambda at: f"{at:07}", False), (lambda at: f"点{at}", False), (lambda at: f"P {at}", False),
    ],
    ids=["numbers", "names", "of another length", "leading noughts", "Chinese", "with a blank"],
)  # fmt: skip
def test_many_sites_give_the_cells_that_reading_each_name_gives(tmp_path, name, quick):
    written = rows(name)
    pq.write_table(pa.table(written), tmp_path / "r.parquet")
    cells, one_by_one = reduce_to_cells(open_responses(tmp_path / "r.parquet"), PLAN), Cells.from_rows(written, PLAN)
    assert isinstance(cells.columns["site"].levels, ManyLevels) is quick
    assert [*cells.columns["site"].levels] == [*one_by_one.columns["site"].levels]
    assert np.array_equal(cells.columns["site"].codes, one_by_one.columns["site"].codes)
    assert estimate(cells, PLAN).overall.satisfied.se == estimate(one_by_one, PLAN).overall.satisfied.se


def test_a_name_that_could_be_written_in_two_ways_is_still_one_site(tmp_path):
    written = rows(lambda at: f"P{at}")
    written["site"][0] += " "
    pq.write_table(pa.table(written), tmp_path / "r.parquet")
    cells = reduce_to_cells(open_responses(tmp_path / "r.parquet"), PLAN)
    assert len(cells.columns["site"].levels) == NUMBER
