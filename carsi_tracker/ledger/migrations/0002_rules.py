from django.db import migrations


class Migration(migrations.Migration):
    """Once installed the rules of `sql/`; the newest migration that needs them does."""

    dependencies = [
        ("ledger", "0001_initial"),
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]
