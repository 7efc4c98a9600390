"""What stands in cells instead of a value: errors of spreadsheets, and words for nothing."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carsi_tracker.imports import spelling
from carsi_tracker.imports.cells import Broken, Cell
from carsi_tracker.ledger.columns import BY_NAME, CellKind, Needed
from carsi_tracker.ledger.text import check

ERROR = re.compile(
    r"#[¡¿]?[A-ZÁÉÍÓÚÑÜ]+(?:/0)? ?[!?]|#N/A(?: N/A)?|#N/D|#NV|#N/DISP|#GETTING[_ ]DATA"
    r"|#OBTENIENDO[_ ]DATOS|Err:[0-9]{3}|#+"
    r"|(?i:#[¡¿]?(?:value|ref|name|null|num|div/0|valor|nombre|nulo|n[úu]m)[!?]|#n/[ad])"
)
"""What spreadsheets show for a formula that has no value, and for a column that is too narrow."""

NOTHING = frozenset(
    [
        "na", "notapplicable", "notavailable", "none", "nil", "null", "nan", "nodata", "novalue",
        "nothing", "tbd", "tba", "tbc", "tobedefined", "tobedetermined", "tobeannounced",
        "tobeconfirmed", "unknown", "unk", "undefined", "unspecified", "notspecified",
        "notstated", "pending", "empty", "blank", "noaplica", "nodisponible", "sindato",
        "sindatos", "ninguno", "ninguna", "nadie", "nulo", "vacio", "pordefinir", "pordeterminar",
        "porconfirmar", "poranunciar", "desconocido", "desconocida", "sinespecificar",
        "noespecificado", "noespecificada", "noidentificado", "pendiente", "x", "xx", "xxx",
        "xxxx", "0", "00", "000",
    ]
)  # fmt: skip
SHORT = frozenset({"n/d", "s/d", "n/c", "n/s", "s/n", "n.d.", "s.d.", "n.d", "s.d"})
"""Short for "no data" with its points or its stroke; without, it may be somebody's name."""

_SEPARATORS = re.compile(r"[\W_]+")


def refuse_error(cell: Cell) -> None:
    """Raise ValidationError for a cell without a value, and for what spreadsheets show for one."""
    if isinstance(cell, Broken):
        raise ValidationError(cell.message, "broken")
    if not isinstance(cell, str) or ("#" not in cell and "Err:" not in cell):
        return
    text = spelling.strip(cell)
    if ERROR.fullmatch(text):
        if not text.strip("#"):
            raise ValidationError(
                _("“%s” is what a column shows that is too narrow. Write the value itself.") % text,
                "narrow",
            )
        raise ValidationError(_("The cell shows the error %s.") % text, "error")


def why(cell: object, error: ValidationError) -> str:
    """Return why a cell was refused: the character that nobody sees, where it holds one."""
    if isinstance(cell, str) and getattr(error, "code", None) != "not_utf8":
        try:
            check(spelling.strip(cell))
        except ValidationError as odd:
            return str(odd.messages[0])
    return " ".join(error.messages)


def is_placeholder(text: str) -> bool:
    """Say whether a text is one that people type for nothing: "n/a", "TBD", "-", "s/d"."""
    small = unicodedata.normalize("NFKD", text).casefold().strip()
    if small in SHORT:
        return True
    letters = "".join(mark for mark in small if not unicodedata.combining(mark))
    plain = _SEPARATORS.sub("", letters)
    if plain:
        return plain in NOTHING
    return all(unicodedata.category(mark)[0] in "PZSC" for mark in small) and not any(
        unicodedata.category(mark) == "So" for mark in small
    )


def refuse_placeholder(name: str, text: str) -> None:
    """Raise ValidationError where a column that may be empty holds a word for nothing."""
    column = BY_NAME[name]
    if not is_placeholder(text):
        return
    if column.kind is CellKind.ORGANIZATION:
        message = _("“%s” is not a name. Leave the cell empty where no one is named.")
    elif name == "title":
        message = _("“%s” is no title: write what the commitment is for.")
    elif column.kind is CellKind.REFERENCE:
        message = _("“%s” is no reference: write one, or leave the cell empty.")
    elif column.needed is Needed.ALWAYS:
        return
    else:
        message = _("“%s” is not a value. Leave the cell empty where nothing is known.")
    raise ValidationError(message % text, "placeholder")
