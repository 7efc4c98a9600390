from pathlib import Path

import pytest
from django.db import connection

from tests import databases
from tests.copies import Copy, copied


@pytest.fixture
def copy(tmp_path: Path, sourced: None) -> Copy:
    """Give a copy of the tracker on the sourced ledger, of which nothing is collected yet."""
    return copied(tmp_path, databases.application_of(str(connection.settings_dict["NAME"])))
