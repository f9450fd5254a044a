"""What an estimate costs on a million and on ten million rows, beside the GROUP BY that no engine can avoid.

200 strata, 5,000 PSUs, margins sex (2), age (6) and region (11, also the domains), from Parquet on local disk, in
one warm process after imports; medians of 5. 'equal' weights inside a PSU differ by PSU only, 'unequal' by person.

    python benchmarks/estimation.py [--rows 1000000 10000000] [--svy]
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis

from analysis.calibration import calibrate
from analysis.estimation import estimate
from analysis.plan import Plan, parse_plan
from analysis.scoring.engine import score
from analysis.scoring.loading import load_rulebook
from analysis.scoring.satisfaction import Satisfaction
from survey_app.estimates.reduce_files import open_responses, reduce_to_cells
from tests.support.zones import RULES

ROUNDS = 5
R_SECONDS, SVY_SECONDS = 68.6, 11.0  # the same job at a million rows, measured apart
DOCUMENT = {
    "measure": {"question": "overall", "satisfied": [4, 5], "scale": [1, 2, 3, 4, 5]},
    "design": {"strata": "stratum", "psu": "psu", "weight": "weight"},
    "calibration": {
        "margins": {
            "region": {str(k): 90_000 + 1_000 * k for k in range(11)},
            "sex": {"m": 522_500, "f": 522_500},
            "age": {str(k): 1_045_000 / 6 for k in range(6)},
        }
    },
}


def make(path: Path, rows: int, unequal: bool) -> None:
    """Answers with site effects; region follows from the stratum, as counties do."""
    weight = "(1 + (psu % 7)) * (0.5 + person)" if unequal else "1.0 + (psu % 7)"
    duckdb.sql(
        f"""COPY (
            SELECT CAST(1 + least(4, floor(5 * pow(u, 0.35 + 0.1 * sin(psu)))) AS TINYINT) AS overall,
                   CAST(psu // 25 AS SMALLINT) AS stratum, CAST(psu AS SMALLINT) AS psu,
                   CASE WHEN hash(i, 1) % 100 < 51 THEN 'm' ELSE 'f' END AS sex,
                   CAST(hash(i, 2) % 6 AS TINYINT) AS age, CAST((psu // 25) % 11 AS TINYINT) AS region,
                   CAST({weight} AS DOUBLE) AS weight
            FROM (SELECT i, CAST(hash(i, 3) % 5000 AS INTEGER) AS psu, (hash(i, 4) % 1000000) / 1e6 AS u,
                         (hash(i, 5) % 1000000) / 1e6 AS person FROM range({rows}) t(i))
        ) TO '{path}' (FORMAT parquet)"""
    )


def median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure(path: Path, label: str) -> None:
    plain = parse_plan(json.dumps(DOCUMENT))
    whole = parse_plan(json.dumps(DOCUMENT | {"domains": ["region"]}))
    cells = reduce_to_cells(open_responses(path), whole)
    bare = median(lambda: group_by(path, whole))
    times = {
        "bare GROUP BY": bare,
        "reduce to cells": median(lambda: reduce_to_cells(open_responses(path), whole)),
        "rake": median(lambda: calibrate(cells, whole)),
        "estimate, no domains (with rake)": median(lambda: estimate(cells, plain, RULES)),
        "estimate, 11 domains (with rake)": median(lambda: estimate(cells, whole, RULES)),
        "whole job": median(lambda: estimate(reduce_to_cells(open_responses(path), whole), whole, RULES)),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"\n{label}: {len(cells):,} cells; peak memory so far {peak:.2f} GB")
    for name, seconds in times.items():
        print(f"  {name:<36}{seconds:8.3f} s {seconds / bare:7.2f} × GROUP BY")
    if label.startswith("1,000,000"):
        print(f"  R survey {R_SECONDS} s: {R_SECONDS / times['whole job']:.0f} times as long (measured apart)")
        print(f"  svy {SVY_SECONDS} s: {SVY_SECONDS / times['whole job']:.0f} times as long (measured apart)")


def group_by(path: Path, plan: Plan) -> object:
    """The limit: the same keys and sums, straight from DuckDB into Arrow."""
    keys = ", ".join(plan.key_columns)
    query = f"SELECT {keys}, count(*), sum(weight), sum(weight * weight) FROM '{path}' GROUP BY {keys}"
    return duckdb.connect().sql(query).to_arrow_table()


def svy_job(path: Path) -> None:
    """svy on the same file: rake, one share, eleven domains."""
    import polars
    import svy

    frame = polars.read_parquet(path).with_columns((polars.col("overall") >= 4).cast(polars.Float64).alias("satisfied"))
    frame = frame.with_columns(polars.col("region").cast(polars.String), polars.col("age").cast(polars.String))
    margins = DOCUMENT["calibration"]["margins"]
    start = time.perf_counter()
    sample = svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    raked = sample.weighting.rake(controls=margins, tol=1e-10, max_iter=500)
    raked.estimation.mean("satisfied")
    raked.estimation.mean("satisfied", by="region")
    print(f"  svy here, once: {time.perf_counter() - start:.1f} s")


def counties() -> None:
    """136 counties under the county rulebook."""
    rulebook = load_rulebook("jining-2023-county")
    satisfaction = Satisfaction.from_figure(0.74, 0.02, 60)
    values = {
        str(indicator.number): {metric.key: None for metric in indicator.metrics} for indicator in rulebook.indicators
    }
    seconds = median(lambda: [score(rulebook, values, satisfaction) for _ in range(136)])
    print(f"\nscoring 136 counties: {seconds:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--svy", action="store_true", help="Also run svy on the million rows.")
    arguments = parser.parse_args()
    ibis.options.interactive = False
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            for unequal in (False, True):
                path = Path(folder) / f"{rows}-{unequal}.parquet"
                make(path, rows, unequal)
                measure(path, f"{rows:,} rows, {'unequal' if unequal else 'equal'} weights inside PSUs")
                if arguments.svy and rows <= 1_000_000 and not unequal:
                    svy_job(path)
    counties()
    if shutil.which("Rscript") is None:
        print("R is not on this machine; its figure was measured apart.")
    else:
        print(subprocess.run(["Rscript", "--version"], capture_output=True, text=True, check=False).stdout)


if __name__ == "__main__":
    main()
