"""The form by which two people settle an estimate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from survey_app.console.forms import Form, Pressed
from survey_app.ground.sign_off import APPROVED, PROPOSED, RETURNED, WITHDRAWN


class CommentForm(Form):
    """What a person says to a step of the sign-off."""

    comment = TextAreaField(validators=[Length(max=2000, message=_("意见最多2000字"))])
    acknowledged = BooleanField()
    step = Pressed((PROPOSED, APPROVED, RETURNED, WITHDRAWN))
