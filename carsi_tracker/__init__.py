"""Which version of the tracker this is, for people: CHANGELOG.md says what each brought."""

__version__ = "0.6.0"

SOFTWARE = f"CARSI Tracker {__version__}"
"""What stands in the foot of pages, and in files as the program that made them."""
