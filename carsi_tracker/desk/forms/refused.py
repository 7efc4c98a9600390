"""Where a refusal stands in a form: at the field that it is about."""

from django import forms

from carsi_tracker.ledger.refusals import Refused

FIELDS = {
    "balance_broken": "amount",
    "amount_of_dollars_and_cents": "amount",
    "date_not_come": "effective_date",
    "effective_date_in_range": "effective_date",
    "commitment_of_another_batch": "commitment",
    "stage_and_commitment": "commitment",
    "taken_already": "reference",
    "limit_explained": "bound_note",
    "address_without_password": "url",
    "no_agency": "agency",
    "no_partner": "partner",
    "no_such_batch": "batch",
    "not_a_draft": "batch",
    "batch_is_posted": "batch",
}


def add_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Add a refusal to a form as errors of the field it is about, or of the whole form."""
    field = FIELDS.get(refused.rule)
    form.add_error(field if field in form.fields else None, refused.lines)
