"""What the environment says: a blank variable is not set, a wrong one is named in one sentence."""

import os
import shlex
import shutil
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return what a variable holds, or the default where it is blank or missing."""
    value = os.environ.get(name, "")
    return value if value.strip() else default


def number(name: str, default: int, lowest: int, highest: int) -> int:
    """Return the whole number that a variable holds. Raises ImproperlyConfigured."""
    value = text(name, str(default)).strip()
    plain = value.isascii() and value.isdigit() and len(value) < 10
    if not (plain and lowest <= int(value) <= highest):
        message = f"{name} is {value!r}; it has to be a number from {lowest} to {highest}."
        raise ImproperlyConfigured(message)
    return int(value)


def choice(name: str, *words: str) -> str:
    """Return which of some words a variable holds, "" for none. Raises ImproperlyConfigured."""
    value = text(name).strip()
    if value and value not in words:
        message = f"{name} is {value!r}; it has to be {' or '.join(words)}, or left away."
        raise ImproperlyConfigured(message)
    return value


def all_or_none(said: Mapping[str, str], what: str) -> bool:
    """Say whether variables that need each other are set. Raises ImproperlyConfigured for some.

    `said` is what each holds; `what` needs them all.
    """
    missing = [name for name, value in said.items() if not value]
    if missing and any(said.values()):
        message = f"{missing[0]} is not set; {what} {', '.join(said)}, or none of them."
        raise ImproperlyConfigured(message)
    return not missing


def address_of(name: str, *schemes: str) -> str:
    """Return the URL that a variable holds, "" for none. Raises ImproperlyConfigured."""
    value = text(name).strip()
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        message = f"{name} has to begin with {schemes[0]}://."  # its value may hold a password
        raise ImproperlyConfigured(message)
    return value


def mail_address(name: str, default: str = "") -> str:
    """Return the mail address that a variable holds. Raises ImproperlyConfigured."""
    value = text(name, default).strip()
    if value and ("@" not in value or "\n" in value):
        raise ImproperlyConfigured(f"{name} is {value!r}; it has to be a mail address.")
    return value


def mail_addresses(name: str) -> list[str]:
    """Return the mail addresses that a variable holds. Raises ImproperlyConfigured."""
    addresses = [address.strip() for address in text(name).split(",") if address.strip()]
    for address in addresses:
        if "@" not in address or "\n" in address or " " in address:
            message = f"{name} holds {address!r}; it has to be mail addresses, separated by commas."
            raise ImproperlyConfigured(message)
    return addresses


def addresses_of(name: str, scheme: str) -> list[str]:
    """Return the URLs that a variable holds, separated by spaces. Raises ImproperlyConfigured."""
    addresses = text(name).split()
    for address in addresses:
        if not address.startswith(f"{scheme}://"):
            message = f"{name} has to hold URLs that begin with {scheme}://."
            raise ImproperlyConfigured(message)
    return addresses


def host_names(name: str, *default: str) -> list[str]:
    """Return the host names that a variable holds. Raises ImproperlyConfigured."""
    hosts = [host.strip() for host in text(name).split(",") if host.strip()]
    for host in hosts:
        if "/" in host or " " in host:
            message = f"{name} holds {host!r}; it has to be host names, separated by commas."
            raise ImproperlyConfigured(message)
    return hosts or list(default)


def command(name: str) -> list[str]:
    """Return the words of the command that a variable holds. Raises ImproperlyConfigured."""
    value = text(name)
    try:
        words = shlex.split(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} has a quotation mark that is not closed.") from None
    if words and shutil.which(words[0]) is None:
        message = f"{name} begins with {words[0]!r}; it has to be a program that can be run."
        raise ImproperlyConfigured(message)
    return words


def forget_libpq() -> None:
    """Forget what libpq would read: it is about other servers than the embedded one."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
