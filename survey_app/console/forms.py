"""What the forms of all subjects stand on: a view learns what was sent from a form, and from nothing else.

Fields that are known only when a page is made (the rows of a grid) are added by `with_fields`; rows that are ticked
and lists of hidden marks are one `Marks`; the button that was pressed is a `Pressed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

CHOOSE = _("请选择")
AnyForm = TypeVar("AnyForm", bound="Form")


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of the console. Its token was checked before the view began (frame.py), which costs nothing again."""

    def refuse(self, error: Exception | str, field: str = "") -> None:
        """Put a use case's refusal at the field it is about, or over the form; a line each."""
        lines = str(error).splitlines()
        if field and field in self:
            self[field].errors = [*self[field].errors, *lines]
        else:
            self.form_errors.extend(lines)


class Marks(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """The values of all boxes of one name that were ticked; what they may be is the view's to say."""

    def __init__(self, label: Any = "", coerce: Callable[[Any], Any] = str, **more: Any) -> None:
        super().__init__(label, coerce=coerce, choices=[], validate_choice=False, **more)


class Pressed(SelectField):  # type: ignore[misc]  # as above
    """Which of a form's buttons was pressed."""

    def __init__(self, values: Iterable[str], message: Any = CHOOSE, **more: Any) -> None:
        choices = [SelectChoice(value, value) for value in values]
        super().__init__("", [InputRequired(message)], choices=choices, **more)


class Version(IntegerField):  # type: ignore[misc]  # as above
    """The version that the person was shown, hidden; 0 where there was nothing yet."""

    def __init__(self, **more: Any) -> None:
        super().__init__("", default=0, widget=HiddenInput(), **more)


def with_fields(form: type[AnyForm], fields: Mapping[str, Any]) -> type[AnyForm]:
    """The form's class with these fields besides its own: name in the page -> field."""
    return type(form.__name__, (form,), dict(fields))


def unsent(form: type[AnyForm], **values: Any) -> AnyForm:
    """A form that stands on a page beside the one that was sent, filled with `values` and not with what was sent."""
    return form(formdata=None, **values)
