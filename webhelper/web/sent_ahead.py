"""Requests that no visitor makes: what a browser sends ahead of its user, and previews. They open nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

# W3C Fetch Metadata has Sec-Purpose. The others are what browsers sent before, and some still do.
_HEADERS: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_AHEAD: Final = re.compile("prefetch|prerender|preview", re.IGNORECASE)
# Fetch standard section 3.2.7: a link is opened as a page, or by a script. As an image, nobody has opened it.
_OPENING: Final = frozenset({"document", "iframe", "frame", "fencedframe", "empty"})
# What chat apps and networks name themselves when they draw the preview of a link that somebody has sent.
# Their own browsers have other names: KAKAOTALK, Line/, Instagram.
_PREVIEWS: Final = (
    "facebookexternalhit",  # KakaoTalk, LINE and iMessage name it too
    "WhatsApp/",
    "TelegramBot",
    "Slackbot",
    "Slack-ImgProxy",
    "Discordbot",
    "Twitterbot",
    "LinkedInBot",
    "SkypeUriPreview",
    "kakaotalk-scrap",
    "line-poker",
)


def is_sent_ahead(environ: WSGIEnvironment) -> bool:
    """Return whether no visitor looks at the answer yet, as the headers say."""
    for name in _HEADERS:  # any() of a generator would cost a redirect some per cent
        if name in environ and _AHEAD.search(environ[name]):
            return True
    if environ.get("HTTP_SEC_FETCH_DEST", "document") not in _OPENING:
        return True
    agent = environ.get("HTTP_USER_AGENT", "")
    for name in _PREVIEWS:  # noqa: SIM110 - a pattern would take six times as long
        if name in agent:
            return True
    return False
