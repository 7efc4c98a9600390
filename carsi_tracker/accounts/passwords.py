"""What a password may not rest on, beside Django's own rules."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = (
    "carsi", "tracker", "ledger", "analyst", "approver", "administrator", "admin",
    "honduras", "guatemala", "salvador", "nicaragua", "password", "contraseña",
)  # fmt: skip
"""What somebody who knows the site, and no more, would try; docs/security.md lists them too."""
LEAST_BESIDE = 8


class RestsOnOurWords:
    """A rule of Django's kind: beside the words of the site so many characters are its own."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse what is too short without those words; raises ValidationError."""
        words = re.compile("|".join(WORDS), re.IGNORECASE)
        if words.search(password) and len(words.sub("", password)) < LEAST_BESIDE:
            message = _(
                "Who knows this site would guess a part of this password. "
                "Beside such words it needs %d characters of its own."
            )
            raise ValidationError(message % LEAST_BESIDE, "rests_on_our_words")

    def get_help_text(self) -> str:
        """Return what is asked of a password."""
        return _("Your password can’t rest on words of this site.")
