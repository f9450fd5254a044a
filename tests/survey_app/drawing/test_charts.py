"""Charts as the server draws them."""

from survey_app.drawing import charts
from survey_app.drawing.charts import FONT, chart_of, draw


def test_a_chart_asks_for_the_readers_own_fonts_whatever_its_texts_were_measured_in():
    svg = draw(chart_of([{"name": "满意度", "share": 0.5}]).mark_bar().encode(x="share:Q", y="name:N"))
    assert f'font-family="{FONT}"' in svg
    assert "Liberation" not in svg
    assert "满意度" in svg


def test_a_chart_of_the_same_figures_is_drawn_once(monkeypatch):
    asked = []
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", lambda given: asked.append(given) or "<svg/>")
    first, again, other = ([{"name": "same once", "share": share}] for share in (0.25, 0.25, 0.75))
    for rows in (first, again, other):
        draw(chart_of(rows).mark_bar().encode(x="share:Q", y="name:N"))
    assert len(asked) == 2
    charts._drawn.cache_clear()
