from django.db import migrations

NAMES = {
    "Head": ("LedgerHead", "ledger_head"),
    "Texts": ("LabelRevision", "ledger_texts"),
    "Office": ("LedgerSettings", "ledger_office"),
}


class Migration(migrations.Migration):
    """Name what the tables of one row hold; the tables keep their names, so nothing is written."""

    dependencies = [("ledger", "0007_readings")]

    operations = [
        operation
        for former, (name, table) in NAMES.items()
        for operation in (
            migrations.AlterModelTable(former, table),  # before the new name would move the table
            migrations.RenameModel(former, name),
        )
    ]
