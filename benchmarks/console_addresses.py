"""One address for every page of the console, by the application's own address map; arguments are filled from the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import inspect, text

NOT_PAGES = {"console.static", "console.switch_language", "console.kept_form"}
ASKED = {  # what an address asks for besides its arguments
    "console.compare_page": "a=1&b=1",
    "console.posters_print": "site={site}",
    "console.understood_share": "assumed=95",
    "console.quote_voice": "question=comment&label={label}",
}


def addresses(app: Flask) -> Iterator[str]:
    """One address for every page of the console; those whose arguments cannot be filled are named."""
    with app.app_context():
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if (
                not rule.endpoint.startswith("console.")
                or rule.endpoint in NOT_PAGES
                or "GET" not in (rule.methods or ())
            ):
                continue
            found = rule.rule
            for name in rule.arguments:
                value = argument(rule.rule, name)
                if value is None:
                    print(f"not opened, nothing to fill {name} with: {rule.rule}")
                    break
                found = re.sub(rf"<(\w+(\([^)]*\))?:)?{name}>", str(value), found)
            else:
                more = ASKED.get(rule.endpoint, "").format(site=argument("/console/sites", "code"), label=a_voice())
                yield f"{found}?{more}" if more else found


def argument(rule: str, name: str) -> Any:
    """A value for an argument: a known one, else the first id of the table the address is named after."""
    from survey_app.models import db
    from survey_app.responses.labels import label_of

    def first(query: str) -> Any:
        return db.session.execute(text(query)).scalar()

    def kept(purpose: str) -> Any:
        return first(f"SELECT id FROM kept_thing WHERE purpose = '{purpose}'")

    def a_file() -> Any:
        return first("SELECT file_digest FROM rectification_note WHERE file_digest IS NOT NULL")

    known: dict[tuple[str, str], Callable[[], Any]] = {
        ("/console/surveys", "code"): lambda: first("SELECT code FROM survey ORDER BY id"),
        ("/console/sites", "code"): lambda: first("SELECT code FROM site ORDER BY id"),
        ("/console/assessment", "code"): lambda: first("SELECT code FROM area WHERE kind = 'city'"),
        ("/console/estimates/<int:run_id>/counties", "code"): lambda: first(
            "SELECT code FROM area WHERE kind = 'county'"
        ),
        ("/console/objections/<int:round_id>", "area"): lambda: first("SELECT code FROM area WHERE kind = 'county'"),
        ("/console/assignments/<area>/imports", "area"): lambda: first("SELECT code FROM area WHERE kind = 'county'"),
        ("/console/assignments/<area>/imports", "import_id"): lambda: kept("assignments"),
        ("/console/assignments", "area"): lambda: first("SELECT code FROM area WHERE kind = 'county'"),
        ("/console/values/imports", "import_id"): lambda: kept("values"),
        ("/console/values", "metric"): lambda: first("SELECT metric FROM indicator_value WHERE indicator = '1'"),
        ("/console/scenarios/of", "code"): lambda: first("SELECT code FROM area WHERE kind = 'city'"),
        ("/console/surveys/<code>/plan", "number"): lambda: 1,
        ("/console/two-persons", "number"): lambda: first("SELECT id FROM statement"),
        ("/console/accounts", "user_id"): lambda: first("SELECT id FROM user_account ORDER BY id"),
        ("/console/rectification", "digest"): a_file,
        ("/console/objections", "digest"): a_file,
        ("/console/rectification", "item_id"): lambda: first("SELECT id FROM rectification_item"),
        ("/console/objections", "round_id"): lambda: first("SELECT id FROM objection_round"),
        ("/console/final", "final_id"): lambda: first("SELECT id FROM final_run"),
        ("/console/tickets", "ticket_id"): lambda: first("SELECT ticket_id FROM ticket_photo ORDER BY id"),
        ("/console/tickets", "place"): lambda: first("SELECT place FROM ticket_photo ORDER BY id"),
        ("/console/values", "period"): lambda: first("SELECT code FROM period ORDER BY code"),
        ("/console", "area"): lambda: first("SELECT code FROM area WHERE kind = 'city'"),
        ("/console/values", "indicator"): lambda: 1,
        ("/console/estimates", "run_id"): lambda: first("SELECT id FROM estimate_run ORDER BY id"),
        ("/console/scores", "run_id"): lambda: first("SELECT id FROM scoring_run ORDER BY id"),
        ("/console/scores", "batch"): lambda: first("SELECT batch FROM scoring_run ORDER BY id"),
        ("/console/process", "number"): lambda: first("SELECT id FROM response ORDER BY id"),
        ("/console/responses", "label"): lambda: label_of(first("SELECT id FROM response ORDER BY id")),
        ("/console", "number"): listed,
        ("/console", "ending"): lambda: (
            "svg" if "poster" in rule or "qr" in rule else "docx" if "brief" in rule or "sheet" in rule else "xlsx"
        ),
        ("/console", "area_id"): lambda: first("SELECT id FROM area ORDER BY id"),
        ("/console", "response_id"): lambda: first("SELECT id FROM response ORDER BY id"),
        ("/console", "kind"): lambda: "sites",
    }
    for (beginning, argument_name), find in sorted(known.items(), reverse=True):  # the longest that fits first
        if rule.startswith(beginning) and name == argument_name:
            return find()
    stem, column = name.removesuffix("_id"), "code" if name == "code" else "id"
    tables = [table for table in inspect(db.engine).get_table_names() if table == stem or table.endswith(f"_{stem}")]
    part = rule.split("/")[2].rstrip("s")
    for table in sorted(tables, key=lambda table: not table.startswith(part)):
        if column in {c["name"] for c in inspect(db.engine).get_columns(table)}:
            found = first(f"SELECT {column} FROM {table} ORDER BY {column}")
            if found is not None:
                return found
    return None


def listed() -> str | None:
    from survey_app.answering.invitation_codes import written_serial
    from survey_app.models import db

    query = text("SELECT serial FROM invitation WHERE state = 'open' ORDER BY serial")
    serial = db.session.execute(query).scalar()
    return written_serial(serial) if serial else None


def a_voice() -> str:
    from survey_app.models import db
    from survey_app.responses.labels import label_of

    query = text(
        "SELECT id FROM response WHERE state = 'complete' AND CAST(answers AS TEXT) LIKE '%\"comment\"%' ORDER BY id LIMIT 1"
    )
    return str(label_of(db.session.execute(query).scalar() or 1))
