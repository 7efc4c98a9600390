"""The forms by which a person decides about a submitted batch."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.batches.comments import RemarkForm
from carsi_tracker.desk.forms.again import ShownAgain
from carsi_tracker.desk.forms.fields import LineOfText

DECISION = "decision"
"""The id of the form of a posting, whose fields and buttons stand in the bar at the foot."""


class GivenAnew(forms.CheckboxInput):
    """A box that its reader ticks each time: it is never shown ticked."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave aside what was sent."""
        return super().get_context(name, value=False, attrs=attrs)


class PostForm(ShownAgain, forms.Form):
    """Confirms a posting: the digest of what was read, and a reason where nobody else read it."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    self_approval_reason = LineOfText(
        label=gettext_lazy("Why you post it without a second person"),
        help_text=gettext_lazy("published"),
        max_length=1000,
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have checked every line and approve publication."),
        widget=GivenAnew(attrs={"autocomplete": "off", "data-unkept": True}),
        error_messages={"required": gettext_lazy("Confirm that you have read the batch.")},
    )

    def __init__(self, *args: object, alone: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not alone:
            del self.fields["self_approval_reason"]
        for field in self.fields.values():
            field.widget.attrs["form"] = DECISION


class SendBackForm(ShownAgain, RemarkForm):
    """What is to be changed in a batch, typed into the one box for comments."""

    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
