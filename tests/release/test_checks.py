"""`manage.py check --deploy` says what is of another release than the code."""

from tests.copies import Copy

COLLECT = ("manage.py", "collectstatic", "--no-input", "--verbosity", "0")


def said(copy: Copy) -> str:
    return copy.run("manage.py", "check", "--deploy").stderr


def test_static_files_and_messages_of_another_release_are_told(copy: Copy) -> None:
    assert "static files are those of another release" in said(copy)
    assert copy.run(*COLLECT).returncode == 0
    assert "of another release" not in said(copy)
    with (copy.folder / "static" / "site.css").open("a") as style:
        style.write("a { color: red }")
    assert "static files are those of another release" in said(copy)
    assert copy.run(*COLLECT).returncode == 0
    with (copy.folder / "locale/es/LC_MESSAGES/django.po").open("a") as catalogue:
        catalogue.write('\nmsgid "A new one"\nmsgstr "Uno nuevo"\n')
    assert "The messages of es are those of another release" in said(copy)
    assert copy.run(*COLLECT).returncode == 0
    assert "of another release" not in said(copy)
