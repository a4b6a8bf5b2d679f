"""These tests choose between English and Korean, and write times and days in both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_timezone_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sites import Clock

ENGLISH, KOREAN = '<html lang="en">', '<html lang="ko">'
SEOUL: Final = ZoneInfo("Asia/Seoul")
# CLDR has renamed it once: what this version says.
KOREAN_TIME: Final = get_timezone_name(datetime(2026, 5, 1, tzinfo=SEOUL), locale="ko")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, ENGLISH),
        ("", ENGLISH),
        ("ko", KOREAN),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", KOREAN),
        ("KO", KOREAN),
        ("en-GB,en;q=0.9,ko;q=0.8", ENGLISH),
        ("de-DE,ko;q=0.5", KOREAN),
        ("de-DE,fr", ENGLISH),
        ("*", ENGLISH),
        ("ko;q=0", ENGLISH),
        ("!!!", ENGLISH),
    ],
)
def test_browser_says_its_language(client: FlaskClient, accepted: str | None, language: str) -> None:
    """A page is in the first language of Accept-Language that the site has, else in English."""
    headers = {} if accepted is None else {"Accept-Language": accepted}
    answer = client.get("/sign-in", headers=headers)
    assert language in answer.text
    assert "Set-Cookie" not in answer.headers


def test_choice_comes_before_the_browser_and_stays(client: FlaskClient) -> None:
    """A chosen language precedes the browser's and stays for a year, in a cookie hidden from scripts."""
    headers = {"Accept-Language": "en"}
    answer = client.get("/sign-in?lang=ko", headers=headers)
    assert KOREAN in answer.text
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("lang=ko;")
    assert {"Max-Age=31536000", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert KOREAN in client.get("/sign-in", headers=headers).text
    assert ENGLISH in client.get("/sign-in?lang=en", headers=headers).text
    assert ENGLISH in client.get("/sign-in", headers={"Accept-Language": "ko"}).text


@pytest.mark.parametrize("chosen", ["", "de", "KO", "ko-KR", "ko_KR", "../ko", "ko\r\nX: y", "null", "<b>"])
def test_choice_that_we_do_not_have_is_none(client: FlaskClient, chosen: str) -> None:
    """An unknown language in the query or the cookie is ignored."""
    answer = client.get("/sign-in", query_string={"lang": chosen})
    assert ENGLISH in answer.text
    assert "Set-Cookie" not in answer.headers
    client.set_cookie("lang", chosen.replace("\r\n", ""))
    assert ENGLISH in client.get("/sign-in").text


@pytest.mark.parametrize("path", ["/healthz", "/api/openapi.json", "/static/site.css", "/api/links"])
def test_choice_is_remembered_by_pages_alone(client: FlaskClient, path: str) -> None:
    """Answers that are not pages do not set the language cookie."""
    assert "Set-Cookie" not in client.get(f"{path}?lang=ko", buffered=True).headers


def test_errors_are_told_in_the_visitors_language(client: FlaskClient) -> None:
    """An error page is in the visitor's language, its heading included."""
    english, korean = client.get("/nothing").text, client.get("/nothing?lang=ko").text
    assert "<h1>Page not found</h1>" in english
    assert "Page not found" not in korean
    assert KOREAN in korean


def test_every_page_of_a_visitor_is_in_korean(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The pages for visitors have a Korean heading for a browser that prefers Korean."""
    headers = {"Accept-Language": "ko"}
    link = make_link()
    paths = [link["path"], f"{link['path']}/poster", "/r/forged", "/result/x"]
    for path in paths:
        text = client.get(path, headers=headers).text
        assert KOREAN in text
        assert any("가" <= character <= "힣" for character in text.partition("<h1>")[2].partition("</h1>")[0])


@pytest.mark.parametrize(
    ("left", "english", "korean"),
    [
        (timedelta(minutes=14, seconds=30), "14 minutes", "14분"),
        (timedelta(hours=3, minutes=10), "3 hours", "3시간"),
        (timedelta(days=89, hours=1), "3 months", "3개월"),
        (timedelta(seconds=10), "1 minute", "1분"),
    ],
)
def test_time_that_is_left_is_told_in_words(
    app: Flask, clock: Clock, left: timedelta, english: str, korean: str
) -> None:
    """The time that is left is written in words and rounded to one unit, in both languages."""
    for language, words in (("en", english), ("ko", korean)):
        with app.test_request_context(f"/?lang={language}"):
            assert app.jinja_env.filters["remaining"](clock.now + left.total_seconds()) == words


@pytest.mark.parametrize(
    ("zone", "english", "korean"),
    [
        (
            None,
            "May 1, 2026, 23:30 (Coordinated Universal Time)",
            "2026년 5월 1일 23:30 (협정 세계시)",
        ),
        (
            "UTC",
            "May 1, 2026, 23:30 (Coordinated Universal Time)",
            "2026년 5월 1일 23:30 (협정 세계시)",
        ),
        (
            "Asia/Seoul",
            "May 2, 2026, 08:30 (Korean Standard Time)",
            f"2026년 5월 2일 08:30 ({KOREAN_TIME})",
        ),
        (
            "America/New_York",
            "May 1, 2026, 19:30 (Eastern Daylight Time)",
            "2026년 5월 1일 19:30 (미 동부 하계 표준시)",
        ),
    ],
)
def test_time_is_written_as_people_of_the_zone_write_it(  # C6
    make_app: Callable[..., Flask], zone: str | None, english: str, korean: str
) -> None:
    """Date, time and zone are those of TIME_ZONE, of UTC without it, in the usual form of each language."""
    app = make_app(**({} if zone is None else {"TIME_ZONE": zone}))
    for language, words in (("en", english), ("ko", korean)):
        with app.test_request_context(f"/?lang={language}"):
            moment = datetime(2026, 5, 1, 23, 30, tzinfo=UTC).timestamp()
            assert app.jinja_env.filters["day_and_time"](moment) == words
