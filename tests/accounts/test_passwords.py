"""No password rests on words that everyone who knows the site would try."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from carsi_tracker.accounts.passwords import WORDS


@pytest.mark.parametrize(
    "password", ["CARSI-Tracker-2026", "contraseña-123", "AdministratorApprover"]
)
def test_a_password_of_our_words_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="Who knows this site would guess"):
        validate_password(password)


def test_our_words_are_no_harm_beside_enough_of_its_own() -> None:
    validate_password("a long walk by the carsi tracker")


def test_the_document_lists_the_words() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text()
    assert [word for word in WORDS if f"`{word}`" not in text] == []
