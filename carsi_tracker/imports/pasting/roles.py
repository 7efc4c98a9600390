"""What a column of pasted cells holds: a column of the import, or amounts of a year or a stage."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from carsi_tracker.ledger.columns import BY_NAME

AMOUNT = "amount_usd"
QUALIFIERS = ("fiscal_year", "account", "stage", "country")
"""What the heading of a column of amounts may say of each of them."""


@dataclass(frozen=True)
class Role:
    """A column of the import by its `name`, empty where the cells are left out.

    `says` is what each amount of the column is besides: (("fiscal_year", "2008"),).
    """

    name: str = ""
    says: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        """The role in one word, as a form sends it: `amount_usd;fiscal_year=2008`."""
        return ";".join([self.name, *(f"{name}={value}" for name, value in self.says)])

    @property
    def is_amount(self) -> bool:
        """Whether each filled cell is a line."""
        return self.name == AMOUNT


LEFT_OUT = Role()


def role(code: str) -> Role:
    """Return the role that a code names; one that no column has is left out."""
    name, *rest = code.split(";")
    if name not in BY_NAME:
        return LEFT_OUT
    pairs = (part.partition("=") for part in rest if name == AMOUNT)
    says = {key: value for key, _equals, value in pairs if key in QUALIFIERS and value}
    return Role(name, tuple(sorted(says.items())))


def amount(**says: str) -> Role:
    """Return the role of amounts of which the heading says something."""
    return Role(AMOUNT, tuple(sorted((name, value) for name, value in says.items() if value)))


def in_words(of: Role, label: str, stages: dict[str, str]) -> str:
    """Return a role as people read it: “Amount, FY2008, Obligated”."""
    said = [
        _("FY%s") % value if name == "fiscal_year" else stages.get(value, value)
        for name, value in sorted(of.says, key=lambda pair: QUALIFIERS.index(pair[0]))
    ]
    return ", ".join([label, *said])
