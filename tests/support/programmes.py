"""An invented programme, marked so: a city and its counties, or a city alone, by other stars, lines and departments."""

from __future__ import annotations

from survey_app.values.programme_archive import archive

NAME = "shili-2030"
MANIFEST = """# Invented for tests.
id: {id}
version: {version}
title: {{zh: 江城宜居评价（虚构）, en: "Liveable city, Jiangcheng (invented)"}}
source: {{title: 江城宜居评价办法（虚构）, number: 虚构〔2030〕1号}}
city: {{name: 江城市, counties: {counties}}}
units: {{{units}}}
departments: [江城宜居办]
fields:
  - {{key: parking, name: {{zh: 停车, en: Parking}}, indicators: [2]}}
invented: true
"""
BOOK = """# Invented for tests.
id: {id}
title: 江城宜居指标（虚构）
source: 虚构〔2030〕1号
level: {level}
stars:
  - {{name: 银叶, min_score: 30}}
  - {{name: 金叶, min_score: 60}}
no_star: 未评级
indicators:
  - number: 1
    path: [绿化, 公园]
    name: 公园步行可达
    lead: [江城园林局]
    citation: 第1条
    metrics:
      - {{key: near, name: 步行可达比例, kind: share, ratio_of: [可达居民数, 居民总数]}}
    tiers:
      - {{stars: 4, points: 40, require: "near >= 60%"}}
      - {{stars: 5, points: 60, require: "near >= 90%"}}
  - number: 2
    path: [交通, 停车]
    name: 错时停车
    lead: [江城交通局]
    citation: 第2条
    metrics:
      - {{key: shared, name: 已开放错时停车, kind: yes_no}}
    tiers:
      - {{stars: 5, points: 40, require: shared}}
  - number: 3
    path: [居民, 感受]
    name: 居民感受
    kind: satisfaction
    citation: 第3条
    satisfaction: {{zones: [{{below: 0.5, points: -20}}]}}
"""
GOALS = """goals:
  - {key: all_silver, text: 各区县均达银叶, by: 2031, at_least: 银叶, share: 1.0}
"""
ZONE_GOAL = "  - {key: zones, text: 各功能区均达金叶, by: 2031, at_least: 金叶, share: 1.0, unit: zone}\n"


def invented(
    programme: str = NAME, version: int = 1, counties: int = 3, book: str = "", zones: bool = False
) -> dict[str, str]:
    """The files of one. counties 0: only the city is rated. book: how its rulebooks begin. zones: it rates them too."""
    begin = book or programme
    kinds = ["city", *(["county"] if counties else []), *(["zone"] if zones else [])]
    units = ", ".join(f"{kind}: {begin}-{kind}" for kind in kinds)
    texts = {"programme.yaml": MANIFEST.format(id=programme, version=version, counties=counties, units=units)}
    for kind in kinds:
        texts[f"rulebooks/{begin}-{kind}.yaml"] = BOOK.format(
            id=f"{begin}-{kind}", level="city" if kind == "city" else "county"
        )
    return texts | ({"goals.yaml": GOALS + ZONE_GOAL * zones} if counties else {})


def packed(**changes: object) -> bytes:
    return archive(invented(**changes))  # type: ignore[arg-type]
