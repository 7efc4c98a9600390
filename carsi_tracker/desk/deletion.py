"""Deleting what nothing refers to; for the rest, what refers to it and how often."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.admin.utils import model_ngettext
from django.db.models import Count, ForeignObjectRel, Model
from django.utils.text import capfirst

AdminDeletion = tuple[list[str], dict[str, int], set[str], list[str]]


def deletion(rows: Sequence[Model]) -> AdminDeletion:
    """Return what the admin's pages of deletion show: what would go, and what forbids it."""
    if not rows:
        return [], {}, set(), []
    kind = rows[0]._meta
    references = referring(rows)
    return (
        [f"{capfirst(kind.verbose_name)}: {row}" for row in rows],
        {str(kind.verbose_name_plural): len(rows)},
        set(),
        [f"{row}: {', '.join(references[row.pk])}" for row in rows if row.pk in references],
    )


def referring(rows: Sequence[Model]) -> dict[Any, list[str]]:
    """Return by key what refers to each row ("72 entries"); one query for each relation."""
    counts: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for model, name in _relations(type(rows[0])):
        found = model._base_manager.filter(**{f"{name}__in": rows})
        for key, count in found.order_by().values_list(name).annotate(Count("pk")):
            counts[key][model._meta] += count
    return {
        key: [f"{count:,} {model_ngettext(kind, count)}" for kind, count in kinds.items()]
        for key, kinds in counts.items()
    }


def _relations(model: type[Model]) -> list[tuple[Any, str]]:
    relations = []
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            related: Any = relation.related_model
            if related._meta.default_permissions and not related._meta.auto_created:
                relations.append((related, relation.field.name))
    return relations
