"""Organizations are agencies, partners, or both: as they are used, and both where they are not."""

from django.db import migrations, models

FROM_USE = """
    update ledger_organization o set is_agency = used.as_agency, is_partner = used.as_partner
    from (
        select
            id,
            exists (select from ledger_commitment c where c.agency_id = o.id)
            or exists (select from ledger_publishedfigure f where f.agency_id = o.id)
            or exists (select from ledger_openquestion q where q.agency_id = o.id) as as_agency,
            exists (select from ledger_commitment c where c.partner_id = o.id) as as_partner
        from ledger_organization o
    ) used
    where used.id = o.id;
    update ledger_organization set is_agency = true, is_partner = true
    where not is_agency and not is_partner
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0015_paste_habits"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="is_agency",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Offered as the agency of a commitment.",
                verbose_name="U.S. agency",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="is_partner",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A government or organization, offered as the partner of a commitment.",
                verbose_name="partner",
            ),
        ),
        migrations.RunSQL(FROM_USE, migrations.RunSQL.noop),
    ]
