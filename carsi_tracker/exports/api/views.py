"""The addresses of the API: each list, one row of each, and figures by what is asked."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils.http import quote_etag
from ninja import NinjaAPI

from carsi_tracker.exports.api import figures
from carsi_tracker.exports.api.answers import CURSOR, ApiAnswer, path_of, without_cursor
from carsi_tracker.exports.api.cursors import ACCEPTED, key_of
from carsi_tracker.exports.api.fields import api_fields
from carsi_tracker.exports.api.openapi import description
from carsi_tracker.exports.api.problems import of_bad_address, problem
from carsi_tracker.exports.api.rows import NoSuchKey
from carsi_tracker.exports.api.schema import answer_model, row_model
from carsi_tracker.exports.api.tables import API_TABLES, ApiTable
from carsi_tracker.ledger.models import Stage
from carsi_tracker.reports.page.address import site_of
from carsi_tracker.reports.page.answering import answer, takes_gzip
from carsi_tracker.reports.page.parameters import BadAddress
from carsi_tracker.reports.page.public_page import PublicRequest, public_page
from carsi_tracker.web.headers import shown_elsewhere

api = NinjaAPI(version="1", urls_namespace="api", openapi_url=None, docs_url=None)
METHODS = ["GET", "HEAD"]


@api.exception_handler(Http404)
def _as_everywhere(_request: HttpRequest, missing: Http404) -> HttpResponse:
    """Leave what does not exist to the site, which says so of all addresses alike."""
    raise missing


def _in_json(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse who takes no JSON, and who asks for a numbered page, before an answer is looked up."""

    @wraps(view)
    def in_json(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.accepts("application/json"):
            refused = problem(406)
            refused["Cache-Control"] = "no-store"
            return refused
        if "page" in request.GET:
            because = "There are no numbered pages here. Follow “next” of an answer."
            return of_bad_address(request, BadAddress("page", request.GET["page"], "", because))
        return view(request, *args, **kwargs)

    return in_json


def _after(request: HttpRequest, public: PublicRequest) -> str | None:
    """Return the key after which rows are asked for. Raises BadAddress."""
    token = dict(public.address.own).get(CURSOR)
    if token is None:
        return None
    question = replace(without_cursor(public.address), query=public.query.permanent())
    return key_of(token, request.path + question.query_string(), public.query)


def _listed(table: ApiTable) -> Callable[[HttpRequest], HttpResponseBase]:
    source = table.table

    @public_page(sorts=source.sorts, own=(*source.own, CURSOR), file=True, refused=of_bad_address)
    def listed(request: HttpRequest, public: PublicRequest) -> HttpResponse:
        public = public if source.filtered else public.everywhere()
        after = _after(request, public)
        try:
            part = table.part(public, after)
        except NoSuchKey:
            raise BadAddress(CURSOR, dict(public.address.own)[CURSOR], ACCEPTED) from None
        address = replace(without_cursor(public.address), query=public.query.permanent())
        return ApiAnswer(
            part.rows,
            part.count,
            part.last,
            path_of(table.page, address) if table.page else None,
            path_of("table-file", address, source.name, "csv"),
            table.summed(public),
            table.stage,
        ).response(request, public)

    return _in_json(listed)


def _one(table: ApiTable) -> Callable[..., HttpResponseBase]:
    @public_page(file=True, refused=of_bad_address)
    def one(request: HttpRequest, public: PublicRequest, key: str) -> HttpResponse:
        public = public.everywhere()
        try:
            row = table.one(public, key)
        except NoSuchKey:
            raise Http404 from None
        address = replace(public.address, query=public.query.permanent())
        return ApiAnswer([row], 1, html=table.html(row, address)).response(request, public)

    return _in_json(one)


def _is_large(_request: HttpRequest, public: PublicRequest) -> bool:
    names = dict(public.address.own).get("by", "").split(",")
    return not figures.LARGE.isdisjoint(names)


@_in_json
@public_page(own=("by", CURSOR), dear=_is_large, file=True, refused=of_bad_address)
def _figures(request: HttpRequest, public: PublicRequest) -> HttpResponse:
    names = figures.asked(dict(public.address.own).get("by", ""))
    after = _after(request, public)
    try:
        part = figures.part(public, names, after)
    except NoSuchKey:
        raise BadAddress(CURSOR, dict(public.address.own)[CURSOR], ACCEPTED) from None
    address = replace(public.address, query=public.query.permanent(), own=())
    return ApiAnswer(
        part.rows,
        part.count,
        part.last,
        path_of("entries", address),
        path_of("table-file", address, "entries", "csv"),
        public.query,
        Stage.COMMITTED,
    ).response(request, public)


def _add(table: ApiTable) -> None:
    """Let a list, and each row of it by its key, be asked for."""
    name = "".join(word.capitalize() for word in table.name.split("-"))
    model = answer_model(f"{name}Answer", row_model(f"{name}Row", table.fields))
    answers_list, answers_one = _listed(table), _one(table)
    slug = table.name.replace("-", "_")

    @api.api_operation(METHODS, f"/{table.name}", response=model, operation_id=f"list_{slug}",
                       url_name=table.name)  # fmt: skip
    def listed(request: HttpRequest) -> Any:
        return answers_list(request)

    @api.api_operation(METHODS, f"/{table.name}/{{path:key}}", response=model,
                       operation_id=f"get_{slug}", url_name=f"{table.name}-one")  # fmt: skip
    def one(request: HttpRequest, key: str) -> Any:
        return answers_one(request, key=key)


for _table in API_TABLES.values():
    _add(_table)


FIGURES_ROW = row_model(
    "FiguresRow",
    (*figures.dimension_fields(tuple(figures.BY)), *api_fields(figures.SUMS)),
    figures.BY,
)


@api.api_operation(METHODS, "/figures", response=answer_model("FiguresAnswer", FIGURES_ROW),
                   operation_id="list_figures", url_name="figures")  # fmt: skip
def by_dimensions(request: HttpRequest) -> Any:
    """Answer the sums of each value of what is asked by."""
    return _figures(request)


def openapi(request: HttpRequest) -> HttpResponseBase:
    """Answer the description of the API."""
    depends_on = (settings.RELEASE, site_of(request), takes_gzip(request))
    etag = quote_etag(hashlib.sha256(repr(depends_on).encode()).hexdigest()[:32])

    def made() -> HttpResponse:
        said = description(request, api)
        return JsonResponse(said, json_dumps_params={"ensure_ascii": False})

    return answer(request, etag, made, dear=False)


def _nothing(_request: HttpRequest, **_rest: str) -> HttpResponse:
    raise Http404


def _to_the_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("api"))


def addresses() -> list[URLPattern]:
    """Return all addresses below `/api/v1/`; what else is asked there exists nowhere."""
    asked = [
        (f"{each.pattern}", each.callback, f"api-{each.name}")
        for each in api.urls[0]
        if isinstance(each, URLPattern) and each.name != "api-root"
    ]
    asked += [
        ("", _to_the_page, "api-root"),
        ("openapi.json", openapi, "api-openapi"),
        ("<path:rest>", _nothing, "api-none"),
    ]
    return [
        path(f"api/v1/{route}", shown_elsewhere(view), name=name) for route, view, name in asked
    ]
