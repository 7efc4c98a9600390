"""The tracker's addresses, and a view that does nothing behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from carsi_tracker.urls import urlpatterns as tracker


def nothing(_request: HttpRequest) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse()


urlpatterns = [path("nothing/", nothing), *tracker]
