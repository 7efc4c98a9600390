"""Files that are uploaded to be read: kept for a day, until what they say is confirmed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.drafting.drafting import new_token
from carsi_tracker.desk.forms.scanned import refuse_infected
from carsi_tracker.desk.site import person
from carsi_tracker.imports.table import LARGEST_FILE
from carsi_tracker.ledger.media_types import too_large
from carsi_tracker.ledger.models import Upload
from carsi_tracker.ledger.uploads import remove_old_uploads


class TableFile(forms.FileField):
    """A file of rows."""

    widget = forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm,.ods"})

    def __init__(self, *, required: bool) -> None:
        super().__init__(
            label=gettext_lazy("File"),
            required=required,
            allow_empty_file=True,
            help_text=gettext_lazy("CSV, text, XLSX or ODS"),
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse a file that is too large to read, or harmful."""
        file = super().clean(data, initial)
        if file and file.size > LARGEST_FILE:
            raise ValidationError(too_large(file.size, LARGEST_FILE), "too_large")
        if file:
            refuse_infected(file)
        return file


class FileForm(forms.Form):
    """A file of rows, and nothing else."""

    file = TableFile(required=True)


def keep_upload(request: HttpRequest, name: str, content: bytes) -> Upload:
    """Keep a file for the person who uploads it; what others left for longer than a day goes."""
    remove_old_uploads()
    return Upload.objects.create(
        token=new_token(), person=person(request), name=name, content=content
    )
