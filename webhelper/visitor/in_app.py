"""Browsers inside apps, which open links of chats and feeds, and ways from them into the phone's own.

They are known by their User-Agent. LINE documents its way out, KakaoTalk's is what Korean sites use, and
Android has intents for all other apps. On an iPhone, the menu of the app has to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

_ANDROID: Final = re.compile("Android")


class InApp(NamedTuple):
    """The browser of an app.

    Attributes:
        name: of the app, as people know it; None if it is one that is not in the table.
        way_out: the address that opens a page in the phone's browser; None if only the app's menu can.
    """

    name: str | None
    way_out: str | None


def _by_kakaotalk(url: str) -> str:
    return f"kakaotalk://web/openExternal?url={quote(url, safe='')}"


def _by_line(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}openExternalBrowser=1"


def _by_intent(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"intent://{rest}#Intent;scheme={scheme};end"


class _App(NamedTuple):
    """A row of the table: a name, what its User-Agent has, and its own way out."""

    name: str | None
    user_agent: re.Pattern[str]
    way_out: Callable[[str], str] | None = None


_APPS: Final = (
    _App("KakaoTalk", re.compile("KAKAOTALK"), _by_kakaotalk),
    _App("LINE", re.compile(r"\bLine/[0-9]"), _by_line),
    _App("Instagram", re.compile("Instagram")),
    _App("Threads", re.compile("Barcelona")),
    _App("Messenger", re.compile("FBAN/Messenger|FB_IAB/(Orca|MESSENGER)")),
    _App("Facebook", re.compile("FBA[NV]/|FB_IAB/")),
    _App("NAVER", re.compile(r"NAVER\(inapp")),
    _App("Daum", re.compile("DaumApps")),
    _App("BAND", re.compile("BAND/[0-9]")),
    _App("KakaoStory", re.compile("KAKAOSTORY")),
    _App("WeChat", re.compile("MicroMessenger")),
    _App("TikTok", re.compile("musical_ly|BytedanceWebview|TikTok")),
    _App("Snapchat", re.compile("Snapchat")),
    _App("X", re.compile("Twitter for|TwitterAndroid")),
    _App("LinkedIn", re.compile("LinkedInApp")),
    _App("Telegram", re.compile("Telegram-Android")),
    _App("Pinterest", re.compile("Pinterest/")),
    _App(None, re.compile(r"Android.*; wv\)")),  # Android's WebView, in whatever app
)


def in_app_of(user_agent: str, url: str) -> InApp | None:
    """Return the app whose browser this is, and how it opens ``url`` elsewhere; None for a browser."""
    app = next((app for app in _APPS if app.user_agent.search(user_agent)), None)
    if app is None:
        return None
    by = app.way_out or (_by_intent if _ANDROID.search(user_agent) else None)
    return InApp(app.name, None if by is None else by(url))
