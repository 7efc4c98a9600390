"""A release reaches everything: pages, their tags, static files, both languages."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from time import time

from django.conf import settings

from carsi_tracker.release.content import release_of
from tests.copies import Copy

COLLECT = ("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
DAY = 86_400
ASKED = (
    "/about/", "/es/about/", "/feed/", "/charts/bar.svg", "/tables/versions.csv",
    "/tables/versions.csv-metadata.json", "/sitemap.xml", "/robots.txt",
)  # fmt: skip


def change(path: Path, old: str, new: str) -> None:
    """Change a text in a file, which has it."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_reader_of_an_older_release_is_given_the_new_page(copy: Copy) -> None:
    assert copy.run(*COLLECT).returncode == 0
    with copy.served() as server:
        before = {path: server.get(path) for path in ASKED}
        assert {answer.status for answer in before.values()} == {200}
        assert "Métodos" in before["/es/about/"].body
        again = server.get("/about/", If_None_Match=before["/about/"].headers["ETag"])
        assert again.status == 304
    (stylesheet,) = re.findall(r"/static/site\.\w+\.css", before["/about/"].body)
    with (copy.folder / "static" / "site.css").open("a") as style:
        style.write("\n:root { --anew: 1 }\n")
    change(copy.folder / "templates" / "reports" / "about.html", "</h1>", " anew</h1>")
    assert copy.run(*COLLECT, "--clear").returncode == 0
    with copy.served() as server:
        for path, kept in before.items():
            answer = server.get(path, If_None_Match=kept.headers["ETag"])
            assert answer.status == 200, path
        page = server.get("/about/", If_None_Match=before["/about/"].headers["ETag"])
        assert " anew</h1>" in page.body
        (new_stylesheet,) = re.findall(r"/static/site\.\w+\.css", page.body)
        assert new_stylesheet != stylesheet
        assert "--anew" in server.get(new_stylesheet).body
        old = server.get(stylesheet)  # which a page that somebody kept still names
        assert (old.status, "--anew" in old.body) == (200, False)


def test_without_messages_or_static_files_it_starts_not_and_says_what_to_do(copy: Copy) -> None:
    for compiled in (copy.folder / "locale").rglob("*.mo"):
        compiled.unlink()
    starts = ("-c", "import carsi_tracker.wsgi")
    for words in (("manage.py", "check"), starts):
        refused = copy.run(*words)
        assert refused.returncode == 1
        assert "The messages of es are not compiled" in refused.stderr
        assert "run manage.py collectstatic" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert copy.run(*COLLECT).returncode == 0
    assert copy.run("manage.py", "check").returncode == 0
    assert copy.run(*starts).returncode == 0
    shutil.rmtree(copy.folder / "var" / "static")
    refused = copy.run(*starts)
    assert refused.returncode == 1
    assert refused.stderr == "No static files are collected: run manage.py collectstatic.\n"


def test_a_file_that_no_page_names_is_kept_for_a_month(copy: Copy) -> None:
    collected = copy.folder / "var" / "static"
    assert copy.run(*COLLECT).returncode == 0
    (first,) = collected.glob("site.????????????.css")
    with (copy.folder / "static" / "site.css").open("a") as style:
        style.write("\n:root { --anew: 1 }\n")
    aged(first, days=300)  # collected long ago, and named until now
    assert copy.run(*COLLECT).returncode == 0
    assert first.exists()
    (second,) = set(collected.glob("site.????????????.css")) - {first}
    for path in collected.rglob("*"):
        aged(path, days=29)
    assert copy.run(*COLLECT).returncode == 0
    assert first.exists()
    for path in collected.rglob("*"):
        aged(path, days=31)
    assert copy.run(*COLLECT).returncode == 0
    assert not list(collected.glob(f"{first.name}*"))
    assert second.exists()
    assert (collected / f"{second.name}.gz").exists()


def aged(path: Path, days: int) -> None:
    """Let a file be older than it is."""
    os.utime(path, (time() - days * DAY,) * 2)


def in_the_manifest(folder: Path) -> None:
    manifest = folder / "var" / "static" / "staticfiles.json"
    manifest.write_text(json.dumps({"paths": {"b.css": "b.2.css", "a.css": "a.1.css"}}))


CHANGES: dict[str, Callable[[Path], object]] = {
    "Python": lambda copy: (copy / "carsi_tracker" / "urls.py").write_text("# changed"),
    "SQL": lambda copy: next((copy / "carsi_tracker").rglob("*.sql")).write_text("-- changed"),
    "a template": lambda copy: (copy / "templates" / "404.html").write_text("changed"),
    "a template more": lambda copy: (copy / "templates" / "new.html").write_text("new"),
    "a template less": lambda copy: (copy / "templates" / "404.html").unlink(),
    "a stylesheet": lambda copy: (copy / "static" / "site.css").write_text("changed"),
    "the glossary": lambda copy: (copy / "content" / "glossary.toml").write_text("# changed"),
    "messages": lambda copy: next((copy / "locale").rglob("*.mo")).write_bytes(b"changed"),
    "the map": lambda copy: next((copy / "fixtures").glob("*.geojson")).write_text("{}"),
    "libraries": lambda copy: (copy / "requirements.txt").write_text("Django==9"),
    "names of static files": in_the_manifest,
}


def test_whatever_of_a_release_changes_makes_another_one(tmp_path: Path) -> None:
    root = Path(settings.BASE_DIR)
    first = tmp_path / "first"
    for name in ("carsi_tracker", "templates", "static", "content", "locale", "fixtures"):
        shutil.copytree(root / name, first / name)
    (first / "var" / "static").mkdir(parents=True)
    shutil.copy(root / "requirements.txt", first)
    (first / "var" / "static" / "staticfiles.json").write_text(
        json.dumps({"paths": {"a.css": "a.1.css", "b.css": "b.1.css"}})
    )
    releases = {released(first)}
    for number, change_ in enumerate(CHANGES.values()):
        other = tmp_path / str(number)
        shutil.copytree(first, other)
        assert released(other) in releases
        change_(other)
        releases.add(released(other))
    assert len(releases) == 1 + len(CHANGES)


def test_what_says_nothing_of_a_release_changes_nothing(tmp_path: Path) -> None:
    for folder in ("templates", "static", "carsi_tracker/__pycache__"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "templates" / "a.html").write_text("a")
    before = released(tmp_path)
    aged(tmp_path / "templates" / "a.html", days=5)
    (tmp_path / "carsi_tracker" / "__pycache__" / "a.pyc").write_bytes(b"a")
    (tmp_path / "notes.txt").write_text("mine")
    assert released(tmp_path) == before


def released(folder: Path) -> str:
    """Return the release in a folder."""
    return release_of(folder, folder / "var" / "static" / "staticfiles.json")
