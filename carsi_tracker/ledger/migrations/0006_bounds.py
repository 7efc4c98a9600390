from datetime import date

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Say in forms what the database holds, and drop an index that only old databases have."""

    dependencies = [
        ("ledger", "0005_rules"),
    ]

    operations = [
        migrations.RunSQL("drop index if exists entry_words", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="appropriation",
            name="fiscal_year",
            field=models.PositiveSmallIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(1990),
                    django.core.validators.MaxValueValidator(2100),
                ],
                verbose_name="fiscal year",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="note",
            field=models.TextField(blank=True, max_length=10000, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="document",
            name="published_on",
            field=models.DateField(
                validators=[
                    django.core.validators.MinValueValidator(date(1800, 1, 1)),
                    django.core.validators.MaxValueValidator(date(2099, 12, 31)),
                ],
                verbose_name="published on",
            ),
        ),
        migrations.AlterField(
            model_name="goal",
            name="number",
            field=models.PositiveSmallIntegerField(
                unique=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="number",
            ),
        ),
    ]
