"""Whether the tracker can answer, for load balancers."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """Answer 200 where the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select version from ledger_head")
    except Error:
        return HttpResponse("the database does not answer\n", "text/plain", status=503)
    return HttpResponse("ok\n", "text/plain")


class AnswerProbes:
    """Answer `/health/` whatever host is asked for: load balancers probe by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return health(request) if request.path_info == "/health/" else self.get_response(request)
