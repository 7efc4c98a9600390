"""The addresses of the desk and of one's account, an example of each kind."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver

from carsi_tracker.desk.people import account


def of_the_desk() -> Iterator[str]:
    """Give an address of each kind that the desk has, whether a row of it is there or not."""
    return _below("/admin/", admin.site.urls[0])


def of_an_account() -> Iterator[str]:
    """Give the addresses of signing in, and of how one does."""
    return _below("/account/", account.urlpatterns)


def _below(before: str, patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        part = re.sub(r"<[^>]*>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(before + part, pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and "(" not in part:
            yield before + part
