"""Enter in a form of the desk presses the button that is meant."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
BUTTON = re.compile(r'<button type="submit"[^>]*>')


def test_a_form_with_several_buttons_begins_with_the_one_that_enter_presses() -> None:
    several = [
        (template.name, buttons[0])
        for template in sorted((ROOT / "templates" / "desk").glob("*.html"))
        for form in FORM.findall(template.read_text())
        if len(buttons := BUTTON.findall(form)) > 1
    ]
    assert {"allocation.html", "move.html", "_table.html", "_record.html"} <= dict(several).keys()
    for name, first in several:
        assert "desk-default" in first or 'name="_again"' in first, name
