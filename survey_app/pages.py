"""What an evaluator or an administrator meets after signing in."""

from survey_app import home as _home  # noqa: F401  # its routes join the blueprint
from survey_app.console import jobs as _jobs  # noqa: F401  # its routes join the blueprint
from survey_app.console.frame import bp
from survey_app.console.survey_tabs import survey_tabs
from survey_app.console.tables import shown, sort_value
from survey_app.estimates.pages import compare as _compare  # noqa: F401  # its routes join the blueprint
from survey_app.estimates.pages import estimates as _estimates  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import access as _access  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import devices as _devices  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import import_responses as _import_responses  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import invitations as _invitations  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import paper as _paper  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import posters as _posters  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import progress as _fieldwork  # noqa: F401  # its routes join the blueprint
from survey_app.fieldwork.pages import site_work as _site_work  # noqa: F401  # its routes join the blueprint
from survey_app.ground.clock import local_day, local_time, survey_time
from survey_app.office.pages import account_files as _account_files  # noqa: F401  # its routes join the blueprint
from survey_app.office.pages import accounts as _accounts  # noqa: F401  # its routes join the blueprint
from survey_app.office.pages import audit as _audit  # noqa: F401  # its routes join the blueprint
from survey_app.office.pages import matrix as _matrix  # noqa: F401  # its routes join the blueprint
from survey_app.office.pages import own as _own  # noqa: F401  # its routes join the blueprint
from survey_app.responses.pages import flags as _flags  # noqa: F401  # its routes join the blueprint
from survey_app.responses.pages import responses as _responses  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import assessment as _assessment  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import final as _final  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import live as _value_scorecard  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import rectification as _rectification  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import reports as _reports  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import scenarios as _scenarios  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import scores as _scores  # noqa: F401  # its routes join the blueprint
from survey_app.scoring.pages import what_if as _ahead  # noqa: F401  # its routes join the blueprint
from survey_app.surveys.pages import files as _survey_files  # noqa: F401  # its routes join the blueprint
from survey_app.surveys.pages import plan as _survey_plan  # noqa: F401  # its routes join the blueprint
from survey_app.surveys.pages import questionnaires as _questionnaires  # noqa: F401  # its routes join the blueprint
from survey_app.surveys.pages import surveys as _surveys  # noqa: F401  # its routes join the blueprint
from survey_app.tickets.pages import figures as _ticket_figures  # noqa: F401  # its routes join the blueprint
from survey_app.tickets.pages import ticket as _ticket  # noqa: F401  # its routes join the blueprint
from survey_app.tickets.pages import tickets as _tickets  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import assignments as _assignments  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import entry as _value_entry  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import periods as _periods  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import verification as _verification  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import workbooks as _value_workbooks  # noqa: F401  # its routes join the blueprint
from survey_app.values.pages import worklist as _values  # noqa: F401  # its routes join the blueprint

bp.add_app_template_global(survey_tabs)
bp.add_app_template_filter(local_day, "local_day")
bp.add_app_template_filter(local_time, "local_time")
bp.add_app_template_filter(survey_time, "survey_time")
bp.add_app_template_filter(shown, "shown")
bp.add_app_template_filter(sort_value, "sort_value")

__all__ = ["bp"]
