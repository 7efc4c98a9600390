"""Public pages travel compressed where the browser takes them so."""

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("sourced")


def test_a_page_is_compressed_for_whoever_takes_it_so(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity, gzip; q=0.0"])
def test_nobody_gets_what_they_do_not_take(client: Client, accepted: str) -> None:
    client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": accepted})


def test_each_form_of_a_page_has_an_etag_of_its_own(client: Client) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    etag = packed["ETag"]
    again = client.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert again.status_code == 304
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 200


def test_an_image_is_not_compressed_twice(client: Client) -> None:
    response = client.get("/charts/bar.png", headers={"Accept-Encoding": "gzip"})
    assert response.content.startswith(b"\x89PNG")
    assert "Content-Encoding" not in response
