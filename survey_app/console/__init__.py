"""What an evaluator or an administrator meets after signing in."""

from survey_app.clock import local_day, local_time, survey_time
from survey_app.console import access as _access  # noqa: F401  # its routes join the blueprint
from survey_app.console import account_files as _account_files  # noqa: F401  # its routes join the blueprint
from survey_app.console import accounts as _accounts  # noqa: F401  # its routes join the blueprint
from survey_app.console import ahead as _ahead  # noqa: F401  # its routes join the blueprint
from survey_app.console import assessment as _assessment  # noqa: F401  # its routes join the blueprint
from survey_app.console import assignments as _assignments  # noqa: F401  # its routes join the blueprint
from survey_app.console import audit as _audit  # noqa: F401  # its routes join the blueprint
from survey_app.console import compare as _compare  # noqa: F401  # its routes join the blueprint
from survey_app.console import devices as _devices  # noqa: F401  # its routes join the blueprint
from survey_app.console import estimates as _estimates  # noqa: F401  # its routes join the blueprint
from survey_app.console import fieldwork as _fieldwork  # noqa: F401  # its routes join the blueprint
from survey_app.console import final as _final  # noqa: F401  # its routes join the blueprint
from survey_app.console import flags as _flags  # noqa: F401  # its routes join the blueprint
from survey_app.console import import_responses as _import_responses  # noqa: F401  # its routes join the blueprint
from survey_app.console import invitations as _invitations  # noqa: F401  # its routes join the blueprint
from survey_app.console import jobs as _jobs  # noqa: F401  # its routes join the blueprint
from survey_app.console import matrix as _matrix  # noqa: F401  # its routes join the blueprint
from survey_app.console import own as _own  # noqa: F401  # its routes join the blueprint
from survey_app.console import paper as _paper  # noqa: F401  # its routes join the blueprint
from survey_app.console import periods as _periods  # noqa: F401  # its routes join the blueprint
from survey_app.console import posters as _posters  # noqa: F401  # its routes join the blueprint
from survey_app.console import questionnaires as _questionnaires  # noqa: F401  # its routes join the blueprint
from survey_app.console import rectification as _rectification  # noqa: F401  # its routes join the blueprint
from survey_app.console import reports as _reports  # noqa: F401  # its routes join the blueprint
from survey_app.console import responses as _responses  # noqa: F401  # its routes join the blueprint
from survey_app.console import scenarios as _scenarios  # noqa: F401  # its routes join the blueprint
from survey_app.console import scores as _scores  # noqa: F401  # its routes join the blueprint
from survey_app.console import site_work as _site_work  # noqa: F401  # its routes join the blueprint
from survey_app.console import survey_files as _survey_files  # noqa: F401  # its routes join the blueprint
from survey_app.console import survey_plan as _survey_plan  # noqa: F401  # its routes join the blueprint
from survey_app.console import surveys as _surveys  # noqa: F401  # its routes join the blueprint
from survey_app.console import ticket as _ticket  # noqa: F401  # its routes join the blueprint
from survey_app.console import ticket_figures as _ticket_figures  # noqa: F401  # its routes join the blueprint
from survey_app.console import tickets as _tickets  # noqa: F401  # its routes join the blueprint
from survey_app.console import value_entry as _value_entry  # noqa: F401  # its routes join the blueprint
from survey_app.console import value_scorecard as _value_scorecard  # noqa: F401  # its routes join the blueprint
from survey_app.console import value_workbooks as _value_workbooks  # noqa: F401  # its routes join the blueprint
from survey_app.console import values as _values  # noqa: F401  # its routes join the blueprint
from survey_app.console import verification as _verification  # noqa: F401  # its routes join the blueprint
from survey_app.console.survey_tabs import survey_tabs
from survey_app.console.tables import shown, sort_value
from survey_app.console.views import bp

bp.add_app_template_global(survey_tabs)
bp.add_app_template_filter(local_day, "local_day")
bp.add_app_template_filter(local_time, "local_time")
bp.add_app_template_filter(survey_time, "survey_time")
bp.add_app_template_filter(shown, "shown")
bp.add_app_template_filter(sort_value, "sort_value")

__all__ = ["bp"]
