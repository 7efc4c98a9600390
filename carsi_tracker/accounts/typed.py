"""What somebody typed whose session had ended: it waits until they have signed in again.

Until then it travels in the sign-in page, signed, so that nobody who isn't let in can fill the
database; from the password on it stands in the session.
"""

from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from carsi_tracker.accounts.models import User

FIELD = "typed"
"""Its name in the sign-in form, and in the session."""
PERSON = "_person"
"""The field in which a form says to whom it was shown."""
SECRET = ("csrfmiddlewaretoken", "password")
HOURS = 12


def packed(request: HttpRequest) -> str:
    """Return what a request sent to its address, signed; passwords and files are left out."""
    posted = request.POST.copy()
    for name in list(posted):
        if any(secret in name for secret in SECRET):
            del posted[name]
    sent = {"path": request.get_full_path(), "posted": posted.urlencode()}
    return signing.dumps(sent, salt=FIELD, compress=True)


def keep(request: HttpRequest, signed: str, person: User) -> str | None:
    """Keep in the session what `packed` returned; return the address that it was typed for.

    None where it is older than a session lasts, not ours, or was typed by another person.
    """
    try:
        sent: dict[str, Any] = signing.loads(signed, salt=FIELD, max_age=HOURS * 60 * 60)
    except signing.BadSignature:
        return None
    own = str(person.pk)
    if QueryDict(sent["posted"]).get(PERSON, own) != own:
        return None
    request.session[FIELD] = sent
    return str(sent["path"])


def take(request: HttpRequest) -> QueryDict | None:
    """Return, once, what was typed for the address of this request."""
    sent = request.session.get(FIELD)
    if sent is None or sent["path"] != request.get_full_path():
        return None
    del request.session[FIELD]
    return QueryDict(sent["posted"], mutable=True)
