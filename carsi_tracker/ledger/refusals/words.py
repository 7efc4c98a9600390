"""The words of each rule that can refuse something."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from carsi_tracker.ledger.days import day_in_words, moment_in_words
from carsi_tracker.ledger.refusals.amounts import balance_broken, move_uneven
from carsi_tracker.ledger.refusals.words_of_texts import OF_TEXTS
from carsi_tracker.ledger.refusals.words_of_texts import sentence as _sentence


def _countersigned_already(detail: dict[str, Any]) -> list[str]:
    return [
        _("Version %(version)d was countersigned already, by %(who)s on %(when)s.")
        % {
            "version": detail["version"],
            "who": detail["who"],
            "when": _moment(detail["when"]),
        }
    ]


def _posted_already(detail: dict[str, Any]) -> list[str]:
    return [
        _("This batch was posted already, as version %(version)d, by %(who)s on %(when)s.")
        % {
            "version": detail["version"],
            "who": detail["approved_by"],
            "when": _moment(detail["posted_at"]),
        }
    ]


def _reversed_already(detail: dict[str, Any]) -> list[str]:
    if detail["by_version"]:
        text = _("Version %(version)d was reversed already, by version %(by_version)d.")
    else:
        text = _(
            "Version %(version)d is being reversed already, by the batch “%(title)s” (%(batch)d)."
        )
    return [text % detail]


def _had_a_hand(detail: dict[str, Any]) -> list[str]:
    if detail["self_approval_allowed"]:
        return [
            _(
                "You worked on this batch. To post it without a second person, give a reason. "
                "The reason is published."
            )
        ]
    return [_("You worked on this batch, so you cannot post it. Another approver must.")]


def _role_missing(detail: dict[str, Any]) -> list[str]:
    if detail["role"] == "approver":
        return [_("Only an active approver can do this.")]
    if detail["role"] == "administrator":
        return [_("Only an active administrator can do this.")]
    return [_("Only an active analyst can do this.")]


def _frozen(detail: dict[str, Any]) -> list[str]:
    if detail["what"] == "appropriation":
        return [
            _(
                "This appropriation has posted entries. Its year, account and law are final, "
                "and it cannot be deleted."
            )
        ]
    return [
        _(
            "%(reference)s has posted entries. You can change its titles but not delete "
            "it. Reduce its amounts instead."
        )
        % detail
    ]


def _date_not_come(detail: dict[str, Any]) -> list[str]:
    return [
        _("%(date)s has not come yet: today is %(today)s in Washington.")
        % {name: day_in_words(date.fromisoformat(detail[name])) for name in ("date", "today")}
    ]


def _person_has_drafts(detail: dict[str, Any]) -> list[str]:
    text = _(
        "This person keeps or worked on batches that are not posted: %(batches)s. Hand over those "
        "that the person keeps, and post or discard those that the person worked on."
    )
    return [text % {"batches": ", ".join(map(str, detail["batches"]))}]


def _moment(text: str) -> str:
    return moment_in_words(datetime.fromisoformat(text))


WORDS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "balance_broken": balance_broken,
    "posted_already": _posted_already,
    "reversed_already": _reversed_already,
    "countersigned_already": _countersigned_already,
    "had_a_hand": _had_a_hand,
    "role_missing": _role_missing,
    "frozen": _frozen,
    "date_not_come": _date_not_come,
    "move_uneven": move_uneven,
    "move_of_nothing": _sentence(
        lambda: _(
            "%(reference)s replaces a commitment, but nothing is reclassified to it. "
            "Reduce that commitment by what is entered here."
        )
    ),
    "actor_unknown": _sentence(lambda: _("No signed-in person was given. Sign in and try again.")),
    "version_is_final": _sentence(
        lambda: _("A version is final. Posted entries cannot be changed, only reversed.")
    ),
    "loaded_by_owner": _sentence(
        lambda: _("Only the owner of the database can load a published ledger.")
    ),
    "loaded_into_empty": _sentence(
        lambda: _("A published ledger can be loaded only into an empty one.")
    ),
    "batch_is_posted": _sentence(
        lambda: _("This batch was posted as version %(version)d and is final.")
    ),
    "audit_is_final": _sentence(lambda: _("The audit trail cannot be changed.")),
    "event_not_witnessed": _sentence(
        lambda: _("Only the database records postings and changes to people.")
    ),
    "keeper_is_analyst": _sentence(
        lambda: _("Batches can be handed over to an active analyst only.")
    ),
    "person_has_drafts": _person_has_drafts,
    "batch_starts_as_draft": _sentence(lambda: _("A batch starts as a draft.")),
    "state_by_verbs_only": _sentence(
        lambda: _("To change a batch’s state, submit, withdraw, return or post it.")
    ),
    "line_keeps_its_batch": _sentence(
        lambda: _("Lines and commitments stay in the batch that they were added to.")
    ),
    "commitment_of_another_batch": _sentence(
        lambda: _("%(reference)s is new in another batch. Post that batch first.")
    ),
    "code_is_fixed": _sentence(
        lambda: _("Codes are fixed. Add another and retire this one, or delete it if unused.")
    ),
    "number_not_given": _sentence(lambda: _("The database gives rows their numbers.")),
    "retired": _sentence(lambda: _("“%(code)s” is retired. Choose another for new entries.")),
    "no_agency": _sentence(
        lambda: _(
            "“%(code)s” is not a U.S. agency. Choose an agency, or ask an administrator to mark "
            "it as one."
        )
    ),
    "no_partner": _sentence(
        lambda: _(
            "“%(code)s” is not a partner. Choose a partner, or ask an administrator to mark it "
            "as one."
        )
    ),
    "kind_is_used": _sentence(
        lambda: _("Commitments have “%(code)s” as this. Retire it, and add another.")
    ),
    "no_such_batch": _sentence(lambda: _("This batch no longer exists.")),
    "no_such_version": _sentence(lambda: _("There is no version %(version)d.")),
    "not_a_draft": _sentence(lambda: _("This batch is submitted already.")),
    "not_submitted": _sentence(
        lambda: _(
            "This batch is a draft again: someone changed, withdrew or returned it. It "
            "must be submitted before it can be posted."
        )
    ),
    "changed_since_read": _sentence(
        lambda: _("This batch was changed since you read it. Read it again, then post it.")
    ),
    "reason_of_one_line": _sentence(lambda: _("A reason is one line of plain text.")),
    "remark_stands": _sentence(lambda: _("A comment cannot be changed.")),
    "remark_by_analyst_or_approver": _sentence(
        lambda: _("Only an active analyst or approver can do this.")
    ),
    "remark_of_some_length": _sentence(lambda: _("Enter a comment of 1 to 2,000 characters.")),
    "posted_by_two": _sentence(
        lambda: _("Version %(version)d was posted by a second person; it needs no other.")
    ),
    "prepared_or_posted_it": _sentence(
        lambda: _(
            "You worked on version %(version)d or posted it. Someone else must countersign it."
        )
    ),
    "replaces_for_good": _sentence(
        lambda: _("You cannot change which commitment %(reference)s replaces.")
    ),
    "replaces_what_is_posted": _sentence(
        lambda: _("%(reference)s can only replace a commitment that is posted.")
    ),
    "remark_missing": _sentence(lambda: _("Say what needs to change.")),
    "line_deleted": _sentence(lambda: _("Nothing was saved: someone deleted this line.")),
    "batch_is_empty": _sentence(lambda: _("This batch has no lines yet.")),
    "batch_too_long": _sentence(
        lambda: _("A batch has at most %(limit)d lines; this one has %(lines)d.")
    ),
    "commitment_without_amount": _sentence(
        lambda: _("%(reference)s has no amount in this batch. Add one, or remove the commitment.")
    ),
    "reversal_altered": _sentence(
        lambda: _(
            "A reversal repeats version %(version)d with every sign reversed. This one does not."
        )
    ),
    "amount_of_dollars_and_cents": _sentence(
        lambda: _("Enter an amount other than zero, under $1 trillion, with at most two decimals.")
    ),
    "effective_date_in_range": _sentence(lambda: _("Enter a date from January 1, 1990 to today.")),
    "fiscal_year_in_range": _sentence(lambda: _("A fiscal year is a year from 1990 to 2100.")),
    "published_on_in_range": _sentence(lambda: _("Enter a publication date from 1800 to 2099.")),
    "address_of_the_web": _sentence(
        lambda: _("An address begins with https:// or http:// and has no blanks.")
    ),
    "published_amount": _sentence(
        lambda: _(
            "A published total and its tolerance are amounts from 0 to under a trillion, with at "
            "most two decimals."
        )
    ),
    "published_period": _sentence(
        lambda: _(
            "A published total is as of a day from 1990 to today, and begins no later than that."
        )
    ),
    "published_question": _sentence(
        lambda: _(
            "What is appropriated has no area, country or agency. Leave them empty, or choose "
            "another stage."
        )
    ),
    "no_text_to_translate": _sentence(
        lambda: _(
            "No posted text in English reads so. Copy it as it is shown, to the last character."
        )
    ),
    "published_in_english": _sentence(
        lambda: _("What is written in Spanish is written in English too.")
    ),
    "in_bounds": _sentence(lambda: _("A time, a number or a text is beyond what can be kept.")),
    "stage_and_commitment": _sentence(
        lambda: _("Choose a commitment, unless the stage is appropriated.")
    ),
    "basis_known": _sentence(lambda: _("Evidence is stated, press or inferred.")),
    "taken_already": _sentence(lambda: _("This exists already.")),
    "referred_to": _sentence(
        lambda: _("Something else refers to this, or what this refers to no longer exists.")
    ),
    "held_by_another": _sentence(
        lambda: _(
            "Someone else is posting or changing this. Nothing was changed. Try again in a moment."
        )
    ),
    "met_another": _sentence(
        lambda: _("Someone else changed this at the same time. Nothing was changed. Try again.")
    ),
    "took_too_long": _sentence(
        lambda: _("This took too long and was stopped. Nothing was changed.")
    ),
    "file_is_final": _sentence(
        lambda: _("The file of a document is never changed; remove it and add another.")
    ),
    "file_of_cited_document": _sentence(
        lambda: _(
            "“%(name)s” stays: entries of the ledger cite its document. "
            "Add a new document for another file."
        )
    ),
    "reads_what_is_committed": _sentence(
        lambda: _("This needs a transaction that sees what others have done: READ COMMITTED.")
    ),
    "file_as_it_was": _sentence(
        lambda: _("The file does not match its recorded size or checksum. Upload it again.")
    ),
    "file_of_bounded_size": _sentence(
        lambda: _("A file has at most 10,000,000 bytes, and at least one.")
    ),
    "file_of_a_known_kind": _sentence(lambda: _("This kind of file is not accepted.")),
    **OF_TEXTS,
}
