"""A page of another site that shows charts and key numbers of the tracker."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from carsi_tracker.exports.embed.embeds import CHARTS, NARROW_NUMBER_HEIGHT, NUMBER_HEIGHT
from tests.browser.conftest import Site

Open = Callable[..., Page]


@pytest.fixture
def elsewhere(site: Site) -> Iterator[str]:
    """Return the address of another site, whose page frames what is copied from ours."""
    frames = "".join(
        f'<iframe id="{name}" src="{site.address}/embed/{name}/" width="100%" height="{high}">'
        "</iframe>"
        for name, high in [
            *((name, chart.height) for name, chart in CHARTS.items()),
            ("committed", NUMBER_HEIGHT),
        ]
    )

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            narrow = self.path == "/narrow"
            body = frames
            if narrow:
                for chart in CHARTS.values():
                    body = body.replace(f'height="{chart.height}"', f'height="{chart.narrow}"')
                body = body.replace(f'"{NUMBER_HEIGHT}"', f'"{NARROW_NUMBER_HEIGHT}"')
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html>{body}".encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("width", "page_of"), [(660, "/"), (360, "/narrow")])
def test_another_site_shows_each_chart_whole_in_its_frame(
    elsewhere: str, open_page: Open, width: int, page_of: str
) -> None:
    page = open_page(width)
    page.goto(elsewhere + page_of)
    for name in [*CHARTS, "committed"]:
        frame = page.frame_locator(f"#{name}")
        expect(frame.locator("h1")).to_be_visible()
        expect(frame.locator("footer a").first).to_have_text("CARSI Tracker")
        whole = frame.locator(":root")
        high, wide = whole.evaluate("root => [root.scrollHeight - innerHeight, root.scrollWidth]")
        assert high <= 0, name
        assert wide <= width, name
