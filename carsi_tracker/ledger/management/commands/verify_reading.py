from carsi_tracker.ledger.management.commands import verify_ledger


class Command(verify_ledger.Command):
    help = (
        "The same as verify_ledger in the role of DATABASE_URL, which only reads; on a standby too."
    )
