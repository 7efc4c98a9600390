"""Text without accents and in small letters, folded alike in a process and in the database."""

import unicodedata

from django.db.models import CharField, TextField, Transform


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """A text as the database's function `folded` writes it: `title__folded__contains=...`."""

    lookup_name = "folded"
    function = "folded"
    output_field = TextField()


def folded(text: str) -> str:
    """Return a text without accents and in small letters."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(mark for mark in decomposed if not "\u0300" <= mark <= "\u036f").lower()
