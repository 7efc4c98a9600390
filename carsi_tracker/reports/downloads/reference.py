"""What other tables refer to and no page lists, as files: accounts and organizations."""

from django.utils.translation import gettext_lazy as _

from carsi_tracker.figures import aggregates
from carsi_tracker.figures.aggregates import Sums
from carsi_tracker.figures.published import published_figures
from carsi_tracker.reports.balances.sums import OF_APPROPRIATIONS
from carsi_tracker.reports.downloads.fields import Field, Holds
from carsi_tracker.reports.downloads.summaries import (
    ENTRIES,
    FEDERAL_ACCOUNT,
    NAMES,
    Rows,
    Summary,
    amounts,
    cells,
)
from carsi_tracker.reports.page.public_page import PublicRequest


def _accounts(public: PublicRequest) -> Rows:
    sums = aggregates.breakdown(public.query, "account")
    for account in public.words.accounts:
        used = account.code in sums or not account.retired
        if used and public.query.filters.admits("account", account.code):
            found = sums.get(account.code, Sums())
            named = (account.code, account.name_en, account.name_es)
            yield (*named, *cells(found, OF_APPROPRIATIONS), account.federal_account)


def _organizations(public: PublicRequest) -> Rows:
    """Yield the organizations of commitments in the version, and of published totals."""
    agencies = aggregates.breakdown(public.query, "agency")
    partners = aggregates.breakdown(public.query, "partner")
    named = {each.code: each for each in public.words.organizations}
    named |= {each.agency.code: each.agency for each in published_figures() if each.agency}
    for code, organization in sorted(named.items()):
        counts = (agencies.get(code, Sums()).entries, partners.get(code, Sums()).entries)
        known = (organization.iati_identifier, organization.iati_type)
        yield (code, organization.name_en, organization.name_es, *counts, *known)


REFERENCE = (
    Summary(
        "accounts",
        _("Accounts"),
        _("one budget account a row, with the totals of its appropriations by stage"),
        (
            Field("account", Holds.CODE, _("the account’s code")),
            *NAMES,
            *amounts(OF_APPROPRIATIONS),
            ENTRIES,
            FEDERAL_ACCOUNT,
        ),
        _accounts,
    ),
    Summary(
        "organizations",
        _("Organizations"),
        _("one agency or partner a row, with how many entries name it as which"),
        (
            Field("organization", Holds.TEXT, _("its short name, as other tables have it")),
            *NAMES,
            Field("entries_as_agency", Holds.NUMBER, _("entries of which it is the agency")),
            Field("entries_as_partner", Holds.NUMBER, _("entries of which it is the partner")),
            Field("iati_identifier", Holds.CODE, _("how IATI’s files name it, if known")),
            Field("iati_type", Holds.CODE, _("its type by IATI’s list, if known")),
        ),
        _organizations,
        filtered=False,
    ),
)
