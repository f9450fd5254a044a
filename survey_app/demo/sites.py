"""The demonstration's frame of communities and villages, the sample drawn from it, and the open venues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.sampling import power_allocation, systematic_pps
from survey_app.demo.city import Unit
from survey_app.models import Site, Survey
from survey_app.surveys.site_codes import site_code

SITES = 130
VENUES = 30
TAKE = 28  # persons invited to the sample at each site
MINIMUM_PER_UNIT = 5
TYPICAL_SITE = 2600  # residents aged 16 and over
SURNAMES = "王李张刘陈杨赵孔孟颜曾高马郭孙朱徐胡林何郑罗宋谢唐韩曹许邓冯"
ENDINGS = ("家庄村", "楼村", "官屯村", "庙村", "集村")
COMMUNITIES = (
    "古槐",
    "运河",
    "新华",
    "建设",
    "文昌",
    "光明",
    "和平",
    "兴隆",
    "洸河",
    "红星",
    "翠都",
    "龙行",
    "仙营",
    "南池",
    "竹竿巷",
    "太和",
)
VENUE_KINDS = (("hall", "政务服务中心"), ("hospital", "人民医院"), ("station", "汽车站"), ("park", "人民公园"))


def draw_sites(survey: Survey, units: list[Unit], generator: np.random.Generator) -> list[Site]:
    """About 130 sites drawn with probability proportional to size within each unit, with base weights.

    A person's base weight is 1 / (site's inclusion probability x TAKE / residents of the site).
    """
    adults = np.array([unit.adults for unit in units], dtype=float)
    sites = []
    for unit, number in zip(units, power_allocation(adults, SITES, MINIMUM_PER_UNIT), strict=True):
        frame = _frame(unit, generator)
        drawn = systematic_pps(frame.astype(float), int(number), generator)
        names = _names(len(frame), generator)
        for position, probability in zip(drawn.chosen, drawn.inclusion_probability, strict=True):
            residents = int(frame[position])
            name = names[position]
            sites.append(
                Site(
                    survey=survey,
                    code=site_code(),
                    name=name,
                    kind="village" if name.endswith("村") else "community",
                    area_id=unit.area.id,
                    probability=True,
                    stratum=unit.area.name,
                    eligible=residents,
                    inclusion_probability=float(probability),
                    base_weight=residents / (float(probability) * TAKE),
                    target=TAKE,
                    demo=True,
                )
            )
    return sites


def open_venues(survey: Survey, units: list[Unit]) -> list[Site]:
    """Public places with an open QR code: no probability sample, no weight, not in the official figure."""
    places = [(unit, kind, name) for kind, name in VENUE_KINDS for unit in units]
    return [
        Site(
            survey=survey,
            code=site_code(),
            name=unit.area.name + name,
            kind=kind,
            area_id=unit.area.id,
            probability=False,
            target=20,
            demo=True,
        )
        for unit, kind, name in places[:VENUES]
    ]


def _frame(unit: Unit, generator: np.random.Generator) -> NDArray[np.int64]:
    """Sizes of all communities and villages of a unit; they sum to its residents aged 16 and over."""
    number = max(40, round(unit.adults / TYPICAL_SITE))
    raw = generator.lognormal(0.0, 0.55, number)
    sizes = np.maximum(200, np.floor(unit.adults * raw / raw.sum())).astype(np.int64)
    sizes[np.argmax(sizes)] += unit.adults - int(sizes.sum())
    return np.asarray(sizes, dtype=np.int64)


def _names(number: int, generator: np.random.Generator) -> list[str]:
    """Distinct made-up names, communities first."""
    pool = [f"{name}社区" for name in COMMUNITIES]
    pool += [f"{first}{end}" for end in ENDINGS for first in SURNAMES]
    pool += [f"{side}{first}{end}" for side in "东西南北前后" for end in ENDINGS for first in SURNAMES]
    order = generator.permutation(len(pool))[:number]
    return [pool[index] for index in order]
