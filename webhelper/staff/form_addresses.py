"""Pages that answered a form: where their form is, and their addresses in another language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed

from webhelper.staff.pages import PAGE_OF_FORM, QUERY_OF_PAGE
from webhelper.web.error_handlers import answer_http, wants_json
from webhelper.web.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

_SEARCHES: Final = ("search", "label")
_WORD: Final = re.compile(r"[\w.-]{1,100}", re.ASCII)
_OF_PAGES: Final = ("link_id", "number")  # what of a form's address is also of its page's
_IN_PATH: Final = "/!$&'()*+,;=:@"  # beside letters and digits (RFC 3986 section 3.3)
_MOST_CHARS: Final = 1000  # of an address in the session's cookie


def page_of_form(endpoint: str | None, places: Mapping[str, Any] | None) -> str | None:
    """Return the address of the page that has a form; None for one that is on many pages.

    Args:
        endpoint: of the form.
        places: what the form's address says, by name.
    """
    page = PAGE_OF_FORM.get(endpoint or "")
    kept = {name: value for name, value in (places or {}).items() if name in _OF_PAGES}
    return None if page is None else url_for(page, **kept)


def page_of_request() -> str | None:
    """Return the address of this request's page; for a form that was sent, of the page that has the form.

    None if it has more than 1,000 characters, or if the form is on many pages.
    """
    if request.method in ("GET", "HEAD"):
        path = quote(request.environ["PATH_INFO"], safe=_IN_PATH, encoding="latin-1")  # PEP 3333 decodes so
        address = f"{request.script_root}{path}?{request.query_string.decode()}".rstrip("?")
        return address if len(address) <= _MOST_CHARS else None
    return page_of_form(request.endpoint, request.view_args)


def language_url(code: str) -> str:
    """Return the address that shows this page of the console in another language.

    A page that answered a form has an address that cannot be opened, so it leads to the page of the form. A
    list keeps its search and filters. Any other query may hold what a return claims, and is dropped.
    """
    form = page_of_form(request.endpoint, request.view_args) if request.method == "POST" else None
    names = QUERY_OF_PAGE.get(request.endpoint or "", ())
    query = {name: request.args[name] for name in names if _may_stay(name, request.args.get(name))}
    return f"{form or ''}?{urlencode({**query, 'lang': code})}"


def _may_stay(name: str, value: str | None) -> bool:
    """Return whether a value is a text to search for, which the page shows anyway, or a word of a filter."""
    return value is not None and (name in _SEARCHES or _WORD.fullmatch(value) is not None)


def init_form_addresses(app: Flask) -> None:
    """Lead browsers that open the address of a form to its page: after a reload, or from the address bar."""
    app.register_error_handler(MethodNotAllowed, _lead_to_the_page)


def _lead_to_the_page(error: MethodNotAllowed) -> AnyResponse:
    is_opened = (
        request.method in ("GET", "HEAD") and "POST" in (error.valid_methods or ()) and not wants_json()
    )
    page = page_of_form(*_form()) if is_opened else None
    if page is None:
        return answer_http(error)
    language = request.args.get("lang")  # of the switch on an error page that answered the form
    return redirect(f"{page}?lang={language}" if language in LANGUAGES else page)


def _form() -> tuple[str, Mapping[str, Any]]:
    """Return endpoint and places of the form whose address this request has."""
    found: tuple[str, Mapping[str, Any]] = current_app.url_map.bind_to_environ(request.environ).match(
        method="POST"
    )
    return found
