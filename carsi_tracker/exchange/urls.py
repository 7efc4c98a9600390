"""The public addresses of downloads."""

from django.urls import path

from carsi_tracker.exchange import downloads

pages = [
    path("data/", downloads.data, name="data"),
    path("tables/<slug:name>.<str:kind>", downloads.table_file, name="table-file"),
]
