"""Postings and corrections as drills make them: by the tracker's own code, in a process."""

import secrets
from pathlib import Path

from django.conf import settings

from tests.drills.clusters import Cluster
from tests.drills.machines import manage

POST = """
from itertools import count
from tests import factories
factories._serial = count({first})
factories.funded({amount})
from carsi_tracker.ledger.models import LedgerHead
print(LedgerHead.objects.get().version)
"""
RENAME = """
from tests import factories
from carsi_tracker.ledger import posting
from carsi_tracker.ledger.models import Country
with posting.acting(factories.administrator(username="renamer-{first}"), "as it calls itself"):
    Country.objects.filter(name_en={old!r}).update(name_en={new!r})
"""


def post(checkout: Path, at: Cluster, amount: int = 1_000) -> int:
    """Post an appropriation of so many dollars; return the version that this makes."""
    return int(_run(checkout, at, POST, amount=amount).split()[-1])


def rename_country(checkout: Path, at: Cluster, old: str, new: str) -> None:
    """Correct the English name of a country."""
    _run(checkout, at, RENAME, old=old, new=new)


def _run(checkout: Path, at: Cluster, script: str, **values: object) -> str:
    code = script.format(first=secrets.randbelow(10**8), **values)
    root = str(settings.BASE_DIR)
    return manage(checkout, "shell", "--no-imports", "-c", code, PYTHONPATH=root, **at.environment)
