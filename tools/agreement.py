"""Prints the agreement table of docs/method/statistics.md: largest relative difference from R, entry by entry.

python tools/agreement.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from analysis.cells import Cells
from analysis.intervals import korn_graubard, logit
from analysis.replication import replicate
from analysis.sample import weighted_sample
from tests.analysis import test_api_reference, test_city_reference

LIMITS = ("estimate", "se", "lower", "upper")


def off(pairs: list[tuple[float, float]]) -> float:
    """Largest relative difference of (found, expected)."""
    return max(abs(found - expected) / max(abs(expected), 1e-300) for found, expected in pairs)


def of(found: Any, expected: dict[str, Any]) -> list[tuple[float, float]]:
    return [(found[name], expected[name]) for name in LIMITS if name in expected and name in found]


def designs() -> Iterator[tuple[str, str, float]]:
    asked = [
        {"mean": "api00"},
        {"total": "api00"},
        {"total": "sch_wide"},
        {"ratio": ["api00", "api99"]},
        {"table": ["sch_wide", "stype"]},
        {"quantile": "api00"},
    ]
    for name in test_api_reference.DESIGNS:
        entry = test_api_reference.REFERENCE["designs"][name]
        result = test_api_reference.of_design(name, "sch_wide", figures=asked, domains=["stype"])
        mean, total, wide, ratio, table, *quantiles = result.figures
        share, expected = result.overall.satisfied, entry["mean"]["sch_wide"]
        pairs = [
            (share.estimate, expected["estimate"]),
            (share.se, expected["se"]),
            (share.design_effect, expected["deff_replace"]),
        ]
        for limits, reference in (
            (korn_graubard(share.estimate, share.se, result.overall.df, result.overall.n), "beta"),
            (logit(share.estimate, share.se, result.overall.df, result.overall.n), "xlogit"),
        ):
            known = entry["proportion_ci"][reference]
            pairs += [(limits.lower, known["lower"]), (limits.upper, known["upper"])]
        yield f"api designs.{name}", "share, se, deff, Korn-Graubard, logit", off(pairs)
        pairs = of(mean, entry["mean"]["api00"]) + of(total, entry["total"]["api00"])
        pairs += of(wide, entry["total"]["sch_wide"]) + of(ratio, entry["ratio"]["api00/api99"])
        yield f"api designs.{name}", "mean, totals, ratio, t intervals", off(pairs)
        rows = {row.level: row.satisfied for row in result.domains["stype"]}
        pairs = [
            pair
            for known in entry["domain"]
            for pair in ((rows[known["level"]].estimate, known["estimate"]), (rows[known["level"]].se, known["se"]))
        ]
        yield f"api designs.{name}", "domains", off(pairs)
        yield (
            f"api designs.{name}",
            "Rao-Scott F, df, p",
            off([(table[k], entry["chisq"][k]) for k in ("F", "ndf", "ddf", "p")]),
        )
        known = entry.get("quantile", [])
        pairs = [
            pair for found, row in zip(quantiles, known, strict=False)
            for pair in ((found["estimate"], row["quantile"]), (found["lower"], row["ci.2.5"]), (found["se"], row["se"]))
        ]  # fmt: skip
        if pairs:
            yield f"api designs.{name}", "quartiles with Woodruff limits", off(pairs)


def calibrations() -> Iterator[tuple[str, str, float]]:
    for name, (data, design, calibration) in test_api_reference.CALIBRATIONS.items():
        entry = test_api_reference.REFERENCE["calibration"][name]
        figures = [{"mean": "api00"}, {"mean": "awards"}, {"total": "enroll"}]
        result = test_api_reference.made(
            test_api_reference.table(data), "awards", design, calibration=calibration, figures=figures
        )
        keys = ("mean_api00", "mean_awards", "total_enroll")
        pairs = [pair for found, key in zip(result.figures, keys, strict=True) for pair in of(found, entry[key])]
        yield f"api calibration.{name}", "means, total, t intervals", off(pairs)
        weights = test_api_reference.in_row_order(
            test_api_reference.by_row(test_api_reference.table(data), design, calibration)
        )
        yield f"api calibration.{name}", "weights of all rows", off(list(zip(weights, entry["weights"], strict=True)))


def replications() -> Iterator[tuple[str, str, float]]:
    for name, (method, design_name) in test_api_reference.REPLICATIONS.items():
        rows, design = test_api_reference.design_of(design_name)
        plan = test_api_reference.plan_of(
            rows, "sch_wide", design, figures=[{"mean": "api00"}], replication={"method": method}
        )
        sample = weighted_sample(Cells.from_rows(rows, plan), plan)
        values = sample.cells.numbers("api00")[0]
        found = replicate(sample, plan, plan.replication, lambda w, v=values: np.array([w @ v / w.sum()]))
        yield (
            f"api replication.{name}",
            "se of a mean",
            off([(found.se[0], test_api_reference.REFERENCE["replication"][name]["mean_api00"]["se"])]),
        )


def health() -> Iterator[tuple[str, str, float]]:
    entry = test_api_reference.REFERENCE["nhanes"]
    design = {"strata": "SDMVSTRA", "psu": "SDMVPSU", "weight": "WTMEC2YR"}
    result = test_api_reference.made(
        test_api_reference.table("nhanes"), "HI_CHOL", design, domains=[["race", "RIAGENDR"]]
    )
    rows = {row.level: row.satisfied for row in result.domains["race × RIAGENDR"]}
    pairs = [(result.overall.satisfied.se, entry["mean"]["se"])]
    for known in entry["domain"]:
        row = rows[f"{known['race']} × {known['RIAGENDR']}"]
        pairs += [(row.estimate, known["HI_CHOL"]), (row.se, known["se"])]
    yield "api nhanes", "share and crossed domains", off(pairs)


def city_blocks() -> Iterator[tuple[str, str, float]]:
    for design, block in test_city_reference.BLOCKS:
        entry, result = test_city_reference.REFERENCE[design][block], test_city_reference.result(design, block)
        pairs = [
            (result.overall.satisfied.estimate, entry["satisfied"]["estimate"]),
            (result.overall.satisfied.se, entry["satisfied"]["se"]),
            (result.overall.satisfied.design_effect, entry["satisfied"]["deff_replace"]),
            (result.overall.index.estimate, entry["index"]["estimate"]),
            (result.overall.index.se, entry["index"]["se"]),
        ]
        for variable in ("home_county", "age"):
            rows = {row.level: row.satisfied for row in result.domains[variable]}
            for known in entry[variable]:
                pairs += [(rows[known["level"]].estimate, known["estimate"]), (rows[known["level"]].se, known["se"])]
        yield f"city {design}.{block}", "share, index, deff, counties, ages", off(pairs)


def main() -> None:
    print("| entry | figures | largest relative difference |\n| --- | --- | ---: |")
    for source in (city_blocks, designs, calibrations, replications, health):
        for entry, figures, distance in source():
            print(f"| {entry} | {figures} | {distance:.1e} |")


if __name__ == "__main__":
    main()
