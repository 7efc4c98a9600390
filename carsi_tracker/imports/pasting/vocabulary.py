"""What the ledger calls things: what a pasted column holds, which commitment is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from carsi_tracker.imports.codes import AcceptedCodes
from carsi_tracker.imports.pasting.finding import KnownCommitment
from carsi_tracker.ledger.folding import folded
from carsi_tracker.ledger.models import Commitment


@dataclass(frozen=True)
class LedgerWords:
    """The codes of each column by what people write for them, folded; and the commitments.

    `known` are those that lines may be entered against; `references` are all there are.
    """

    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: Sequence[KnownCommitment] = ()
    references: frozenset[str] = frozenset()

    def code(self, column: str, text: str) -> str:
        """Return the code that a text is, or is the name of; empty where there is none."""
        return self.codes.get(column, {}).get(plain(text), "")

    def appropriation(self, text: str) -> dict[str, str]:
        """Return account and year of an appropriation written as INCLE FY2008; or nothing."""
        account, _space, year = text.strip().rpartition(" ")
        digits = year.upper().removeprefix("FY")
        code = self.code("account", account)
        return {"account": code, "fiscal_year": digits} if code and digits.isdecimal() else {}


def plain(text: str) -> str:
    """Return how names are compared."""
    return folded(" ".join(text.split()))


def of_ledger(batch_id: int) -> LedgerWords:
    """Return what the ledger knows, for lines of a draft."""
    columns = AcceptedCodes().columns
    codes: dict[str, dict[str, str]] = {}
    for column, of_column in columns.items():
        found: dict[str, str] = {}
        for code in of_column:
            for word in (*code.names, *code.words, code.text):
                found[plain(word)] = code.text
        codes[column] = found
    usable = Q(first_version__isnull=False) | Q(introduced_by=batch_id)
    rows = Commitment.objects.filter(usable).values_list(
        "reference", "title", "title_es", "appropriation__fiscal_year",
        "appropriation__account__code", "country__code", "area__code",
    )  # fmt: skip
    known = [
        KnownCommitment(
            reference,
            title,
            title_es,
            {"fiscal_year": str(year), "account": account, "country": country, "area": area},
        )
        for reference, title, title_es, year, account, country, area in rows.order_by("reference")
    ]
    references = Commitment.objects.values_list("reference", flat=True)
    return LedgerWords(codes, known, frozenset(references))
