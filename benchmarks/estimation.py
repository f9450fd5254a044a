"""What an estimate costs on a million and on ten million rows, beside the GROUP BY that no engine can avoid.

Margins sex (2), age (6) and region (11, also the domains), from Parquet on local disk, in one warm process after imports;
medians of 5, GROUP BY and job in turn. 160 sites in 16 strata; 5,000 PSUs in 200 strata, where 'equal' weights inside a PSU differ by
PSU only and 'unequal' by person; and a million PSUs in 500 strata, one row each. Peak memory is that of a process of its own for each
file, the job's before anything else ran. CPU time counts all threads, and is what a machine that others use can be judged by.
100,000,000 rows have 160 sites alone and take a gigabyte of disk.

    python -m benchmarks.estimation [--rows 1000000 10000000] [--svy] [--r] [--spark]
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
from dataclasses import dataclass
from multiprocessing import get_context
from os import getloadavg
from pathlib import Path

import duckdb
import ibis
import numpy as np

from analysis.calibration import calibrate
from analysis.estimation import estimate
from analysis.plan import Plan, parse_plan
from analysis.scoring.engine import score
from analysis.scoring.loading import load_rulebook
from analysis.scoring.satisfaction import Satisfaction
from survey_app.estimates.reduce_files import open_responses, opened, reduce_to_cells
from tests.support.zones import RULES

ROUNDS = 5
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


def make(path: Path, rows: int, psus: int, in_stratum: int, unequal: bool) -> None:
    """Answers with site effects; region follows from the stratum, as counties do."""
    psu = "i" if psus == rows else f"hash(i, 3) % {psus}"
    weight = "(1 + (psu % 7)) * (0.5 + person)" if unequal else "1.0 + (psu % 7)"
    duckdb.sql(
        f"""COPY (
            SELECT CAST(1 + least(4, floor(5 * pow(u, 0.35 + 0.1 * sin(psu)))) AS TINYINT) AS overall,
                   CAST(psu // {in_stratum} AS SMALLINT) AS stratum, psu,
                   CASE WHEN hash(i, 1) % 100 < 51 THEN 'm' ELSE 'f' END AS sex,
                   CAST(hash(i, 2) % 6 AS TINYINT) AS age, CAST((psu // {in_stratum}) % 11 AS TINYINT) AS region,
                   CAST({weight} AS DOUBLE) AS weight
            FROM (SELECT i, CAST({psu} AS INTEGER) AS psu, (hash(i, 4) % 1000000) / 1e6 AS u,
                         (hash(i, 5) % 1000000) / 1e6 AS person FROM range({rows}) t(i))
        ) TO '{path}' (FORMAT parquet)"""
    )


@dataclass(frozen=True)
class Seconds:
    wall: float
    cpu: float


def medians(*works: Callable[[], object]) -> list[Seconds]:
    """Of each piece of work, done in turn."""
    taken: list[list[Seconds]] = [[] for _ in works]
    for again in range(ROUNDS + 1):
        for work, seconds in zip(works, taken, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            if again:  # the first is to get warm
                seconds.append(Seconds(time.perf_counter() - wall, time.process_time() - cpu))
    return [
        Seconds(statistics.median(one.wall for one in each), statistics.median(one.cpu for one in each))
        for each in taken
    ]


def measure(path: str, rows: int, label: str) -> None:
    """One file in this process, which has measured nothing before."""
    ibis.options.interactive = False
    plain = parse_plan(json.dumps(DOCUMENT))
    whole = parse_plan(json.dumps(DOCUMENT | {"domains": ["region"]}))
    again = parse_plan(json.dumps(DOCUMENT | {"replication": {"method": "bootstrap", "replicates": 500, "seed": 1}}))
    cells = reduce_to_cells(open_responses(Path(path)), whole)
    estimate(cells, whole, RULES)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2

    def job(plan: Plan) -> Callable[[], object]:
        return lambda: estimate(reduce_to_cells(open_responses(Path(path)), plan), plan, RULES)

    bare, done = medians(lambda: group_by(Path(path), whole), job(whole))
    times = {"bare GROUP BY": bare, "whole job": done}
    parts = {
        "reduce to cells": lambda: reduce_to_cells(open_responses(Path(path)), whole),
        "rake": lambda: calibrate(cells, whole),
        "estimate, no domains (with rake)": lambda: estimate(cells, plain, RULES),
        "estimate, 11 domains (with rake)": lambda: estimate(cells, whole, RULES),
    }
    if rows <= 10_000_000:
        times |= dict(zip(parts, medians(*parts.values()), strict=True))
    if len(cells) < 500_000 and rows <= 10_000_000:
        times["linearised, no domains"], times["with 500 bootstrap replicates"] = medians(job(plain), job(again))
    print(f"\n{rows:,} rows, {label}: {len(cells):,} cells; peak memory {peak:.2f} GB; load {getloadavg()[0]:.1f}")
    for name, seconds in times.items():
        wall, cpu = seconds.wall / bare.wall, seconds.cpu / bare.cpu
        print(
            f"  {name:<36}{seconds.wall:8.3f} s {wall:6.2f} × GROUP BY; CPU {seconds.cpu:8.3f} s {cpu:6.2f} ×",
            flush=True,
        )


def group_by(path: Path, plan: Plan) -> object:
    """The limit: the same keys and sums, straight from DuckDB into Arrow."""
    keys = ", ".join(plan.key_columns)
    query = f"SELECT {keys}, count(*), sum(weight), sum(weight * weight) FROM '{path}' GROUP BY {keys}"
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    return connection.sql(query).to_arrow_table()


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


def r_job(path: Path) -> None:
    """R's survey on the same rows: rake, one share, eleven domains; reading the file does not count."""
    text = path.with_suffix(".csv")
    duckdb.sql(f"COPY (FROM '{path}') TO '{text}'")
    margins = DOCUMENT["calibration"]["margins"]
    known = [
        f"data.frame({name} = c({', '.join(map(repr, levels))}), Freq = c({', '.join(map(str, levels.values()))}))"
        for name, levels in margins.items()
    ]
    script = f"""
        suppressMessages(library(survey)); d <- read.csv("{text}")
        for (name in c("region", "sex", "age")) d[[name]] <- as.character(d[[name]])
        d$satisfied <- as.numeric(d$overall >= 4); start <- proc.time()[3]
        s <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d)
        s <- rake(s, list({", ".join("~" + name for name in margins)}), list({", ".join(known)}), list(maxit = 500, epsilon = 1e-3))
        m <- svymean(~satisfied, s); b <- svyby(~satisfied, ~region, s, svymean)
        cat(sprintf("  R survey %s: %.1f s\\n", packageVersion("survey"), proc.time()[3] - start))
    """
    print(subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout, end="")


def spark_job(path: Path) -> None:
    """The cells of both engines: how far they are apart."""
    plan = parse_plan(json.dumps(DOCUMENT | {"domains": ["region"]}))
    found = []
    for engine in ("duckdb", "spark"):
        with opened(path, engine) as table:  # type: ignore[arg-type]
            found.append(reduce_to_cells(table, plan))
    ours, theirs = found
    same = all(
        [*column.levels] == [*theirs.columns[name].levels] and np.array_equal(column.codes, theirs.columns[name].codes)
        for name, column in ours.columns.items()
    )
    counts, apart = np.array_equal(ours.count, theirs.count), np.abs(ours.weight - theirs.weight) / ours.weight
    print(
        f"  Spark: {len(theirs):,} cells; same keys {same}, same counts {counts}, sums of weights within {apart.max():.1e}"
    )


def counties() -> None:
    """136 counties under the county rulebook."""
    rulebook = load_rulebook("jining-2023-county")
    satisfaction = Satisfaction.from_figure(0.74, 0.02, 60)
    values = {
        str(indicator.number): {metric.key: None for metric in indicator.metrics} for indicator in rulebook.indicators
    }
    (seconds,) = medians(lambda: [score(rulebook, values, satisfaction) for _ in range(136)])
    print(f"\nscoring 136 counties: {seconds.wall:.3f} s")


def alone(work: Callable[..., None], *arguments: object) -> None:
    """In a process of its own: what this one has held counts as the peak of all that it starts."""
    started = get_context("spawn").Process(target=work, args=arguments)
    started.start()
    started.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--svy", action="store_true", help="Also run svy on the million rows.")
    parser.add_argument("--r", action="store_true", help="Also run R's survey on the million rows (a minute).")
    parser.add_argument("--spark", action="store_true", help="Also Spark's cells of the million rows beside DuckDB's.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows in asked.rows:
            kinds = [("160 sites", 160, 10, False), ("5,000 PSUs, equal weights", 5_000, 25, False)]
            kinds += [("5,000 PSUs, unequal weights", 5_000, 25, True)]
            kinds += [("a million PSUs", rows, 2_000, False)] * (rows == 1_000_000)
            kinds = kinds[:1] if rows > 10_000_000 else kinds
            for place, (label, psus, in_stratum, unequal) in enumerate(kinds):
                path = Path(folder) / f"{rows}-{place}.parquet"
                make(path, rows, psus, in_stratum, unequal)
                alone(measure, str(path), rows, label)
                if rows <= 1_000_000 and place == 1:
                    others = (
                        (asked.svy, svy_job),
                        (asked.r and shutil.which("Rscript"), r_job),
                        (asked.spark, spark_job),
                    )
                    for wanted, job in others:
                        if wanted:
                            alone(job, path)
                path.unlink()
    counties()


if __name__ == "__main__":
    main()
