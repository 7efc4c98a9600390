from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import DeadlockDetected, LockNotAvailable

from carsi_tracker.database.address import application
from carsi_tracker.database.limits import set_limits
from carsi_tracker.database.taking import take_tables
from carsi_tracker.ledger import rules

PLACE = """
    select pg_has_role(datdba, 'usage'), pg_encoding_to_char(encoding), datname
    from pg_database where datname = current_database()
"""
ENCODING = "UTF8"
OURS = ("accounts", "ledger")


class Command(migrate.Command):
    """Django's command, with the rules of `sql/`, all in one transaction.

    Migrations find no rule in their way, and no other session ever finds the tables without them.
    """

    help = "Bring the tables and the rules of the ledger up to date, both or neither."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what lets the owner repair rules that were tampered with."""
        super().add_arguments(parser)
        parser.add_argument(
            "--apply-rules",
            action="store_true",
            help="Apply the rules anew, also where the database was given these very ones.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and apply the rules where a migration or a file changed."""
        if options["plan"] or options["check_unapplied"] or options["prune"]:
            super().handle(*args, **options)
            return
        if options["app_label"]:
            message = "The rules fit the newest tables only, so all apps are migrated together."
            raise CommandError(message)
        connection = connections[options["database"]]
        _require_fit(connection)
        try:
            with transaction.atomic(using=connection.alias):
                self._bring_up_to_date(connection, *args, **options)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                message = "The tables are in use: nothing was changed. Try again when it is quiet."
                raise CommandError(message) from error
            raise
        except IntegrityError as error:
            said = getattr(error.__cause__, "diag", None)
            if said is None or not said.constraint_name:
                raise
            message = (
                f"Rows of {said.table_name} break the rule {said.constraint_name} of this release: "
                "nothing was changed. Mend them with the release before, then migrate again."
            )
            raise CommandError(message) from error

    def _bring_up_to_date(
        self, connection: BaseDatabaseWrapper, *args: Any, **options: Any
    ) -> None:
        role = application().user
        executor = MigrationExecutor(connection)
        _require_none_newer(executor)
        outdated = executor.migration_plan(executor.loader.graph.leaf_nodes())
        stale = bool(options["apply_rules"] or outdated or not rules.are_current(connection, role))
        if stale:
            take_tables(connection)
            with connection.cursor() as cursor:  # or tables can't change after their rows
                cursor.execute("set constraints all immediate")
            rules.remove(connection)
        super().handle(*args, **options)
        if stale:
            rules.install(connection, role)
            self._tell_of_what_is_older(connection)
        set_limits(connection)

    def _tell_of_what_is_older(self, connection: BaseDatabaseWrapper) -> None:
        """Name what an earlier release let in, which the rules refuse from now on."""
        for _table, _column, names in rules.names_twice(connection):
            self.stderr.write(
                f"These names are one: {names}. Rename or remove what can be, then run "
                "“migrate --apply-rules”: until then the database has no index that keeps them "
                "apart, and verify_ledger tells of it."
            )
        broken = rules.broken_from_before(connection)
        if broken:
            self.stderr.write(
                "These are from before rules that they break: " + "; ".join(broken) + ". What was "
                "posted stays as it is; the rest has to keep them when it is changed or posted."
            )


def _require_none_newer(executor: MigrationExecutor) -> None:
    """Refuse a database that a later release has migrated: it would get the rules of this one."""
    known = executor.loader.disk_migrations.keys()
    newer = executor.loader.applied_migrations.keys() - known
    ours = sorted(f"{app}.{name}" for app, name in newer if app in OURS)
    if ours:
        message = (
            f"A later release has migrated this database ({', '.join(ours)}): nothing was changed. "
            "This release serves it as it is, without migrate."
        )
        raise CommandError(message)


def _require_fit(connection: BaseDatabaseWrapper) -> None:
    """Refuse a database that is another role's or can't hold all texts."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
        owned, encoding, name = cursor.fetchone()
    if not owned:
        message = f"The database {name} has to belong to the role of DATABASE_OWNER_URL."
        raise ImproperlyConfigured(message)
    if encoding != ENCODING:
        message = (
            f"The database {name} stores text as {encoding}, and the tracker needs {ENCODING}: "
            "make it with “encoding 'UTF8' template template0”."
        )
        raise ImproperlyConfigured(message)
