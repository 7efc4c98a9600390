"""Make the dump from which `test_upgrade` starts, by the code of the release that is being left.

    .ci/other-postgresql .venv/bin/python -m tests.database.filled tests/database/filled.sql.xz

It needs the oldest PostgreSQL that the tracker runs on, so that every later one restores the dump:
its pg_dump has to be the first on the path. The database in the environment is emptied.
"""

import lzma
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command


def main(dump: Path) -> None:
    """Fill a database with one of everything, and dump it to a file."""
    from carsi_tracker.database import address

    call_command("migrate", verbosity=0)
    call_command("load_ledger", verbosity=0)
    fill()
    words = ("pg_dump", "--no-owner", address.owner().url)
    lines = subprocess.run(words, capture_output=True, check=True).stdout
    # Words that psql knows only since August 2025.
    plain = re.sub(rb"^\\(un)?restrict .*\n", b"", lines, flags=re.MULTILINE)
    dump.write_bytes(lzma.compress(plain, preset=9 | lzma.PRESET_EXTREME))


def fill() -> None:
    """Add people, and work in every state, to the sourced ledger."""
    from carsi_tracker.ledger import posting
    from carsi_tracker.ledger.media_types import add_file
    from carsi_tracker.ledger.models import Commitment, Country, Stage
    from tests import factories

    ana = factories.analyst(username="ana", first_name="Ana", last_name="Núñez")
    pablo = factories.approver(username="pablo", first_name="Pablo; for the Office")
    ada = factories.administrator(username="ada")
    factories.person(username="gone", is_active=False)
    for person in (ana, pablo, ada):
        person.set_password("of the dump")
        person.save()

    letter = factories.document(ana, key="letter-of-the-dump", title="A letter, with its file")
    with posting.acting(ana):
        add_file(letter, "letter.txt", b"The sum is $1,000.00, committed for a year.\n")
    known = Commitment.objects.get(reference="CARSI-08-INCLE-05")
    place = {name: getattr(known, name) for name in ("appropriation", "area", "country", "agency")}

    wrong = factories.batch(ana, title="An amount that is taken back later")
    mistaken = factories.commitment(wrong, **place, reference="DUMP-TAKEN-BACK")
    factories.line(wrong, mistaken, Stage.COMMITTED, 1_000, document=letter)
    version = factories.posted(wrong, pablo)
    reversal = posting.reverse(version, ana, "Taken back", "It was entered twice")
    posting.post(reversal, pablo, posting.submit(reversal, ana))

    moving = factories.batch(ana, title="Moved to Belize")
    belize = Country.objects.get(code="BZ")
    successor = factories.commitment(
        moving, **place | {"country": belize}, reference="DUMP-MOVED", replaces=known
    )
    for entry in known.entries.all():
        for commitment, sign in ((known, -1), (successor, 1)):
            factories.line(
                moving, commitment, Stage(entry.stage), sign * entry.amount,
                entry.effective_date, document=letter,
            )  # fmt: skip
    factories.posted(moving, pablo)

    draft = factories.batch(ana, title="A draft")
    factories.line(
        draft, factories.commitment(draft, **place, reference="DUMP-DRAFT"),
        Stage.COMMITTED, 2_000, date(2009, 3, 13), document=letter,
    )  # fmt: skip
    posting.remark(draft.pk, pablo, "Which page is it on?")
    waiting = factories.batch(ana, title="A batch that waits for an approver")
    factories.line(
        waiting, factories.commitment(waiting, **place, reference="DUMP-WAITS"),
        Stage.COMMITTED, 3_000, document=letter,
    )  # fmt: skip
    factories.submitted(waiting)


if __name__ == "__main__":
    from carsi_tracker.database import address

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("SECRET_KEY", "signs nothing")
    address.act_as_owner()
    django.setup()
    main(Path(sys.argv[1]))
