"""How a query compares with a list that grows with the ledger: by one parameter."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup):
    """What `in` says, of a list of any length: `commitment_id__any_of=[3, 8]`.

    `in` makes each value a parameter of its own, and takes a statement of a million of them.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison with an array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = any(%s)", (*parameters, list(self.rhs))
