"""The texts by which commitments and documents are found, as a version shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from carsi_tracker.figures.vocabulary import public_documents
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Commitment

OF_A_COMMITMENT = (
    "reference", "title", "title_es",
    "area__name_en", "area__name_es", "country__name_en", "country__name_es",
    "agency__code", "agency__name_en", "agency__name_es",
    "partner__code", "partner__name_en", "partner__name_es",
)  # fmt: skip
OF_A_DOCUMENT = ("key", "title", "title_es", "publisher")


@dataclass(frozen=True)
class Texts:
    """What describes commitments and documents, by id: folded, a line for each of its texts."""

    commitments: Mapping[int, str]
    documents: Mapping[int, str]


@lru_cache(maxsize=4)
def texts(
    version: int,
    checksum: str,  # noqa: ARG001 (tells ledgers apart in the cache)
    texts_revision: int,  # noqa: ARG001 (renews the texts in the cache)
) -> Texts:
    """Return what can be looked in; what was never posted is not in it."""
    posted = Commitment.objects.filter(first_version__lte=version)
    return Texts(
        {key: _joined(row) for key, *row in posted.values_list("pk", *OF_A_COMMITMENT)},
        {
            key: _joined(row)
            for key, *row in public_documents(version).values_list("pk", *OF_A_DOCUMENT)
        },
    )


def _joined(row: list[str | None]) -> str:
    return folded("\n".join(text for text in row if text))
