from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic

from carsi_tracker.release.messages import compile_messages
from carsi_tracker.release.static import named_files, retire


class Command(collectstatic.Command):
    help = (
        "Collects static files and compiles messages, once a release. Files of earlier releases "
        "are kept for 30 days after the last release that named them, also with --clear."
    )

    def collect(self) -> dict[str, list[str]]:
        """Collect, and forget what no page names any more."""
        if self.dry_run:
            return super().collect()
        compile_messages()
        before = named_files()
        found: dict[str, Any] = super().collect()
        retire(Path(settings.STATIC_ROOT), before)
        return found

    def clear_dir(self, path: str) -> None:
        """Leave what is collected: pages that somebody kept name it."""
