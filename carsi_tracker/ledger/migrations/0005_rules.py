from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from carsi_tracker.database.address import application
from carsi_tracker.ledger import rules


def apply_rules(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Apply the files, for the role that serves."""
    rules.apply(schema_editor.connection, application().user)


class Migration(migrations.Migration):
    """Install the rules of `sql/`; a release that changes a file there adds one like this."""

    dependencies = [
        ("ledger", "0004_desk"),
        ("accounts", "0002_events"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(apply_rules, migrations.RunPython.noop, elidable=False)]
