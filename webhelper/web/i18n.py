"""The language of pages, English or Korean: from ``?lang=``, the cookie, or ``Accept-Language``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from babel.dates import get_timezone_name
from flask import request
from flask_babel import Babel, format_date, format_timedelta, get_locale
from flask_babel import gettext as _

from webhelper.links.form_url import is_language
from webhelper.links.models import as_datetime
from webhelper.services import services

if TYPE_CHECKING:
    from flask import Flask, Response

LANGUAGES: Final = {"en": "English", "ko": "한국어"}
LANGUAGE_COOKIE: Final = "lang"
_YEAR_S: Final = 365 * 86_400


def init_i18n(app: Flask) -> None:
    """Let ``app`` translate its pages, and remember a chosen language."""
    Babel(app, locale_selector=language)
    app.add_template_filter(_remaining, "remaining")
    app.add_template_filter(day_and_time, "day_and_time")
    app.add_template_filter(local_time, "local_time")


def language() -> str:
    """Return the language of this request's page."""
    for chosen in (_asked(), _kept()):
        if chosen in LANGUAGES:
            return chosen
    return request.accept_languages.best_match(LANGUAGES, default="en")


def chosen_language() -> str | None:
    """Return the language that the visitor chose, for the form; None if the browser's own counts.

    It may be one that our pages do not have.
    """
    return _asked() or _kept()


def _asked() -> str | None:
    """Return the language tag in ``?lang=``."""
    tag = request.args.get("lang", "")
    return tag if is_language(tag) else None


def _kept() -> str | None:
    tag = request.cookies.get(LANGUAGE_COOKIE)
    return tag if tag in LANGUAGES else None


def _remaining(moment: float) -> str:
    """Return the time until ``moment`` (Unix time) in words, such as ``14 minutes``."""
    left = timedelta(seconds=moment - services().links.clock())
    return str(format_timedelta(left, granularity="minute", threshold=1.5))


def local_time(moment: float) -> datetime:
    """Return a Unix time in the time zone of the site."""
    return as_datetime(moment).astimezone(_time_zone())


def day_and_time(moment: float) -> str:
    """Return a Unix time as date, time and time zone of the site, in the language of the page."""
    when = local_time(moment)
    return str(
        _(
            "%(date)s, %(time)s (%(zone)s)",
            date=format_date(when, "long", rebase=False),
            time=when.strftime("%H:%M"),
            zone=get_timezone_name(when, locale=get_locale()),
        )
    )


def _time_zone() -> tzinfo:
    zone = services().settings.time_zone
    return UTC if zone is None else zone


def remember_language(response: Response) -> Response:
    """Keep the language that a page was asked for in a cookie, for a year."""
    chosen = _asked()
    if chosen in LANGUAGES and response.mimetype == "text/html":
        settings = services().settings
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_YEAR_S,
            path=settings.cookie_path,
            samesite="Lax",
            httponly=True,
            secure=settings.is_https,
        )
    return response
