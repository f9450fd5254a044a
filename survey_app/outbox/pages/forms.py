"""Forms of the outbox: a channel by what its kind needs, choices of how events are told, hours, addresses."""

from __future__ import annotations

import ssl

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.console.forms import Form, with_fields
from survey_app.ground.reach import MAIL, SMS, kind_of
from survey_app.outbox.channels import FOLLOWS_PERSONS, NEEDS, Setting
from survey_app.outbox.events import WAYS
from survey_app.outbox.pages.words import choice_names, events_for, setting_names, way_names
from survey_app.outbox.senders.mail import sender_of
from wording import Message

LANGUAGES = [("zh", "中文"), ("en", "English")]


class Ticks(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """Several of a list, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ChannelForm(Form):
    """What every kind has; `form_of` adds what one needs."""

    name = StringField(_("名称"), [InputRequired(_("请填写名称")), Length(max=60)])
    active = BooleanField(_("启用"), default=True)

    def settings(self, kind: str) -> dict[str, str]:
        return {need.name: self[need.name].data or "" for need in NEEDS[kind]}


class GroupForm(ChannelForm):
    """A channel that is its own receiver."""

    language = SelectField(_("语言"), choices=LANGUAGES)
    events = Ticks(_("通知这些事项"))


class AddressForm(Form):
    """Where a test goes."""

    to = StringField(_("测试消息发到"), [Length(max=254)])


class HoursForm(Form):
    """When nothing goes out, and when what was gathered does."""

    quiet_from = TimeField(_("安静时段开始"), [InputRequired(_("请填写时间"))])
    quiet_until = TimeField(_("安静时段结束"), [InputRequired(_("请填写时间"))])
    digest_at = TimeField(_("每天汇总的时间"), [InputRequired(_("请填写时间"))])


def form_of(kind: str, **given: object) -> ChannelForm:
    """The form of a channel of this kind."""
    base = ChannelForm if kind in FOLLOWS_PERSONS else GroupForm
    form = with_fields(base, {need.name: _field(need) for need in NEEDS[kind]})(**given)
    if isinstance(form, GroupForm):
        form.events.choices = events_for(kind)
    return form


def choice_form(names: dict[str, str], chosen: dict[str, str], **more: Field) -> Form:
    """One choice of a way for each line: field name -> its label, and what stands there now."""
    ways = [SelectChoice(way, way_names()[way]) for way in WAYS]
    lines = {name: SelectField(label, choices=ways, default=chosen[name]) for name, label in names.items()}
    return with_fields(Form, {**more, **lines})()


def mail_address(_form: Form, field: Field) -> None:
    """A validator: one address, or nothing."""
    if field.data and kind_of(field.data.strip()) != MAIL:
        raise ValidationError(str(Message("outbox.not_an_address", text=field.data[:60])))


def mobile_number(_form: Form, field: Field) -> None:
    """A validator: one mobile number, or nothing."""
    if field.data and kind_of(field.data.strip()) != SMS:
        raise ValidationError(str(Message("outbox.not_a_number", text=field.data[:60])))


def _field(need: Setting) -> Field:
    label, help_text = setting_names()[need.name]
    checks = [Length(max=need.most), *([_CHECKS[need.name]] if need.name in _CHECKS else [])]
    if need.choices:
        names = choice_names()
        return SelectField(label, choices=[(each, names[each]) for each in need.choices], description=help_text)
    if need.secret:
        return PasswordField(label, checks, description=help_text, render_kw={"autocomplete": "new-password"})
    kind = TextAreaField if need.most > 1000 else StringField
    return kind(label, checks, description=help_text, default=need.default)


def _port(_form: Form, field: Field) -> None:
    text = (field.data or "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValidationError(str(Message("outbox.bad_port")))


def _sender(_form: Form, field: Field) -> None:
    if kind_of(sender_of(field.data or "")[1]) != MAIL:
        raise ValidationError(str(Message("outbox.not_an_address", text=(field.data or "")[:60])))


def _authority(_form: Form, field: Field) -> None:
    if (field.data or "").strip():
        try:
            ssl.create_default_context(cadata=field.data)
        except (ssl.SSLError, ValueError) as error:
            raise ValidationError(str(Message("outbox.bad_authority"))) from error


_CHECKS = {"port": _port, "sender": _sender, "authority": _authority}
