"""Form fields of the desk: what people type, read strictly and said about plainly."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from carsi_tracker.imports.cells import read_amount, read_day, read_text
from carsi_tracker.imports.placeholders import why
from carsi_tracker.ledger import text
from carsi_tracker.ledger.dates import parse_day
from carsi_tracker.ledger.models import Appropriation, Document, Organization
from carsi_tracker.ledger.models.reference import Named
from carsi_tracker.ledger.money import DollarsField


class Typed(forms.CharField):
    """Something typed, read as a cell of an import is, and refused in the same words."""

    nothing: Any = None

    def read(self, typed: str) -> Any:
        """Return the value of a text that shows; raises ValidationError."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """Return the value, or `nothing` where nothing shows; raises ValidationError."""
        if value is None:
            return self.nothing
        if not isinstance(value, str):
            return value
        typed = text.trimmed(value)
        if text.is_empty(typed):
            return self.nothing
        try:
            return self.read(typed)
        except ValidationError as error:
            raise ValidationError(why(typed, error), error.code) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether something else was typed, however it is written."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class AmountField(Typed):
    """A typed amount with one reading, as Decimal U.S. dollars."""

    def read(self, typed: str) -> Decimal:
        """Return the amount; raises ValidationError."""
        return read_amount(typed)

    def prepare_value(self, value: Any) -> Any:
        """Write an amount from the ledger as people write it; leave typed text alone."""
        return f"{value:,.2f}" if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the attributes that bring up digits on a phone."""
        return {"inputmode": "decimal", "autocomplete": "off"}


class DayField(Typed):
    """A typed day with one reading."""

    def read(self, typed: str) -> date:
        """Return the day; raises ValidationError."""
        return parse_day(typed)

    def prepare_value(self, value: Any) -> Any:
        """Write a date the ISO way; leave typed text alone."""
        return value.isoformat() if isinstance(value, date) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the attributes that say what is typed."""
        return {"placeholder": "2009-03-13", "autocomplete": "off"}


class EffectiveDayField(DayField):
    """The day from which an amount counts."""

    def read(self, typed: str) -> date:
        """Return the day, from 1990 up to today; raises ValidationError."""
        return read_day(typed)


class LineOfText(Typed):
    """Text of one line, as the public files print it."""

    nothing = ""

    def read(self, typed: str) -> str:
        """Return the text; raises ValidationError for what may not stand in it."""
        return read_text(typed, self.max_length)


class LinesOfText(LineOfText):
    """Text of several lines, which ends them as everybody does but browsers."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """Return the text with line feeds alone; raises ValidationError."""
        typed = text.trimmed((value or "").replace("\r\n", "\n").replace("\r", "\n"))
        if text.is_empty(typed):
            return ""
        text.check(typed, lines=True)
        return typed


class OneOf(forms.TypedChoiceField):
    """One of a few words; another is refused with those that are accepted."""

    def validate(self, value: Any) -> None:
        """Refuse what is none of them; raises ValidationError."""
        forms.Field.validate(self, value)
        if value and not self.valid_value(value):
            choices: Any = self.choices
            accepted = ", ".join(str(label) for code, label in choices if code)
            message = _("“%(text)s” is not one of %(accepted)s.")
            raise ValidationError(message % {"text": value, "accepted": accepted}, "unknown")


def formfield(db_field: "models.Field[Any, Any]", **kwargs: Any) -> Any:
    """Return the desk's form field for a field of the ledger's models."""
    label = kwargs.get("label") or capfirst(db_field.verbose_name)
    if isinstance(db_field, models.ForeignKey):
        return _choice(db_field, **kwargs)
    if isinstance(db_field, DollarsField):
        return AmountField(label=label, help_text=db_field.help_text)
    if isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField):
        day = EffectiveDayField if db_field.name == "effective_date" else DayField
        return day(label=label, required=not db_field.blank)
    if db_field.choices:
        return db_field.formfield(choices_form_class=OneOf, **kwargs)
    if not isinstance(db_field, models.CharField | models.TextField):
        return db_field.formfield(**kwargs)
    if isinstance(db_field, models.URLField):
        kwargs |= {"assume_scheme": "https", "validators": [text.check]}
        return db_field.formfield(**kwargs)
    if isinstance(db_field, models.SlugField):
        return db_field.formfield(**kwargs)
    return LineOfText(
        label=label,
        help_text=db_field.help_text,
        required=not db_field.blank,
        max_length=db_field.max_length,
        validators=[v for v in db_field.validators if not isinstance(v, MaxLengthValidator)],
    )


def _choice(db_field: "models.ForeignKey[Any, Any]", **kwargs: Any) -> Any:
    field = db_field.formfield(**kwargs)
    if isinstance(field, forms.ModelChoiceField):
        choices: Any = field.queryset
        if issubclass(choices.model, Named):
            field.queryset = choices.filter(retired=False)
        if choices.model is Organization:
            field.queryset = choices.filter(retired=False, **{f"is_{db_field.name}": True})
        if choices.model is Appropriation:
            field.queryset = choices.filter(account__retired=False).select_related("account")
        if choices.model is Document:
            field.queryset = choices.filter(retired=False).order_by("title")
    return field


def offer_what_it_has(form: "forms.ModelForm[Any]") -> None:
    """Offer beside the current rows those that the form's own row has, retired or not."""
    for name, field in form.fields.items():
        own = form.initial.get(name)
        if own and isinstance(field, forms.ModelChoiceField):
            choices: Any = field.queryset
            field.queryset = choices | choices.model._default_manager.filter(pk=own)
