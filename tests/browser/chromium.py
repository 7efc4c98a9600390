"""Finds a Chromium or Chrome for the browser tests, and gets one where there is none."""

import os
import shutil
import subprocess
import sys

SHELL = (
    "chromium-headless-shell"  # the same engine for a third less of the processor; no PDF viewer
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(*, whole: bool = True) -> str | None:
    """Return the path of a browser: `CHROMIUM`, one that is installed, or Playwright's own.

    One that need not be `whole`, and show PDF files, may be the one without windows.
    """
    names = NAMES if whole else (SHELL, *NAMES)
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    found = next((path for path in candidates if path and os.path.exists(path)), None)  # noqa: PTH110
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        subprocess.run(["apt-get", "-qq", "install", "-y", "chromium"], check=False)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Make sure that there is a browser, or say in one line what to install."""
    if find() is None:
        print("Getting a browser for the tests", flush=True)  # noqa: T201
        _install()
    if find() is None:
        sys.exit(
            "No Chromium or Chrome was found: install one, or name it by CHROMIUM=/path/to/it."
        )


if __name__ == "__main__":
    main()
