"""Charts as the server draws them."""

from survey_app.drawing.charts import FONT, chart_of, draw


def test_a_chart_asks_for_the_readers_own_fonts_whatever_its_texts_were_measured_in():
    svg = draw(chart_of([{"name": "满意度", "share": 0.5}]).mark_bar().encode(x="share:Q", y="name:N"))
    assert f'font-family="{FONT}"' in svg
    assert "Liberation" not in svg
    assert "满意度" in svg
