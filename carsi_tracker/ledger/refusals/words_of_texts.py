"""The words of the rules about texts, codes and names."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _


def sentence(text: Callable[[], str]) -> Callable[[dict[str, Any]], list[str]]:
    """Return what says a refusal in one sentence, filled with its detail."""
    return lambda detail: [text() % detail]


OF_TEXTS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "plain_text": sentence(
        lambda: _(
            "Titles, names, reasons and notes are one line of plain text, of characters that show."
        )
    ),
    "limit_explained": sentence(
        lambda: _(
            "Say in English what makes the amount a limit, and in Spanish only beside it; "
            "leave both empty where it is no limit."
        )
    ),
    "limit_has_a_reason": sentence(
        lambda: _("Say why a posted commitment becomes a limit, another one or none.")
    ),
    "address_without_password": sentence(
        lambda: _(
            "The address holds a name or password before an @, which everyone would read. Take "
            "them out."
        )
    ),
    "reference_written_plainly": sentence(lambda: _("Use A-Z, 0-9 and hyphens.")),
    "code_written_plainly": sentence(
        lambda: _("A code or key is written in plain letters and digits, without other signs.")
    ),
    "code_of_another_list": sentence(
        lambda: _(
            "A code of the Treasury, the DAC or IATI is written as that list writes it. The help "
            "of its field shows how; leave it empty where no document confirms one."
        )
    ),
    "code_but_none": sentence(
        lambda: _("“none” means “not specified” in addresses. Choose another code.")
    ),
    "name_taken": sentence(
        lambda: _(
            "“%(written)s” is too like “%(taken)s”, which is there already. Use that one, or "
            "write another name."
        )
    ),
    "file_name_without_folders": sentence(lambda: _("A file's name holds no folders.")),
    "countersigning_in_few_words": sentence(lambda: _("A comment has at most 1,000 characters.")),
}
