"""These tests open the addresses of forms, and switch the language of pages that answered one."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sites import TOKEN

from webhelper.staff.form_addresses import page_of_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


def korean(answer: TestResponse) -> str:
    """Return where the switch of a page leads to its Korean version, from its own address."""
    (address,) = re.findall(r'<a href="([^"]*)" lang="ko"', answer.text)
    return unescape(address if address.startswith("/") else answer.request.path + address)


@pytest.mark.parametrize(
    "path",
    [
        "/?search=order&state=active&lang=ko",
        "/?search=%EC%A3%BC%EB%AC%B8&lang=ko",
        "/?search=a%26b%3D%22c&lang=ko",
        "/webhooks?project=shop&lang=ko",
        "/links/new?lang=ko",
    ],
)
def test_switch_keeps_the_query_of_a_page_of_the_console(staff: FlaskClient, path: str) -> None:
    """In the other language, a page of the console shows the same search and the same filter."""
    assert korean(staff.get(path)) == path
    assert korean(staff.get(path.replace("lang=ko", "lang=en"))) == path


def test_switch_drops_what_a_page_does_not_know(staff: FlaskClient) -> None:
    """Nothing of an address is written into a page but the search and the filters of a list."""
    assert korean(staff.get("/?email=jane@example.com&state=active")) == "/?state=active&lang=ko"
    assert (
        korean(staff.get("/webhooks?project=jane@example.com&state=failed"))
        == "/webhooks?state=failed&lang=ko"
    )
    assert korean(staff.get("/links/new?search=jane")) == "/links/new?lang=ko"
    assert korean(staff.get("/links/AAAAAAAAAAAAAAAA?search=jane")) == "/links/AAAAAAAAAAAAAAAA?lang=ko"


def test_switch_drops_what_a_return_says(client: FlaskClient) -> None:
    """What a return brought is not in the page that could not read it."""
    answer = client.get("/return/shop?encrypted=AAAA&kycStatus=approved")
    assert korean(answer) == "/return/shop?lang=ko"


@pytest.mark.parametrize(
    ("form", "fields", "page"),
    [
        ("/links", {"project": "shop", "pipeline": "id_document", "expires_in": "x"}, "/links/new?lang=ko"),
        ("/kiosks", {"project": "shop"}, "/?lang=ko"),
        ("/sign-in", {"token": "wrong"}, "/sign-in?lang=ko"),
    ],
)
def test_switch_of_a_page_that_answered_a_form_leads_to_the_form(
    staff: FlaskClient, form: str, fields: dict[str, str], page: str
) -> None:
    """A form that comes back with errors has a switch to a page that opens, in the other language."""
    answer = staff.post(form, data=fields)
    assert answer.status_code in (403, 422)
    assert korean(answer) == page
    opened = staff.get(page)
    assert opened.status_code == 200
    assert '<html lang="ko">' in opened.text


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/links", "/links/new"),
        ("/kiosks", "/"),
        ("/links/AAAAAAAAAAAAAAAA/revoke", "/links/AAAAAAAAAAAAAAAA"),
    ],
)
def test_switch_of_an_error_page_that_answered_a_form_leads_to_the_form(
    staff: FlaskClient, form: str, page: str
) -> None:
    """A form that was refused with an error page has a switch to the form, in the other language."""
    refused = staff.post(form, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    led = staff.get(korean(refused))
    assert (led.status_code, led.headers["Location"]) == (302, f"{page}?lang=ko")
    assert '<html lang="ko">' in staff.get(led.headers["Location"]).text
    assert '<html lang="ko">' in staff.get(page).text
    assert staff.get(f"{form}?lang=xx&search=jane").headers["Location"] == page


def test_page_of_a_tablets_address_has_no_switch(staff: FlaskClient) -> None:
    """The address for a tablet is on one page that cannot be opened again, and nothing leads away from it."""
    fields = {"project": "shop", "store": "Counter", "pipeline": "id_document", "expires_in": "900"}
    answer = staff.post("/kiosks", data=fields)
    assert answer.status_code == 200
    assert "/kiosk/start/" in answer.text
    assert 'lang="ko"' not in answer.text


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/links", "/links/new"),
        ("/kiosks", "/"),
        ("/sign-ins/end", "/sign-ins"),
        ("/sign-ins/AAAA/end", "/sign-ins"),
        ("/links/AAAAAAAAAAAAAAAA/revoke", "/links/AAAAAAAAAAAAAAAA"),
        ("/links/AAAAAAAAAAAAAAAA/visits/x/ask", "/links/AAAAAAAAAAAAAAAA"),
        ("/webhooks/events/7/replay", "/webhooks/events/7"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_address_of_a_form_leads_to_its_page(staff: FlaskClient, method: str, form: str, page: str) -> None:
    """The address of a form, opened from the address bar or a restored tab, leads to the page of the form."""
    answer = staff.open(form, method=method)
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/links", "PUT", {}),
        ("/links", "GET", {"Accept": "application/json"}),
        ("/api/results", "GET", {}),
        ("/kiosk/codes", "GET", {}),
        ("/", "POST", {}),
        ("/sign-out", "GET", {}),
    ],
)
def test_other_methods_are_refused_as_before(
    staff: FlaskClient, path: str, method: str, headers: dict[str, str]
) -> None:
    """Programs, other methods and forms that no page has get 405 with the methods that are allowed."""
    answer = staff.open(path, method=method, headers=headers)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


def test_address_of_a_form_under_a_path_leads_to_its_page_there(make_app: Callable[..., Flask]) -> None:
    """A site under a path leads to its own pages."""
    client = make_app(BASE_URL="https://shop.example.com/kyc").test_client()
    answer = client.get("/kyc/links")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/kyc/links/new")


@pytest.mark.parametrize(
    ("endpoint", "places", "page"),
    [
        ("new_link.create", {}, "/links/new"),
        ("link_page.revoke", {"link_id": "A" * 16}, "/links/AAAAAAAAAAAAAAAA"),
        ("sign_ins.end", {"key": "AAAA"}, "/sign-ins"),
        ("open_link.redeem", {"token": "x"}, None),
        (None, None, None),
    ],
)
def test_page_of_a_form_is_known_by_the_endpoint(
    app: Flask, endpoint: str | None, places: dict[str, Any] | None, page: str | None
) -> None:
    """A form of the console is of a page; a form of a visitor has the address of its own page."""
    with app.test_request_context():
        assert page_of_form(endpoint, places) == page
