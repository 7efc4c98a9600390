"""How long a file waits that is uploaded to be read."""

from datetime import timedelta

from django.utils import timezone

from carsi_tracker.ledger.models import Upload

KEPT_FOR = timedelta(days=1)


def remove_old_uploads() -> int:
    """Remove files that wait for longer than that, and say how many."""
    removed, _by_model = Upload.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
    return removed
