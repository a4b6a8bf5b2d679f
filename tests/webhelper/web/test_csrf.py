"""These tests refuse forms that other sites send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from webhelper.errors import CrossSiteError
from webhelper.web.csrf import refuse_cross_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SITES = ["cross-site", "same-site", "", "SAME-ORIGIN", "none ", "unknown"]


@pytest.mark.parametrize("site", ["same-origin", "none", None])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_request_of_our_own_is_taken(app: Flask, method: str, site: str | None) -> None:
    """A request from this site, from the address bar or without Fetch Metadata is accepted."""
    headers = {} if site is None else {"Sec-Fetch-Site": site}
    with app.test_request_context(method=method, headers=headers):
        refuse_cross_site()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY"])
def test_request_that_changes_something_is_refused_from_elsewhere(app: Flask, method: str, site: str) -> None:
    """A request that changes something is refused for every other value of Sec-Fetch-Site."""
    with (
        app.test_request_context(method=method, headers={"Sec-Fetch-Site": site}),
        pytest.raises(CrossSiteError),
    ):
        refuse_cross_site()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_request_that_only_looks_is_taken_from_everywhere(app: Flask, method: str, site: str) -> None:
    """GET, HEAD and OPTIONS are accepted from every site, because links work from everywhere."""
    with app.test_request_context(method=method, headers={"Sec-Fetch-Site": site}):
        refuse_cross_site()


def test_every_form_of_the_site_is_guarded(app: Flask) -> None:
    """Every route outside the API that takes POST answers 403 to another site."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and not rule.rule.startswith("/api/"):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", "x").replace(f"<int:{name}>", "1")
            for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
                assert app.test_client().post(path, headers=headers).status_code == 403, rule.rule


@pytest.mark.parametrize("origin", ["https://shop.example.com", "null", None])
@pytest.mark.parametrize("site", ["same-origin", None])
def test_form_of_our_own_origin_is_taken(app: Flask, origin: str | None, site: str | None) -> None:  # A12
    """A request with the origin of BASE_URL, or with the hidden one that our own forms have, is accepted."""
    headers = {"Origin": origin, "Sec-Fetch-Site": site}
    with app.test_request_context(
        method="POST", headers={name: value for name, value in headers.items() if value is not None}
    ):
        refuse_cross_site()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example.com",
        "https://shop.example.com:443",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.example",
        "https://evil.example/https://shop.example.com",
        "https://SHOP.example.com",
        "https://shop.example.com/",
        "https://shop.example.com, https://evil.example",
        "NULL",
        "",
    ],
)
@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_form_of_another_origin_is_refused(app: Flask, origin: str, site: str | None) -> None:  # A12
    """A request with another origin is refused, whatever Sec-Fetch-Site says, or if it says nothing."""
    headers = {"Origin": origin} | ({} if site is None else {"Sec-Fetch-Site": site})
    with app.test_request_context(method="POST", headers=headers), pytest.raises(CrossSiteError):
        refuse_cross_site()


def test_hidden_origin_of_another_site_is_refused(app: Flask) -> None:  # A12
    """A hidden origin does not help a page of another site in a browser that says what site it is."""
    headers = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    with app.test_request_context(method="POST", headers=headers), pytest.raises(CrossSiteError):
        refuse_cross_site()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_site_on_this_machine_has_several_names(make_app: Callable[..., Flask], host: str) -> None:
    """A demo can be used by each name of this machine, and not from another port of it."""
    app = make_app(BASE_URL="http://127.0.0.1:5000")
    with app.test_request_context(method="POST", headers={"Origin": f"http://{host}:5000"}):
        refuse_cross_site()
    with (
        app.test_request_context(method="POST", headers={"Origin": f"http://{host}:5001"}),
        pytest.raises(CrossSiteError),
    ):
        refuse_cross_site()
