"""How texts are compared: without accents and case to be found, by how they look to be named."""

import re
import unicodedata

from django.db.models import CharField, TextField, Transform, Value

ACCENTS = re.compile("[\u0300-\u036f]")


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """A text as the database's function `folded` writes it: `title__folded__contains=...`."""

    lookup_name = "folded"
    function = "folded"
    output_field = TextField()


@CharField.register_lookup
class NameKey(Transform):
    """What names are told apart by, as the database's `name_key` says (`24_names.sql`)."""

    lookup_name = "name_key"
    function = "name_key"
    output_field = TextField()

    @classmethod
    def of(cls, text: str) -> "NameKey":
        """Return the key of a text, for `username__name_key=...`."""
        return cls(Value(text, output_field=TextField()))


def folded(text: str) -> str:
    """Return a text without accents and in small letters."""
    return ACCENTS.sub("", unicodedata.normalize("NFD", text)).lower()
