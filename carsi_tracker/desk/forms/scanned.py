"""Files that people send are given to the installation's scanner before anything is kept."""

import logging
import os
import subprocess
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_SCAN = 20  # seconds; somebody waits, and a draft may be locked meanwhile
INFECTED = 1

logger = logging.getLogger(__name__)


def refuse_infected(file: Any) -> None:
    """Refuse a file that the scanner finds harmful, or can't answer for; raises ValidationError."""
    if not settings.UPLOAD_SCANNER:
        return
    content = file.read()
    file.seek(0)
    answer = _answer_of_scanner(content)
    if answer == 0:
        return
    if answer == INFECTED:
        logger.warning("The scanner of uploads refused a file of %d bytes", len(content))
        message = _(
            "A scanner found something harmful in this file, so nothing was kept. "
            "Get the file again from where it was published."
        )
        raise ValidationError(message, "infected")
    logger.error("The scanner of uploads gave no answer: %s", answer)
    message = _(
        "The file couldn’t be scanned just now, so nothing was kept. "
        "Try again; if it goes on, tell an administrator."
    )
    raise ValidationError(message, "not_scanned")


def _answer_of_scanner(content: bytes) -> int | str:
    """Return the scanner's exit status, or why there is none. It is told none of our secrets."""
    try:
        done = subprocess.run(  # noqa: S603 (the installation's own command)
            settings.UPLOAD_SCANNER,
            input=content,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath)},
            timeout=LONGEST_SCAN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not within {LONGEST_SCAN} seconds"
    except OSError as error:
        return str(error)
    return done.returncode if done.returncode in {0, INFECTED} else f"exit {done.returncode}"
