"""Lines to copy that ask the API, one for each way of working; tests run them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Example:
    """Lines for a tool, and what they do."""

    name: str
    tool: str
    says: str
    lines: str


CURL = """\
curl --silent --location --compressed '{site}/api/v1/figures?by=country&as_of=2009-09-30'"""
PANDAS = """\
from decimal import Decimal

import pandas, requests

address, rows = "{site}/api/v1/entries?stage=committed&country=GT", []
while address:
    answer = requests.get(address, timeout=60)
    answer.raise_for_status()
    rows += answer.json()["data"]
    address = answer.json()["next"]
entries = pandas.DataFrame(rows)
entries["amount_usd"] = entries["amount_usd"].map(Decimal)
print(entries.groupby("fiscal_year")["amount_usd"].sum())"""
R = """\
library(jsonlite)
address <- "{site}/api/v1/commitments?area=community"
rows <- list()
while (!is.null(address)) {{
  answer <- fromJSON(address)
  rows <- c(rows, list(answer$data))
  address <- answer$`next`
}}
commitments <- do.call(rbind, rows)
print(sum(as.numeric(commitments$committed_usd), na.rm = TRUE))"""
SHEET = "{site}{language}/tables/countries.csv?as_of=2009-09-30"


def examples(site: str, language: str) -> list[Example]:
    """Return the lines for a site, in the language that is spoken."""
    path = "" if language == "en" else f"/{language}"
    return [
        Example("curl", "curl", _("All countries on one day, as JSON."), CURL.format(site=site)),
        Example(
            "pandas",
            _("Python with pandas"),
            _("A whole list, a thousand rows at a time, summed by fiscal year."),
            PANDAS.format(site=site),
        ),
        Example("r", "R", _("The commitments of an area."), R.format(site=site)),
        Example(
            "spreadsheet",
            _("A spreadsheet"),
            _(
                "In Excel: Data, From Web. In LibreOffice Calc: Sheet, Link to External Data. "
                "Paste this address of a file; the data can be refreshed later."
            ),
            SHEET.format(site=site, language=path),
        ),
    ]
