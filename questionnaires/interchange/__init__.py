"""Questionnaires to and from other tools' formats. What cannot be carried is listed, never dropped in silence."""

from questionnaires.interchange.losses import Carried, InterchangeError, Loss
from questionnaires.interchange.surveyjs_in import from_surveyjs
from questionnaires.interchange.surveyjs_out import to_surveyjs
from questionnaires.interchange.xlsform_in import from_xlsform
from questionnaires.interchange.xlsform_out import to_xlsform

__all__ = ["Carried", "InterchangeError", "Loss", "from_surveyjs", "from_xlsform", "to_surveyjs", "to_xlsform"]
