"""The status of funds: its page, and its letter."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from carsi_tracker.reports.page.address import as_query_string
from carsi_tracker.reports.page.public_page import PublicRequest, always, public_page
from carsi_tracker.reports.page.render import render_page
from carsi_tracker.reports.status.letter import letter
from carsi_tracker.reports.status.table import asked, funds_tables, notes_of
from carsi_tracker.reports.status.wording import caption, lead, nothing, signs


@public_page()
def status_of_funds(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Show what became of each account's money, by place and fiscal year."""
    found = asked(public)
    return render_page(
        request,
        public,
        "reports/status_of_funds.html",
        title=title(),
        lead=" ".join(lead(found.total.total)) if found.accounts else nothing(public.query),
        caption=caption(public.query),
        funds=funds_tables(public),
        signs=signs(found.cells),
        notes=notes_of(public),
    )


@public_page(filtered=False, dear=always, file=True)
def status_of_funds_letter(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    """Give the same as a letter: a PDF with its day, version, checksum and address in it."""
    query = public.query
    permanent = request.path + as_query_string(query.permanent())
    named = slugify(_("Status of funds"))
    name = f"carsi-{named}-{query.day}-v{query.version.number}.pdf"
    return HttpResponse(
        letter(public, title(), request.build_absolute_uri(permanent)),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=False, filename=name)
        },
    )


def title() -> str:
    """Return the title of the page and of the letter."""
    return _("Status of funds by account and country")
