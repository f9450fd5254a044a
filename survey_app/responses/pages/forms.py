"""The forms by which responses are flagged and flags are lifted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length, Optional

from survey_app.console.forms import AnyWhole, Form, Marks, Pressed, row_number

LIFT, CONFIRM, CONFIRM_ALL = "lift", "confirm", "confirm_all"


class ReasonForm(Form):
    """Why."""

    reason = StringField(
        _("理由"), [DataRequired(_("请写明理由")), Length(max=500, message=_("请写在%(n)s字以内", n=500))]
    )


class FlagForm(ReasonForm):
    """One response is flagged, or what stands against it is lifted."""

    do = Pressed(("set", LIFT))


class QuarantineForm(ReasonForm):
    """A response in quarantine is released, or refused."""

    do = Pressed(("release", "refuse"))


class LiftForm(ReasonForm):
    """The flags of the ticked responses are lifted, or confirmed; or all undecided ones are confirmed."""

    do = Pressed((LIFT, CONFIRM, CONFIRM_ALL), default=LIFT)

    response = Marks(coerce=row_number)


class RunPackageForm(ReasonForm):
    """What goes into a run's package, and what it is for."""

    reason = StringField(
        _("用途"), [DataRequired(_("请写明用途")), Length(max=500, message=_("请写在%(n)s字以内", n=500))]
    )
    replicates = AnyWhole(_("自助法重复权数(组)"), [Optional()], default=0)
    with_text = BooleanField(_("附自由填写的文字(已隐去电话、证件等)"))


class ReviewForm(ReasonForm):
    """The file of when, where and how each response came."""
