"""The console put together: a subject's folder `pages` declares its pages, its `jobs.py` the kinds of its background work.

Both do so by being imported here, so neither the console nor the queue of jobs names a subject.
"""

from __future__ import annotations

import importlib
import pkgutil

from flask import Flask

import survey_app
from analysis.scoring import load_rulebook, rulebook_ids
from analysis.scoring.progress import star_words
from survey_app import home  # noqa: F401  # the overview declares itself
from survey_app.console import jobs, refused, search  # noqa: F401  # and so do background jobs, refusals and the search
from survey_app.console.frame import bp
from survey_app.console.paging import part_of
from survey_app.console.survey_tabs import survey_tabs
from survey_app.console.tables import shown, sort_value
from survey_app.documents.as_pdf import read_fonts
from survey_app.drawing.charts import chart_of, draw
from survey_app.ground.clock import deadline, local_time, survey_time
from survey_app.surveys.listing import demonstration

CITIZENS = ("answering", "public")  # their pages belong to the respondents' application


def declare_subjects() -> None:
    """Import the pages and the jobs of all subjects. A new module of either needs no line here."""
    for subject in pkgutil.iter_modules(survey_app.__path__):
        if not subject.ispkg or subject.name in CITIZENS:
            continue
        name = f"survey_app.{subject.name}"
        if importlib.util.find_spec(f"{name}.jobs"):
            importlib.import_module(f"{name}.jobs")
        if importlib.util.find_spec(f"{name}.pages"):
            for module in pkgutil.iter_modules(importlib.import_module(f"{name}.pages").__path__):
                importlib.import_module(f"{name}.pages.{module.name}")


def make_ready(app: Flask) -> None:
    """Load what the first pages of a worker would wait for: rulebooks, the machine's fonts, the engine that draws charts, and the
    templates that every page has parts of."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith("console/")):
        app.jinja_env.get_template(name)
    for name in rulebook_ids():
        load_rulebook(name)
    read_fonts()
    draw(chart_of([{"x": 0}]).mark_point())


declare_subjects()
bp.add_app_template_global(survey_tabs)
bp.add_app_template_global(demonstration)
bp.add_app_template_global(part_of)
bp.add_app_template_filter(deadline, "deadline")
bp.add_app_template_filter(star_words, "star_words")
bp.add_app_template_filter(local_time, "local_time")
bp.add_app_template_filter(survey_time, "survey_time")
bp.add_app_template_filter(shown, "shown")
bp.add_app_template_filter(sort_value, "sort_value")

__all__ = ["bp"]
