"""What a web process counts for Prometheus; the only place where that is declared.

All processes of a machine count together where METRICS_PORT is set, each in a file of its own.
"""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
METHODS = frozenset({"GET", "HEAD", "POST"})

REQUESTS = Counter(
    "carsi_requests", "Requests, by the name of the page", ["route", "method", "status"]
)
SECONDS = Histogram(
    "carsi_request_seconds", "Seconds until an answer was made", ["route"], buckets=BUCKETS
)
PUBLIC_ANSWERS = Counter("carsi_public_answers", "Public pages, by their origin", ["origin"])
UNCHANGED, FROM_CACHE, COMPUTED = map(PUBLIC_ANSWERS.labels, ("unchanged", "cache", "computed"))
BUSY = Counter("carsi_busy", "Requests for dear pages that were refused for want of a place")
REFUSALS = Counter("carsi_refusals", "What rules of the ledger refused, tries too", ["rule"])
IMPORT_ROWS = Counter("carsi_import_rows", "Rows of tables that became a draft or a part of one")
SIGN_INS_REFUSED = Counter("carsi_sign_ins_refused", "Refused sign-ins, by why", ["why"])
MAILS_FAILED = Counter("carsi_mails_failed", "Times that mails could not be sent")
REMEMBERED = Gauge(
    "carsi_remembered_bytes",
    "What web processes remember of figures, as they weigh it",
    multiprocess_mode="livesum",
)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(route, verb, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
