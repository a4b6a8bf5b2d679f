"""Pages that answered a form: where their form is, and their addresses in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from webhelper.staff.pages import PAGE_OF_FORM, SCOPES
from webhelper.web.error_handlers import answer_http, wants_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

_OF_PAGES: Final = ("link_id", "number")  # what of a form's address is also of its page's


def page_of_form(endpoint: str | None, places: Mapping[str, Any] | None) -> str | None:
    """Return the address of the page that has a form; None for one that is on many pages.

    Args:
        endpoint: of the form.
        places: what the form's address says, by name.
    """
    page = PAGE_OF_FORM.get(endpoint or "")
    kept = {name: value for name, value in (places or {}).items() if name in _OF_PAGES}
    return None if page is None else url_for(page, **kept)


def language_url(code: str) -> str:
    """Return the address that shows this page in another language.

    A page of the console keeps its query. A page that answered a form has an address that cannot be opened,
    so it leads to the page of the form. Other queries may hold what a return claims, and are dropped.
    """
    form = page_of_form(request.endpoint, request.view_args) if request.method == "POST" else None
    query = request.args.to_dict(flat=False) if request.endpoint in SCOPES else {}
    return f"{form or ''}?{urlencode({**query, 'lang': [code]}, doseq=True)}"


def init_form_addresses(app: Flask) -> None:
    """Lead browsers that open the address of a form to its page: after a reload, or from the address bar."""
    app.register_error_handler(MethodNotAllowed, _lead_to_the_page)


def _lead_to_the_page(error: MethodNotAllowed) -> AnyResponse:
    page = _page_of_this_form() if request.method in ("GET", "HEAD") and not wants_json() else None
    return answer_http(error) if page is None else redirect(page)


def _page_of_this_form() -> str | None:
    try:
        endpoint, places = current_app.create_url_adapter(request).match(method="POST")
    except HTTPException:
        return None
    return page_of_form(endpoint, places)
