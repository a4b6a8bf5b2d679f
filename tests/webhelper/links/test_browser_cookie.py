"""These tests read and write the cookie that distinguishes browsers."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhelper.links.browser_cookie import BrowserCookie, digest_of, new_browser

SECURE = BrowserCookie(prefix="__Host-", path="/")
PLAIN = BrowserCookie(prefix="", path="/")
VALUE = "AAECAwQFBgcICQoLDA0ODw"


def test_browser_is_random_and_comes_back() -> None:  # A3
    """A new browser has 128 random bits, which the cookie carries there and back."""
    values = {new_browser() for _ in range(100)}
    assert len(values) == 100
    for value in values:
        for cookie in (SECURE, PLAIN):
            assert cookie.read(cookie.written(value).partition(";")[0]) == value


def test_cookie_is_for_this_host_and_no_scripts_and_lasts_as_long_as_a_state() -> None:  # A3
    """The cookie lasts for a day, as a visit state does, and comes with a redirect from the vendor."""
    assert SECURE.written(VALUE) == (
        f"__Host-browser={VALUE}; Max-Age=86400; Secure; HttpOnly; Path=/; SameSite=Lax"
    )
    assert PLAIN.written(VALUE) == f"browser={VALUE}; Max-Age=86400; HttpOnly; Path=/; SameSite=Lax"


@pytest.mark.parametrize(
    "header",
    [
        f"__Host-browser={VALUE}",
        f"lang=ko; __Host-browser={VALUE}",
        f"lang=ko;__Host-browser={VALUE};other=1",
        f"__Host-browser={VALUE}; __Host-browser={'B' * 22}",
        f"browser={'B' * 22}; __Host-browser={VALUE} ",
    ],
)
def test_cookie_is_found_among_others(header: str) -> None:
    """The cookie is found wherever it is in the header; of two, the first counts."""
    assert SECURE.read(header) == VALUE


@pytest.mark.parametrize(
    "header",
    [
        "",
        "__Host-browser=",
        f"browser={VALUE}",
        f"x__Host-browser={VALUE}",
        f"__Host-browser={VALUE}A",
        f"__Host-browser={VALUE[:-1]}",
        f"__Host-browser={VALUE[:-1]}=",
        f'__Host-browser="{VALUE}"',
        f"__host-browser={VALUE}",
    ],
)
def test_cookie_of_another_shape_is_none(header: str) -> None:
    """A cookie of another name or shape names no browser."""
    assert SECURE.read(header) is None


@given(st.text(max_size=300))
def test_any_header_is_read_to_a_value_or_none(header: str) -> None:
    """Any header gives 22 characters of base64url, or none."""
    value = SECURE.read(header)
    assert value is None or len(value) == 22


def test_digest_is_sha_256() -> None:
    """The store and the state see the SHA-256 of a cookie, and never the cookie."""
    assert digest_of(VALUE) == sha256(VALUE.encode()).digest()
