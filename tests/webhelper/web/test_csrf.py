"""These tests refuse forms that other sites send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from webhelper.errors import CrossSiteError
from webhelper.web.csrf import refuse_cross_site

if TYPE_CHECKING:
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
            answer = app.test_client().post(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, rule.rule
