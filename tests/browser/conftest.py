"""A real browser in front of the tracker as it is served."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from carsi_tracker.local.web_server import WebServer
from carsi_tracker.web.processes import bound
from tests import databases, factories
from tests.browser import chromium
from tests.conftest import Templates
from tests.desk.conftest import ALLOCATE, SUGGESTED

expect.set_options(timeout=20_000)  # several browsers share two cores

PASSWORD = "read the docs, then post"  # of people who exist in one test's database

END_SESSIONS = """
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
"""
REVISIONS = count(1_000_000, 1_000)
"""Of the words of each test's ledger, so that no process remembers those of another test."""


@dataclass(frozen=True)
class Site:
    """The tracker, served; `database` is its own."""

    address: str
    database: str


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[str | None], Browser]]:
    """Give what starts the browser of a path."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop beside Django's ORM
    with sync_playwright() as playwright:

        def start(path: str | None) -> Browser:
            assert path, "run `make test`, which gets a browser"
            words = [
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
            ]
            return playwright.chromium.launch(executable_path=path, args=words)

        yield start


@pytest.fixture(scope="session")
def browser(launch: Callable[[str | None], Browser]) -> Iterator[Browser]:
    with launch(chromium.find(whole=False)) as launched:
        yield launched


def employ(database: str) -> None:
    """Let an analyst, an approver and an administrator work on a ledger."""
    with databases.speaking_to(databases.application_of(database)):
        factories.analyst(username="ana", password=PASSWORD)
        factories.approver(username="petra", password=PASSWORD)
        factories.administrator(username="adela", password=PASSWORD)


@contextmanager
def served(database: str, template: str, folder: Path, blocker: Any) -> Iterator[Site]:
    """Serve a copy of a database as `make run` does, by two processes."""
    databases.make(database, template)
    with blocker.unblock():
        employ(database)
    server = WebServer(folder / "web.lock")
    with bound("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", databases.application_of(database).url)
            patch.setenv("WEB_PROCESSES", "2")
            server.start(listener)
        try:
            yield Site(f"http://127.0.0.1:{port}", database)
        finally:
            server.stop()
            server.lock.close()
    databases.remove(database)


@pytest.fixture(scope="session")
def site(
    templates: Templates,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[Site]:
    """The tracker with the sourced ledger, for tests that only read."""
    name = f"{databases.prefix(worker_id)}_site"
    folder = tmp_path_factory.mktemp("site")
    with served(name, templates.sourced, folder, django_db_blocker) as running:
        yield running


@pytest.fixture(scope="session")
def desk_served(
    templates: Templates,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[Site]:
    """The tracker, whose database is replaced for each test that writes."""
    name = f"{databases.prefix(worker_id)}_desk"
    folder = tmp_path_factory.mktemp("desk")
    with served(name, templates.sourced, folder, django_db_blocker) as running:
        yield running


@pytest.fixture
def desk_site(desk_served: Site, templates: Templates, django_db_blocker: Any) -> Site:
    """The tracker with the sourced ledger anew."""
    application = databases.application_of(desk_served.database)
    with psycopg.connect(application.conninfo()) as session:
        session.execute(END_SESSIONS)
    databases.make(desk_served.database, templates.sourced)
    with psycopg.connect(databases.owner_of(desk_served.database).conninfo()) as owner:
        owner.execute("update ledger_texts set revision = %s", [next(REVISIONS)])
    with django_db_blocker.unblock():
        employ(desk_served.database)
    return desk_served


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give what opens a page of its own, with the width, scheme and so on of a context."""
    contexts = []

    def open_one(width: int = 1280, **words: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **words)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_one
    for context in contexts:
        context.close()


def sign_in(page: Page, site: Site, username: str) -> None:
    """Sign somebody in at the desk."""
    page.goto(f"{site.address}/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def faults(page: Page, *, targets: bool = False) -> list[str]:
    """Return what axe finds on a page, with `targets` also what is too small to be pressed."""
    page.wait_for_load_state()
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": targets}}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


def is_wider_than_its_window(page: Page) -> bool:
    """Say whether the page has to be scrolled sideways."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def fill_in(page: Page, site: Site, **changes: str) -> None:
    """Fill the allocation form in, as the analyst of the story does."""
    page.goto(f"{site.address}{ALLOCATE}")
    page.get_by_label("Amount, U.S. dollars").fill(changes.get("amount", "250,000.00"))
    page.get_by_label("Effective date").fill(changes.get("date", "2008-09-04"))
    page.get_by_label("Appropriation", exact=True).select_option(index=option(page, "FMF FY2008"))
    page.get_by_label("Programming area").select_option(
        label="Law enforcement and security force assistance"
    )
    page.get_by_label("Country").select_option(label="Honduras")
    page.get_by_label("Agency").select_option(
        index=option(page, "U.S. Department of State, Bureau", "Agency")
    )
    page.get_by_role("textbox", name="Title", exact=True).fill("Patrol boats, Honduras")
    page.get_by_label("Source document").select_option(
        index=option(page, "FY 2008 Supplemental Appropriations Spending Plan", "Source document")
    )
    page.get_by_label("Page or section").fill("page 12, table 3")


def option(page: Page, start: str, label: str = "Appropriation") -> int:
    """Return the position of the choice whose text starts so."""
    field = page.get_by_label(label, exact=label == "Appropriation").first
    texts = field.locator("option").all_text_contents()
    return next(index for index, text in enumerate(texts) if text.startswith(start))


class Hand:
    """Does what a person does with a page, and counts it."""

    def __init__(self) -> None:
        self.count = 0

    def click(self, on: Locator) -> None:
        self.count += 1
        on.click()

    def fill(self, field: Locator, text: str) -> None:
        self.count += 1
        field.fill(text)

    def press(self, on: Locator, key: str) -> None:
        self.count += 1
        on.press(key)

    def choose(self, page: Page, label: str, start: str) -> None:
        self.count += 1
        field = page.get_by_label(label, exact=label == "Appropriation").first
        field.select_option(index=option(page, start, label))


def drafted(page: Page, site: Site) -> str:
    """Save an allocation of $250,000 as a draft and return its path, without the language."""
    fill_in(page, site)
    page.get_by_label("Appropriation", exact=True).select_option(index=option(page, "INCLE FY2008"))
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SUGGESTED)
    return page.url.removeprefix(site.address).removesuffix("change/")
