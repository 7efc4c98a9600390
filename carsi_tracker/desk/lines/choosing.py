"""What people type for a commitment, an appropriation or a document, to the one that is meant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carsi_tracker.imports import spelling
from carsi_tracker.ledger.models import Appropriation, Batch, Commitment, Document
from carsi_tracker.ledger.refusals import Refused

NAMED = 6
SUGGESTED = 20
LONGEST = 400
OF_COMMITMENTS = ("reference", "title", "title_es")
OF_DOCUMENTS = ("key", "title")
UNKNOWN = gettext_lazy(
    "“%s” is not known. Type a reference, a part of a reference or title, or an appropriation "
    "such as INCLE FY2008."
)
UNKNOWN_DOCUMENT = gettext_lazy(
    "“%s” is not known. Type a document’s key, or a part of its key or title. If it is new, add it "
    "with “Add an amount”."
)

Row = TypeVar("Row", bound=Model)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Choice:
    """A commitment or appropriation that a line is entered against; `text` is its short name."""

    appropriation_id: int
    commitment_id: int | None
    text: str
    title: str

    def __str__(self) -> str:
        return f"{self.text} {self.title}" if self.title else self.text


class Choices:
    """What the lines of a batch are entered against and cite.

    Many typed texts are looked up together: their references and keys in one query a kind, and
    then in one query each those that are only a part of something.
    """

    def __init__(
        self, batch: Batch, against: Iterable[str] = (), documents: Iterable[str] = ()
    ) -> None:
        self._batch = batch
        self._appropriations = {
            _squeezed(str(row)): _of_appropriation(row)
            for row in Appropriation.objects.select_related("account")
        }
        first_words = {_first_word(text).upper() for text in against}
        commitments = Commitment.objects.filter(reference__in=first_words - {""})
        self._commitments = {row.reference: row for row in commitments if first_words}
        keys = {spelling.key(text) for text in documents}
        cited = Document.objects.filter(key__in=keys - {""})
        self._documents = {row.key: row for row in cited if keys}

    def against(self, text: str) -> Choice:
        """Return what a text stands for; raises ValidationError that names what may be meant."""
        text = spelling.strip(text)
        if found := self._appropriations.get(_squeezed(text)):
            return found
        if named := self._commitments.get(_first_word(text).upper()):
            return self._as_typed(named, text)
        found_by_part = _matching(usable(self._batch), OF_COMMITMENTS, text)
        candidates = [_of_commitment(row) for row in found_by_part[: NAMED + 1]]
        return _the_only(candidates + self._appropriations_with(text), text, str(UNKNOWN))

    def document(self, text: str) -> Document:
        """Return the document that a text stands for; raises ValidationError likewise."""
        text = spelling.strip(text)
        if named := self._documents.get(spelling.key(text)):
            return named
        candidates = list(_matching(_current_documents(), OF_DOCUMENTS, text)[: NAMED + 1])
        return _the_only(candidates, text, str(UNKNOWN_DOCUMENT))

    def suggestions(self, text: str) -> list[Choice]:
        """Return some of the commitments and appropriations that a text is a part of."""
        found = _matching(usable(self._batch), OF_COMMITMENTS, text)[:SUGGESTED]
        return self._appropriations_with(text) + [_of_commitment(row) for row in found]

    def _appropriations_with(self, text: str) -> list[Choice]:
        part = _squeezed(text)
        return [choice for name, choice in self._appropriations.items() if part and part in name]

    def _as_typed(self, commitment: Commitment, text: str) -> Choice:
        """Return a commitment that was typed by reference, where a title behind it is its own."""
        if commitment.first_version is None and commitment.introduced_by_id != self._batch.pk:
            values = {"reference": commitment.reference}
            raise ValidationError(Refused("commitment_of_another_batch", values).lines)
        title = _squeezed(text)[len(_squeezed(commitment.reference)) :]
        if title not in _squeezed(commitment.title) and title not in _squeezed(commitment.title_es):
            raise ValidationError(
                _("%(reference)s is “%(title)s”, not “%(text)s”.")
                % {"reference": commitment.reference, "title": commitment.title, "text": text},
                "another_title",
            )
        return _of_commitment(commitment)


def usable(batch: Batch) -> QuerySet[Commitment]:
    """Return the commitments that lines of a batch may be entered against."""
    return Commitment.objects.filter(Q(first_version__isnull=False) | Q(introduced_by=batch))


def suggested_documents(text: str) -> QuerySet[Document]:
    """Return some of the documents whose key or title a text is a part of."""
    return _matching(_current_documents(), OF_DOCUMENTS, text)[:SUGGESTED]


def _current_documents() -> QuerySet[Document]:
    return Document.objects.filter(retired=False).order_by("title", "pk")


def _matching(rows: QuerySet[Row], fields: tuple[str, ...], text: str) -> QuerySet[Row]:
    """Return the rows that have each word of a text in some field."""
    for word in text[:LONGEST].replace("\x00", "").split():
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


def _the_only(found: Sequence[Found], text: str, unknown: str) -> Found:
    """Return what was found where it is one; raises ValidationError where it is none or more."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(unknown % text, "unknown")
    named = "; ".join(map(_in_words, found[:NAMED])) + ("; …" if len(found) > NAMED else "")
    raise ValidationError(
        _("“%(text)s” matches several: %(named)s. Type more of the name.")
        % {"text": text, "named": named},
        "ambiguous",
    )


def _in_words(found: object) -> str:
    return f"{found.key} {found.title}" if isinstance(found, Document) else str(found)


def _of_commitment(row: Commitment) -> Choice:
    return Choice(row.appropriation_id, row.pk, row.reference, row.title)


def _of_appropriation(row: Appropriation) -> Choice:
    return Choice(row.pk, None, str(row), "")


def _first_word(text: str) -> str:
    return next(iter(spelling.strip(text).split()), "")


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
