"""The texts of a version that may have a translation beside them."""

from django.db.models.expressions import RawSQL

POSTED = """
    select title from ledger_posting where language = 'en' and version <= %s
    union select reason from ledger_posting where language = 'en' and version <= %s
    union select self_approval_rule from ledger_posting where version <= %s
    union select self_approval_reason from ledger_posting where version <= %s
    union select remark from ledger_countersignature where posting_id <= %s
    union
    select e.note from ledger_entry e join ledger_posting p using (version)
    where p.language = 'en' and version <= %s
    union
    select e.locator from ledger_entry e join ledger_posting p using (version)
    where p.language = 'en' and version <= %s
    union select locator from ledger_publishedfigure
    union
    select d.note from ledger_document d
    where d.background
        or exists (select from ledger_entry e where e.document_id = d.id and e.version <= %s)
        or exists (
            select from ledger_appropriation a where a.law_id = d.id and a.first_version <= %s
        )
        or exists (select from ledger_publishedfigure f where f.document_id = d.id)
"""


def texts_in_english(version: int) -> RawSQL:
    """Return what a query compares with: the texts that `texts_in_english` of the rules has."""
    return RawSQL(POSTED, [version] * POSTED.count("%s"))  # noqa: S611 (nothing in it is typed)
