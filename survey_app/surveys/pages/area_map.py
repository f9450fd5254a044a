"""The map of the counties, handed in as GeoJSON and looked at."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from survey_app.console.figures import Figure, requested_figure
from survey_app.console.forms import Form
from survey_app.console.frame import area_name, bp
from survey_app.console.permissions import own
from survey_app.drawing.maps import plain_map
from survey_app.drawing.outlines import LARGEST, OutlineError
from survey_app.ground.uploads import takes_files
from survey_app.models import Area, AreaMap, Site, Survey, db
from survey_app.surveys.area_maps import places_of, store


class MapForm(Form):
    """A file of outlines, and what has to be printed on whatever is drawn from it."""

    city = SelectField(lazy_gettext("城市"))
    file = FileField(
        lazy_gettext("边界文件(GeoJSON)"),
        [FileRequired(lazy_gettext("请选择文件。"))],
        description=lazy_gettext(
            "每个县(市、区)一个面，属性name或adcode写名称或编码；点的name写调查点的名称；经纬度用WGS84或GCJ-02"
        ),
    )
    source = StringField(
        lazy_gettext("来源"),
        [Length(max=200)],
        description=lazy_gettext("如“某自然资源主管部门标准地图”，印在每张图上"),
    )
    number = StringField(
        lazy_gettext("审图号"),
        [Length(max=60)],
        description=lazy_gettext("如 某S(2030)012号，印在每张图上；没有的，公开页面只显示表格"),
    )


@bp.form("/areas/map", "上传县(市、区)地图", own("manager"))
@takes_files(LARGEST)
def area_map() -> str | BaseResponse | tuple[str, int]:
    form, cities = MapForm(), list(db.session.scalars(select(Area).where(Area.kind == "city").order_by(Area.code)))
    form.city.choices = [SelectChoice(city.code, area_name(city)) for city in cities]
    if form.validate_on_submit():
        city = next(city for city in cities if city.code == form.city.data)
        with form.storing(OutlineError):
            store(
                city, form.file.data.read(), form.source.data or "", form.number.data or "", current_user.username or ""
            )
        if not form.errors:
            flash(_("地图已保存，请看一看画得对不对。"), "ok")
            return redirect(url_for("console.area_map"))
    maps = [found for city in cities if (found := db.session.get(AreaMap, city.id)) is not None]
    figures = [_figure(found) for found in maps]
    page = requested_figure(*figures) or render_template(
        "surveys/area_map.html", form=form, figures=figures, demo=False
    )
    return (page, 422) if form.is_submitted() and isinstance(page, str) else page


def _figure(found: AreaMap) -> Figure:
    codes = list(found.outlines["areas"])
    rows = [
        {"code": area.code, "name": area_name(area), "said": ""}
        for area in db.session.scalars(select(Area).where(Area.code.in_(codes)).order_by(Area.code))
    ]
    sites = db.session.scalars(
        select(Site).join(Survey, Site.survey_id == Survey.id).where(Survey.city_id == found.city_id)
    )
    places = places_of(found, sites)
    svg = plain_map(found.outlines["areas"], rows, places, {"source": source_line(found)})
    caption = _(
        "%(city)s：%(areas)s个县(市、区)，%(sites)s个调查点",
        city=area_name(found.city),
        areas=len(rows),
        sites=len(places),
    )
    return Figure(f"map-{found.city.code}", caption, svg)


def source_line(found: AreaMap) -> str:
    """What stands on every picture drawn from it."""
    number = (
        _("审图号：%(number)s", number=found.review_number) if found.review_number else _("没有审图号，只供内部使用")
    )
    source = _("地图来源：%(source)s", source=found.source)
    return f"{source} · {number}"
