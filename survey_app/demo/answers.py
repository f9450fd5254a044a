"""Simulated answers of the demonstration: forms as a citizen's phone would send them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from survey_app.answering.open_sites import OpenSite
from survey_app.demo.city import SEX_SHARES, Unit
from survey_app.models import Site

CUTS = (-2.35, -1.35, -0.05, 1.75)  # on the latent scale: the four borders of the five answers
AGE_SHIFT = {"16-29": -0.20, "30-44": -0.10, "45-59": 0.05, "60+": 0.35}
RESPONSE_BY_AGE = {"16-29": 0.26, "30-44": 0.34, "45-59": 0.26, "60+": 0.14}  # younger people answer more
UNIT_SHIFT = (0.25, 0.05, -0.10, 0.10, -0.55, 0.15, 0.0, -0.20, -0.45, 0.05, 0.60, 0.35, 0.30, 0.45, 0.10)
COMMENTS = (
    "公交车到站时间越来越准了。",
    "希望医院缴费再方便一些。",
    "小区门口停车太难。",
    "网上办事少跑了腿。",
    "老年人用手机办事还是不容易。",
    "停车难，医院附近尤其找不到停车位。",
    "网上办事方便，就是上传材料常失败。",
    "公交车太少，晚上等车要半小时。",
    "建议多建几个停车场，停车费别再涨。",
    "爱山东上办事很快，公积金提取不用跑了。",
    "医院挂号还要排队，网上号放得太少。",
    "小区充电桩不够，停车位也不够。",
    "老年人不会用手机挂号，请留人工窗口。",
    "路口红绿灯时间长，早晚高峰堵车。",
    "公园晚上灯太暗，充电桩也少。",
    "希望公交车早点报站，老年人看不清。",
)


def site_moods(sites: list[Site], units: list[Unit], generator: np.random.Generator) -> dict[str, float]:
    """How content people at each site are on the latent scale: county, site and venue effects."""
    shift = {unit.area.id: UNIT_SHIFT[place % len(UNIT_SHIFT)] for place, unit in enumerate(units)}
    return {
        site.code: shift[site.area_id] + (0.0 if site.probability else 0.35) + float(generator.normal(0, 0.35))
        for site in sites
    }


def simulated_form(
    site: OpenSite, mood: float, unit_names: list[str], generator: np.random.Generator
) -> Mapping[str, list[str]]:
    """One person's form. Nine in ten live where they answer."""
    age = _pick(RESPONSE_BY_AGE, generator)
    sex = _pick({"male": SEX_SHARES["male"] - 0.05, "female": SEX_SHARES["female"] + 0.05}, generator)
    home = site.county if generator.uniform() < 0.9 else str(generator.choice(unit_names))
    content = mood + AGE_SHIFT[age] + 0.75
    overall = _answer(content, generator)
    form = {"home": [home], "age": [age], "sex": [sex], "overall": [str(overall)]}
    if overall <= 3:
        options = ("speed", "easy", "coverage", "offline", "elderly", "privacy", "reply")
        form["improve"] = [str(code) for code in generator.choice(options, generator.integers(1, 4), replace=False)]
    matrix = site.definition.question("services")
    for place, row in enumerate(matrix.rows if matrix else ()):
        if generator.uniform() < 0.93:
            used = generator.uniform() < 0.55 + 0.4 * ((place * 7) % 5) / 5
            effect = ((place * 5) % 9 - 4) * 0.12
            form[f"services__{row.key}"] = [str(_answer(content * 0.8 + effect, generator)) if used else "0"]
    form["aishandong"] = [str(generator.choice(["often", "sometimes", "tried", "never", "unknown"]))]
    form["recommend"] = [str(int(np.clip(round(2.0 * overall + generator.normal(-0.5, 1.3)), 0, 10)))]
    if generator.uniform() < 0.06:
        form["comment"] = [str(generator.choice(COMMENTS))]
    form["years"] = [str(generator.choice(["under1", "1-4", "5-9", "10+"], p=[0.05, 0.15, 0.2, 0.6]))]
    return form


def _answer(content: float, generator: np.random.Generator) -> int:
    return 1 + int(np.searchsorted(CUTS, content + generator.logistic()))


def _pick(shares: Mapping[str, float], generator: np.random.Generator) -> str:
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    return names[int(generator.choice(len(names), p=weights / weights.sum()))]
