"""The addresses of what machines read; the pages again under `/es/`."""

from django.urls import URLPattern

pages: list[URLPattern] = []

files: list[URLPattern] = []
