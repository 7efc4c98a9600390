"""Downloads are read by the importer, whose ways in are set up beside its own tests."""

from tests.imports.conftest import ana, any_way, command, file_way, paste, upload  # noqa: F401 (fixtures)
