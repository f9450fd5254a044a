"""What the forms of all subjects stand on: a view learns what was sent from a form, and from nothing else.

Fields that are known only when a page is made (the rows of a grid) are added by `with_fields`; rows that are ticked
and lists of hidden marks are one `Marks`; the button that was pressed is a `Pressed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import g
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    FloatField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from definitions.numbers import number_of, share_of, whole_of
from survey_app.documents.characters import printable
from survey_app.ground.transaction import transaction
from survey_app.ground.web_frame import LARGEST_NUMBER
from survey_app.people import departments
from wording import Text

CHOOSE = _("请选择")
AnyForm = TypeVar("AnyForm", bound="Form")


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of the console. Its token was checked before the view began (frame.py), which costs nothing again."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """What is typed is kept as it can be shown, drawn and printed."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = {"filters": [*unbound_field.kwargs.get("filters", ()), printable], **options}
            return unbound_field.bind(form=form, **options)

    def refuse(self, error: Exception | Text, field: str = "") -> None:
        """Put a use case's refusal at the field it is about, or over the form; a line each."""
        lines = str(error).splitlines()
        if field and field in self:
            self[field].errors = [*self[field].errors, *lines]
        else:
            self.form_errors.extend(lines)

    @contextmanager
    def storing(self, refusal: type[Exception] | tuple[type[Exception], ...], field: str = "") -> Iterator[None]:
        """A transaction. Where it is refused nothing is stored, and `errors` has it at `field`, or at the refusal's own."""
        try:
            with transaction():
                yield
        except refusal as error:
            self.refuse(error, field or getattr(error, "field", ""))


class Marks(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """The values of all boxes of one name that were ticked, an empty list for none; what they may be is the view's to say."""

    def __init__(self, label: Any = "", coerce: Callable[[Any], Any] = str, **more: Any) -> None:
        super().__init__(label, coerce=coerce, choices=[], validate_choice=False, default=(), **more)


def row_number(text: Any) -> int:
    """The number of a row, as a box sends it. ValueError beyond what a table numbers."""
    number = int(text)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(number)
    return number


class Pressed(SelectField):  # type: ignore[misc]  # as above
    """Which of a form's buttons was pressed."""

    def __init__(self, values: Iterable[str], message: Any = CHOOSE, **more: Any) -> None:
        choices = [SelectChoice(value, value) for value in values]
        super().__init__("", [InputRequired(message)], choices=choices, **more)


class DepartmentChoice(SelectField):  # type: ignore[misc]  # as above
    """A department, chosen among those there are; one that a form already holds stays a choice. blank: words for none."""

    data: Any

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), blank: Any = CHOOSE, **more: Any) -> None:
        super().__init__(label, validators, choices=[], **more)
        self.blank = blank

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        self.data = self.data or ""
        held = {self.object_data} if isinstance(self.object_data, str) and self.object_data else set()
        self.choices = [SelectChoice("", str(self.blank)), *map(SelectChoice, sorted({*_departments(), *held}))]


def _departments() -> list[str]:
    """Those there are, read once for a page."""
    if "departments_offered" not in g:
        g.departments_offered = departments.offered()
    return list(g.departments_offered)


class Version(IntegerField):  # type: ignore[misc]  # as above
    """The version that the person was shown, hidden; 0 where there was nothing yet."""

    def __init__(self, **more: Any) -> None:
        super().__init__("", default=0, widget=HiddenInput(), **more)


class _Read:
    """A box whose text is read by the one reader of numbers."""

    read: Callable[[str], Any]
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        self.data = type(self).read(valuelist[0])


class AnyWhole(_Read, IntegerField):  # type: ignore[misc]  # as above
    """A whole number, or nothing where a validator lets it be."""

    read = staticmethod(whole_of)


class AnyNumber(_Read, FloatField):  # type: ignore[misc]  # as above
    """A number, or nothing where a validator lets it be."""

    @staticmethod
    def read(text: str) -> float:
        return float(number_of(text))


class AnyShare(_Read, FloatField):  # type: ignore[misc]  # as above
    """A share, 95% or 0.95, or nothing where a validator lets it be."""

    @staticmethod
    def read(text: str) -> float:
        return float(share_of(text))


class _Said:
    """A box whose content is read; `message` says what belongs there, also where nothing is."""

    def __init__(self, label: Any, message: Any, validators: Sequence[Any] = (), **more: Any) -> None:
        self.message = message
        super().__init__(label, [InputRequired(message), *validators], **more)  # type: ignore[call-arg]  # a mixin

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]  # as above
        except ValueError as error:
            raise ValueError(str(self.message)) from error

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:  # type: ignore[attr-defined]  # as above
            raise StopValidation


class Day(_Said, DateField):  # type: ignore[misc]  # as above
    """A day."""


class Whole(_Said, AnyWhole):
    """A whole number."""


class Number(_Said, AnyNumber):
    """A number."""


class Lines(FieldList):  # type: ignore[misc]  # as above
    """One box in each line of a long list, called name-7 in line 7; lines that were not sent are not there."""

    def process(self, formdata: Any, *given: Any, **more: Any) -> None:
        super().process(formdata, *given, **more)
        self.numbers = sorted(set(self._extract_indices(self.name, formdata or ())))

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            number = name.removeprefix(f"{prefix}-")
            if name != number and number.isascii() and number.isdigit() and len(number) < 10:
                yield int(number)

    @property
    def by_number(self) -> dict[int, Any]:
        """Number of a line -> what was written there."""
        return dict(zip(self.numbers, self.data, strict=False))


class Boxes(Field):  # type: ignore[misc]  # as above
    """Boxes whose names another definition gives: `data` has what was written under each name that was sent."""

    def __init__(self, names: Iterable[str], **more: Any) -> None:
        super().__init__("", **more)
        self.names = tuple(names)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.data: dict[str, list[str]] = {
            name: formdata.getlist(name) for name in self.names if formdata and name in formdata
        }


def with_fields(form: type[AnyForm], fields: Mapping[str, object]) -> type[AnyForm]:
    """The form's class with these fields besides its own: name in the page -> field."""
    return type(form.__name__, (form,), dict(fields))


def unsent(form: type[AnyForm], **values: Any) -> AnyForm:
    """A form that stands on a page beside the one that was sent, filled with `values` and not with what was sent."""
    return form(formdata=None, **values)
