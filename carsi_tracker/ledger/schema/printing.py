"""One form for what PostgreSQL prints differently: by its release, or after a restore."""

import re

TEXT = r"'((?:[^']|'')*)'::character varying(?!\()"
END_OF_FROM = r"(?=^ {1,2}[A-Z]|;|\Z)"


def one_form(kind: str, definition: str) -> str:
    """Return the definition of a thing of this kind as it is on every server."""
    if kind == "function":
        return definition
    if kind in {"view", "materialized view"}:
        definition = _without_given_names(_without_needless_name(definition))
    return _with_settled_casts(definition)


def _with_settled_casts(definition: str) -> str:
    """Print a restored `type in ('a', 'b')` of a varchar, whose casts move, as it was before."""
    definition = re.sub(rf"\({TEXT}\)::text", r"'\1'::text", definition)
    definition = re.sub(TEXT, r"'\1'::text", definition)
    return re.sub(r"ANY \(\(ARRAY\[([^\[\]]*)\]\)::text\[\]\)", r"ANY (ARRAY[\1])", definition)


def _without_given_names(view: str) -> str:
    """Leave out names that PostgreSQL gives to columns without one, and prints after a restore."""
    return re.sub(r"(::(\w+)) AS \2\b| AS \"\?column\?\"", r"\1", view)


def _without_needless_name(view: str) -> str:
    """Leave out the name before each column where a view reads one relation alone.

    PostgreSQL 15 prints it, 16 and later do not; columns of a query within are always named so.
    """
    clause = re.search(rf"^   FROM (.*?){END_OF_FROM}", view, re.DOTALL | re.MULTILINE)
    if not clause:
        return view
    read, nested = clause[1].strip(), None
    while nested != read:
        nested, read = read, re.sub(r"\([^()]*\)", "", read)
    if "," in read or "JOIN" in read:
        return view
    name = re.split(r"[ .]", read)[-1]
    return re.sub(rf"(?<![\w.\"]){re.escape(name)}\.", "", view)
