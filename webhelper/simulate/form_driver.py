"""Fills in the simulated form by HTTP, as a browser without scripts does."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from http import HTTPStatus
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import httpx2

from liveform import ConfigError, LiveformError
from liveform.rest.sending.transport import Deadline, during_call, keep_calls_out_of_logs
from webhelper.simulator.decision import OUTCOMES
from webhelper.simulator.error_pages import ERROR_PAGES
from webhelper.simulator.sandbox import options, rules
from webhelper.simulator.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S: Final = 30.0
_ERROR_PAGE: Final = "/error-page/"
_OUTCOME: Final = rules.one_of(*OUTCOMES, "error")
_FIELDS: Final = {
    **dict.fromkeys(("reject_code", "retry_code", "fail_code"), rules.CODE),
    "error": rules.one_of(*ERROR_PAGES),
}


class FormRefused(LiveformError):  # noqa: N818 - it names what happened, as a test's failure shows it
    """The form showed an error page instead of opening.

    Attributes:
        code: the ``errorCode`` of the page, such as ``TK-10001``.
        return_url: where the page's button leads; None without a button.
    """

    def __init__(self, code: str, return_url: str | None) -> None:
        super().__init__(code, return_url)
        self.code = code
        self.return_url = return_url

    def __str__(self) -> str:
        return f"the form did not open: {self.code}"


def complete(url: str, outcome: str, fields: Mapping[str, str]) -> str | None:
    """Open a form URL, choose how the check ends, and return the Return URL; None if the project has none.

    Args:
        url: the form's URL, at the simulator.
        outcome: the value of the button that is pressed, such as ``"approved"``.
        fields: other values of the form by name, such as ``{"reject_code": "expired_id"}``.

    Raises:
        FormRefused: the form shows an error page.
        ConfigError: the page is not a form of the simulator, or the form does not know a value.
        SandboxError: the simulator does not answer.
    """
    _check(outcome, fields)
    try:
        return _completed(url, outcome, fields)
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError):
        raise SandboxError("the simulator does not answer at this URL") from None


def _check(outcome: str, fields: Mapping[str, str]) -> None:
    known = {**dict.fromkeys(fields, rules.TEXT), **_FIELDS, "outcome": _OUTCOME}
    wrong = options.wrong({"outcome": outcome, **fields}, known)
    options.refuse((name, f"the form does not know this value; it {problem}") for name, problem in wrong)


def _completed(url: str, outcome: str, fields: Mapping[str, str]) -> str | None:
    no_https = SSLContext(PROTOCOL_TLS_CLIENT)  # without certificates, which take long to load
    keep_calls_out_of_logs()  # httpx2 would log each URL, and what it carries of somebody
    with (
        during_call(Deadline(_TIMEOUT_S, time.monotonic)),
        httpx2.Client(timeout=_TIMEOUT_S, trust_env=False, verify=no_https) as client,
    ):
        opened = client.get(url)
        if opened.is_redirect:
            page = _Page(_followed(client, opened).text)
            raise FormRefused(page.code, page.button)
        form = _Page(opened.text)
        if form.action is None:
            raise ConfigError(("url", "the page has no form; is this the URL of a form of the simulator?"))
        options.check(fields, {**dict.fromkeys(form.names, rules.TEXT), **_FIELDS})
        answer = client.post(urljoin(url, form.action), data={**form.values, **fields, "outcome": outcome})
        if answer.is_redirect and _ERROR_PAGE in answer.headers["Location"]:
            answer = _followed(client, answer)
        elif answer.is_redirect:
            return str(answer.headers["Location"])
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            raise ConfigError(("fields", "the form does not know one of the values"))
        return _Page(answer.text).button


def _followed(client: httpx2.Client, answer: httpx2.Response) -> httpx2.Response:
    return client.get(urljoin(str(answer.url), answer.headers["Location"]))


class _Page(HTMLParser):
    """What a browser without scripts needs of a page: its form, the form's values, and its button.

    Attributes:
        action: where the form is sent; None without a form.
        values: what the form sends if nobody changes it.
        names: of what a visitor may change in it.
        button: where the link that looks like a button leads; None without one.
        code: the text of the first ``<code>``, which on an error page is the code.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.values: dict[str, str | list[str]] = {}
        self.names: list[str] = []
        self.button: str | None = None
        self.code = ""
        self._select: str | None = None
        self._in_code = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what the tag says."""
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag in ("select", "input") and given.get("type") != "hidden":
            self.names.append(name)
        if tag == "form" and self.action is None:
            self.action = given.get("action")
        elif tag == "a" and given.get("class") == "button":
            self.button = given.get("href")
        elif tag == "code" and not self.code:
            self._in_code = True
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None and self._select not in self.values:
            self.values[self._select] = value
        elif tag == "input" and name and (given.get("type") in ("hidden", "text") or "checked" in given):
            self._add(name, value)

    def handle_endtag(self, tag: str) -> None:
        """Leave a ``<code>`` or a ``<select>``."""
        self._in_code = False
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Take the code of an error page."""
        if self._in_code:
            self.code += data

    def _add(self, name: str, value: str) -> None:
        before = self.values.get(name)
        if before is None:
            self.values[name] = value
        else:
            self.values[name] = [*(before if isinstance(before, list) else [before]), value]
