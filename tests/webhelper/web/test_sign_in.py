"""webhelper.web.sign_in and bearer: the session, and how it is signed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from flask.sessions import SecureCookieSessionInterface
from sites import HOLDER, KEY, OTHER_KEY, TOKEN

from webhelper.web.bearer import holder_of
from webhelper.web.sign_in import sign_in, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient


def test_session_is_signed_with_sha_256_under_a_name_of_its_own(app: Flask) -> None:
    """And not with SHA-1, as Flask does by default; nor is a session of another app one of ours."""
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    assert app.session_interface.digest_method is sha256  # type: ignore[attr-defined]
    flask = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flask is not None
    assert ours.salt != flask.salt
    client = app.test_client()
    client.post("/sign-in", data={"token": TOKEN})
    cookie = client.get_cookie("__Host-console")
    assert cookie is not None
    client.set_cookie("__Host-console", flask.dumps(ours.loads(cookie.value)))
    assert client.get("/").status_code == 303


def test_session_holds_the_holder_and_a_digest(client: FlaskClient) -> None:
    """A cookie is signed, not hidden: the token does not stand in it."""
    client.post("/sign-in", data={"token": TOKEN})
    with client.session_transaction() as session:
        assert session["holder"] == HOLDER
        assert set(session) == {"holder", "token", "_permanent"}
        assert TOKEN not in str(dict(session))
        assert sha256(TOKEN.encode()).hexdigest()[:16] != session["token"]


@pytest.mark.parametrize(
    "members", [{}, {"holder": HOLDER}, {"holder": HOLDER, "token": ""}, {"token": "x"}, {"holder": None}]
)
def test_session_without_the_mark_of_a_token_is_nobodys(
    client: FlaskClient, members: dict[str, object]
) -> None:
    """Both have to fit the settings of now."""
    with client.session_transaction() as session:
        session.update(members)
    assert client.get("/").status_code == 303


def test_sign_in_drops_what_stood_in_the_session(client: FlaskClient) -> None:
    """Nothing that was there before is trusted after."""
    with client.session_transaction() as session:
        session["planted"] = "x"
    client.post("/sign-in", data={"token": TOKEN})
    with client.session_transaction() as session:
        assert "planted" not in session


def test_sessions_of_every_key_are_read(make_app: Callable[..., Flask]) -> None:
    """The newest signs."""
    app = make_app(SECRET_KEYS=[KEY, OTHER_KEY])
    assert (app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"]) == (KEY, [OTHER_KEY])


@pytest.mark.parametrize(
    ("token", "holder"),
    [
        (TOKEN, HOLDER),
        ("", None),
        (TOKEN + " ", None),
        (TOKEN[:-1], None),
        ("\ud800", None),
        ("é" * 40, None),
    ],
)
def test_holder_of_a_token_is_found_by_the_whole_token(app: Flask, token: str, holder: str | None) -> None:
    """Any text may be asked for."""
    with app.test_request_context():
        assert holder_of(token) == holder
        assert sign_in(token) is (token.strip() == TOKEN)


def test_nobody_is_signed_in_at_first(app: Flask) -> None:
    """And asking does not change it."""
    with app.test_request_context():
        assert signed_in() is None
        assert signed_in() is None
