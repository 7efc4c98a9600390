"""Documents: kept by analysts and administrators, with the file itself where there is one."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.desk.forms.fields import formfield
from carsi_tracker.desk.forms.scanned import refuse_infected
from carsi_tracker.desk.reference.admin import ReferenceForm
from carsi_tracker.desk.reference.named import RetirableAdmin
from carsi_tracker.ledger.media_types import KINDS, add_file, check_size, media_type
from carsi_tracker.ledger.models import Document, DocumentFile, Entry
from carsi_tracker.reports.records.documents import download


class FileOfDocument(forms.FileField):
    """The file of a document, its kind told by its content."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("File"),
            required=False,
            allow_empty_file=True,
            help_text=format_lazy(
                "{}, {}", KINDS, gettext_lazy("at most 10 million bytes; published as a download")
            ),
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse a file of another kind or size, or a harmful one."""
        file = super().clean(data, initial)
        if file:
            check_size(file.size)
            media_type(file.name, file.read())
            file.seek(0)
            refuse_infected(file)
        return file


class DocumentForm(ReferenceForm):
    """A document, and the file itself."""

    upload = FileOfDocument()
    remove = forms.BooleanField(label=gettext_lazy("Remove the file"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file = DocumentFile.objects.defer("content").filter(document=self.instance.pk).first()
        if self.file is None:
            self.fields.pop("remove", None)

    def clean(self) -> dict[str, Any]:
        """Refuse to put a file in the place of another unseen."""
        cleaned = super().clean()
        if cleaned.get("upload") and self.file and not cleaned.get("remove"):
            message = _("There is a file already. Check the box to remove it.")
            self.add_error("upload", ValidationError(message, "present"))
        return cleaned

    def keep_file(self) -> None:
        """Remove and add the file, as the form says; raises Refused."""
        if self.cleaned_data.get("remove") and self.file:
            self.file.delete()
        if file := self.cleaned_data.get("upload"):
            add_file(self.instance, file.name, file.read())


def has_same_file(file: Any) -> QuerySet[Document]:
    """Return the documents that have a file of the same content."""
    file.seek(0)
    checksum = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return Document.objects.filter(file__sha256=checksum)


@admin.register(Document)
class DocumentAdmin(RetirableAdmin):
    form = DocumentForm
    used_by = ((Entry, "document"),)
    fixed_fields = ("key",)
    list_display = ("key", "shown", "publisher", "published_on", "uses", "state")
    list_filter = ("retired", "background", "language", "publisher")
    search_fields = ("key", "title", "title_es", "publisher", "note")

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def shown(self, document: Document) -> str:
        """Return the title, in the language of the page where there is one."""
        return format_html('<span lang="{}">{}</span>', document.shown_in, document.shown_title)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the document's fields, and for its file what there is to do."""
        fields = [*super().get_fields(request, obj)]
        has_file = obj is not None and DocumentFile.objects.filter(document=obj.pk).exists()
        if obj is not None and not self.has_change_permission(request, obj):
            return [name for name in fields if name not in {"upload", "remove"}]
        return [name for name in fields if name != "remove" or has_file]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: Any) -> None:
        """Save the document, then its file; say where another document has the same one."""
        super().save_model(request, obj, form, change)
        form.keep_file()
        file = form.cleaned_data.get("upload")
        if same := file and has_same_file(file).exclude(pk=obj.pk).first():
            address = reverse("admin:ledger_document_change", args=[same.pk])
            said = _("“%(key)s” has the same file. One source is one document: keep one.")
            link = format_html('<a href="{}">{}</a>', address, same)
            messages.warning(request, format_html("{} {}", said % {"key": same.key}, link))

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of documents and of their files."""
        view = self.admin_site.admin_view(give_file)
        return [path("<int:document_id>/file/", view, name="document_file"), *super().get_urls()]


class NewDocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source that is not in the list yet, within the form of an amount; empty where not used."""

    upload = FileOfDocument()

    class Meta:
        model = Document
        fields = ("title", "publisher", "published_on", "url", "language", "key")
        formfield_callback = formfield

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"prefix": "new_document", "empty_permitted": True}
        super().__init__(*args, **kwargs | {"use_required_attribute": False})
        self.fields["key"].required = False
        self.fields["key"].help_text = _("made of title and year when left empty")

    @property
    def is_used(self) -> bool:
        """Whether anything was filled in."""
        return self.is_bound and bool(set(self.changed_data) - {"language"})

    @property
    def is_begun(self) -> bool:
        """Whether anything was filled in, now or before the form was shown again."""
        return self.is_used or any(self.initial.values())

    @property
    def asks_for_file_again(self) -> bool:
        """Whether a file was sent, which no browser puts into a form that is shown again."""
        return "new_document-upload" in self.files

    def clean(self) -> dict[str, Any]:
        """Make the key of title and year where none was typed; refuse a document that is there."""
        cleaned = super().clean() or self.cleaned_data
        described = {name: cleaned.get(name) for name in ("title", "publisher", "published_on")}
        same = Document.objects.filter(**described).first() if all(described.values()) else None
        file = cleaned.get("upload")
        if same := same or (file and has_same_file(file).first()):
            message = _("This document is there already, as %s. Choose it in the list.") % same.key
            raise ValidationError(message, "present")
        if not cleaned.get("key") and cleaned.get("title") and cleaned.get("published_on"):
            cleaned["key"] = self.instance.key = _free_key(
                cleaned["title"], cleaned["published_on"].year
            )
        return cleaned

    def keep(self) -> Document:
        """Save the document with its file, in the caller's transaction; raises Refused."""
        document: Document = self.save()
        if file := self.cleaned_data.get("upload"):
            add_file(document, file.name, file.read())
        return document


class CitesADocument(forms.BaseForm):
    """A form of an amount whose source is chosen, or added in the same form."""

    new_document: NewDocumentForm

    def offer_new_document(self) -> None:
        """Let a new document stand in for the choice; called when the form is made."""
        if self.is_bound:
            self.new_document = NewDocumentForm(self.data, self.files)
        else:
            start = "new_document-"
            typed = {name.removeprefix(start): text for name, text in self.initial.items()}
            begun = {name: typed[name] for name in typed if start + name in self.initial}
            self.new_document = NewDocumentForm(initial=begun)
        self.fields["document"].required = False

    def require_one_document(self) -> None:
        """Refuse none and two; called when the form is cleaned."""
        if "document" in self.errors:
            return
        chosen, used = self.cleaned_data.get("document"), self.new_document.is_used
        if chosen and used:
            message = _("Choose a document or add a new one: one of the two.")
        elif used:
            message = "" if self.new_document.is_valid() else _("The new document has errors.")
        else:
            message = "" if chosen else _("This field is required.")
        if message:
            self.add_error("document", ValidationError(message, "one_document"))

    def document(self) -> Document:
        """Return the source, added if it is new, in the caller's transaction; raises Refused."""
        if self.new_document.is_used:
            return self.new_document.keep()
        chosen: Document = self.cleaned_data["document"]
        return chosen


@permission_required("ledger.view_document", raise_exception=True)
def give_file(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """Give the file of a document, posted or not."""
    return download(
        request, get_object_or_404(DocumentFile.objects.defer("content"), document=document_id)
    )


def _free_key(title: str, year: int) -> str:
    words = slugify(title)[:48].strip("-") or "document"
    key = words if words.endswith(str(year)) else f"{words}-{year}"
    taken = set(Document.objects.filter(key__startswith=key).values_list("key", flat=True))
    return next(name for name in _names(key) if name not in taken)


def _names(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1
