"""The story: visitors, staff, a tablet, a program and the vendor go through every route of a site, well.

What the site makes on the way, such as tokens and cookies, is noted as canaries too.
"""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from liveform.webhooks import build_event
from tests.canary.site import BASE_URL, RETURN_HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.canary.recorder import Exchange
    from tests.canary.site import Site

_MADE: Final = {
    "result code": r"[?&]result=([\w.-]+)",
    "result page": r"/result/([\w.-]+)",
    "ticket": r"/kiosk/start/([\w.-]+)",
    "hand-over code": r"/continue/([\w.-]+)",
}
_COOKIES: Final = {"console": "session cookie", "kiosk": "tablet cookie", "browser": "browser cookie"}
_MEMBERS: Final = {"url": "link token", "wait": "wait token", "code": "result code"}
_FORMS: Final = "https://form.argosidentity.com"


def _carried(value: str) -> bytes:
    """Return what a signed value carries; one that begins with a dot is compressed (itsdangerous)."""
    if value.startswith("."):
        return zlib.decompress(base64.urlsafe_b64decode(f"{value.split('.')[1]}==="))
    return base64.urlsafe_b64decode(f"{value.partition('.')[0]}===") if "." in value else b""


class Story:
    """Everybody who uses a site.

    Args:
        site: a site that was just started.
    """

    def __init__(self, site: Site) -> None:
        self.site, self.its = site, site.canaries
        self.staff, self.tablet, self.visitor = (self._client() for _ in range(3))
        self.program = self._client()
        self.program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.its['office token']}"

    def tell(self) -> None:
        """Let all of it happen."""
        self.fill_the_pool()
        self.sign_in()
        self.make_links()
        self.go_through_the_form()
        self.go_on_in_another_browser()
        self.open_a_reusable_link()
        self.read_returns_elsewhere()
        self.receive_webhooks()
        self.work()
        self.use_the_console()
        self.use_the_tablet()
        self.look_around()
        self.work()

    def _client(self) -> FlaskClient:
        client = self.site.app.test_client()
        for name, value in self.site.headers().items():
            client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return client

    def ask(self, client: FlaskClient, method: str, path: str, **options: Any) -> TestResponse:
        """Return the answer to a request that must go well, with what is new in it noted."""
        answer = client.open(path, method=method, **options)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        self._note(answer)
        return answer

    def _note(self, answer: TestResponse) -> None:
        location = answer.headers.get("Location", "")
        page = answer.text if "text" in (answer.mimetype or "") else ""
        for name, pattern in _MADE.items():
            for value in re.findall(pattern, f"{location} {page}"):
                self.its.add(name, value)
        for cookie in answer.headers.getlist("Set-Cookie"):
            self._note_cookie(*cookie.partition(";")[0].split("=", 1))
        members = (answer.get_json(silent=True) if answer.is_json else None) or {}
        for member, name in _MEMBERS.items():
            if members.get(member):
                self.its.add(name, members[member].rpartition("/")[2])
        if location.startswith((self.site.vendor.base_url, _FORMS)):
            self._note_form(location)

    def _note_cookie(self, name: str, value: str) -> None:
        """Note a cookie, and the code of the session that it carries."""
        kind = _COOKIES.get(name.removeprefix("__Host-"))
        if kind is None or not value:
            return
        self.its.add(kind, value, encoded=False)  # there are many
        for code in re.findall(rb'"session":"(\w+)"', _carried(value)):
            self.its.add("session code", code.decode())

    def _note_form(self, url: str) -> None:
        """Note what a form URL carries."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        sent: dict[str, Any] = dict(query)
        if "encrypted" in query:
            self.its.add("form URL", query["encrypted"])
            project = next(one for one in self.site.projects().values() if one.pid == query["pid"])
            sent |= project.decrypt(query["encrypted"])
        self.its.add("visit state", str(sent["cf3"]))
        for name in ("token", "tokenid"):
            if name in sent:
                self.its.add("token id", str(sent[name]))

    def refreshed(self, request: Exchange) -> Exchange:
        """Return a request of staff with a session that nobody has ended; any other one as it is."""
        if "__Host-console=" not in request.environ.get("HTTP_COOKIE", ""):
            return request
        self.ask(self._client(), "POST", "/sign-in", data={"token": self.its["office token"]})
        return request.with_cookie("__Host-console", self.its["session cookie"])

    def fill_the_pool(self) -> None:
        """Register token ids at the vendor."""
        (pool,) = self.site.services.token_pools
        assert pool.fill(self.site.clock())

    def sign_in(self) -> None:
        """Sign staff in, who wanted to go to a search."""
        self.ask(self.staff, "GET", f"/?search={quote(self.its['search'])}")
        self.ask(self.staff, "GET", "/sign-in")
        wanted = self.ask(self.staff, "POST", "/sign-in", data={"token": self.its["office token"]})
        self.ask(self.staff, "GET", wanted.headers["Location"])

    def fields(self, *more: str) -> dict[str, str]:
        """Return the fields of a link: those that every form takes, and ``more``."""
        return {name: self.its[name] for name in ("cf1", "cf2", *more)}

    def new_link(self, project: str = "shop", **changes: Any) -> dict[str, Any]:
        """Return a new link, and its path as ``path``."""
        body = {
            "pipeline": "id_document",
            "project": project,
            "label": self.its["label"],
            "note": self.its["note"],
            "next": f"https://{RETURN_HOST}/done?of={self.its['next']}",
            "fields": self.fields("email", "userid"),
        }
        made: dict[str, Any] = self.ask(self.program, "POST", "/api/links", json=body | changes).get_json()
        return made | {"path": urlsplit(made["url"]).path}

    def make_links(self) -> None:
        """Make links of every pipeline, and the same one twice by its key; list them and look at one."""
        person = {"full_name": self.its["name"], "phoneNumber": self.its["phone"]}
        self.new_link(
            "signup", pipeline="knowledge", fields={**self.fields("email"), "knowledgePrefill": person}
        )
        self.new_link(
            "signup", pipeline="injection", fields={**self.fields("userid"), "sid": "evcka62mes001"}
        )
        prefix = {
            "unique_userid": self.its["userid prefix"],
            "max_uses": None,
            "fields": self.fields("email"),
        }
        many = self.new_link("plain", **prefix)
        self.ask(self.visitor, "GET", many["path"])
        headers = {"Idempotency-Key": self.its["idempotency key"]}
        body = {"pipeline": "id_document", "project": "plain", "fields": self.fields("userid")}
        for _ in range(2):
            made = self.ask(self.program, "POST", "/api/links", json=body, headers=headers).get_json()
        self.ask(self.program, "GET", "/api/links", query_string={"search": self.its["userid"]})
        self.ask(self.program, "GET", "/api/links", query_string={"label": self.its["label"]})
        for link in (many, made):
            self.ask(self.program, "GET", f"/api/links/{link['id']}")
        self.ask(self.program, "DELETE", f"/api/links/{made['id']}")

    def go_through_the_form(self) -> None:
        """Open a link, go through the vendor's form, come back, and let a server exchange the code."""
        link = self.new_link()
        for path in (link["path"], link["path"].replace("/r/", "/R/")):
            self.ask(self.visitor, "GET", path)
            for what in ("qr.svg", "qr.png?preset=print", "poster"):
                self.ask(self.visitor, "GET", f"{path}/{what}")
        form = self.ask(self.visitor, "POST", link["path"]).headers["Location"]
        back = self.site.vendor.complete(form, "pending")
        self.its.add("return", parse_qs(urlsplit(back).query)["encrypted"][0])
        answer = self.ask(self.visitor, "GET", back.removeprefix(BASE_URL))
        (code,) = parse_qs(urlsplit(answer.headers["Location"]).query)["result"]
        self.ask(self.visitor, "GET", f"/api/waits/{link['wait']}")
        done = self.ask(self.program, "POST", "/api/results", json={"code": code}).get_json()
        self.ask(self.program, "GET", f"/api/visits/{done['visit_id']}?confirm=true")
        self.ask(self.staff, "GET", f"/links/{link['id']}")
        self.ask(self.staff, "POST", f"/links/{link['id']}/visits/{done['visit_id']}/ask")
        plain = self.new_link(next=None)
        form = self.ask(self.visitor, "POST", plain["path"].replace("/r/", "/R/")).headers["Location"]
        back = self.site.vendor.complete(form, "approved")
        page = self.ask(self.visitor, "GET", back.removeprefix(BASE_URL)).headers["Location"]
        self.ask(self.visitor, "GET", page)

    def go_on_in_another_browser(self) -> None:
        """Begin a check in one browser, and go on in another one."""
        link = self.new_link("signup")
        self.ask(self.visitor, "POST", link["path"])
        page = self.ask(self.visitor, "GET", link["path"]).text
        (address,) = set(re.findall(r"/continue/[\w.-]+", page))
        other = self._client()
        for client, method in ((self.visitor, "GET"), (other, "GET"), (other, "POST")):
            self.ask(client, method, address)

    def open_a_reusable_link(self) -> None:
        """Open a link of many uses, in both spellings and with a language."""
        for project in ("plain", "signup"):
            link = self.new_link(project, max_uses=None)
            for path in (link["path"], link["path"].replace("/r/", "/R/"), f"{link['path']}?lang=ko"):
                self.ask(self.visitor, "GET", path)
            self.ask(self.visitor, "GET", f"{link['path']}/).")
            self.ask(self.visitor, "GET", f"{link['path'].replace('/r/', '/R/')}/).")
        for r in "rR":
            path = self.new_link("signup")["path"].replace("/r/", f"/{r}/")
            self.ask(self.visitor, "POST", f"{path}/).")

    def read_returns_elsewhere(self) -> None:
        """Let a page of the shop and its server read a return that is full of somebody's data."""
        project, link = self.site.projects()["signup"], self.new_link("signup")
        form = self.ask(self.visitor, "POST", link["path"]).headers["Location"]
        state = str(project.decrypt(parse_qs(urlsplit(form).query)["encrypted"][0])["cf3"])
        claims = self.fields("email", "userid") | {
            "kycStatus": "approved",
            "submissionId": self.its["email"],
            "cf3": state,
        }
        url = project.build_return(f"{BASE_URL}/return/signup", claims)
        self.its.add("return", parse_qs(urlsplit(url).query)["encrypted"][0])
        body = {"project": "signup", "query": "?" + urlsplit(url).query}
        for client in (self.visitor, self.program):
            self.ask(client, "POST", "/api/returns", json=body)
        plain = self.new_link("plain")
        form = self.ask(self.visitor, "POST", plain["path"]).headers["Location"]
        state = parse_qs(urlsplit(form).query)["cf3"][0]
        claims |= {"cf3": state, "errorCode": self.its["email"], "kycStatus": "rejected"}
        url = self.site.projects()["plain"].build_return(f"{BASE_URL}/return/plain", claims)
        self.ask(self.visitor, "GET", url.removeprefix(BASE_URL))

    def receive_webhooks(self) -> None:
        """Receive what the vendor sent, some of it twice, an encrypted one, and one that nobody knows."""
        for body in self.site.vendor.events * 2:
            self.ask(self.program, "POST", "/webhooks/shop", data=body)
        person = {
            "submission_id": "evcka62mes001",
            "userid": self.its["userid"],
            "email": self.its["email"],
            "full_name": self.its["name"],
            "data": {"userid": self.its["userid"], "phoneNumber": self.its["phone"], "cf1": self.its["cf1"]},
        }
        signup = self.site.projects()["signup"]
        for trigger in ("approved", "edit_submission", self.its["name"]):
            body = build_event(trigger, person, signup, allow_unknown=True)
            self.ask(self.program, "POST", "/webhooks/signup", data=body)
        odd = person | {"submission_id": self.its["email"]}
        self.ask(self.program, "POST", "/webhooks/signup", data=build_event("aml", odd, signup))

    def use_the_console(self) -> None:
        """Search, make and revoke links, look at webhooks, and sign others out."""
        for path in ("/", f"/?search={quote(self.its['userid'])}", "/links/new", "/webhooks", "/sign-ins"):
            self.ask(self.staff, "GET", path)
        form = self.fields("email", "userid") | {
            "project": "signup",
            "pipeline": "id_document",
            "expires_in": "900",
            "max_uses": "1",
            "label": self.its["label"],
            "note": self.its["note"],
            "next": f"https://{RETURN_HOST}/done?of={self.its['next']}",
        }
        shown = self.ask(self.staff, "POST", "/links", data=form).headers["Location"].partition("?")[0]
        self.ask(self.staff, "GET", shown)
        self.ask(self.staff, "GET", f"/links/state?id={shown.rpartition('/')[2]}")
        self.ask(self.staff, "POST", f"{shown}/revoke")
        for number in set(
            re.findall(r"/webhooks/events/(\d+)", self.ask(self.staff, "GET", "/webhooks").text)
        ):
            for query in ("", "?body=1"):
                self.ask(self.staff, "GET", f"/webhooks/events/{number}{query}")
        self.ask(self.staff, "POST", "/webhooks/events/1/replay")
        other = self._client()
        self.ask(other, "POST", "/sign-in", data={"token": self.its["office token"]})
        keys = re.findall(r"/sign-ins/([\w-]+)/end", self.ask(self.staff, "GET", "/sign-ins").text)
        self.ask(self.staff, "POST", f"/sign-ins/{keys[0]}/end")
        self.ask(other, "POST", "/sign-in", data={"token": self.its["office token"]})
        self.ask(other, "POST", "/sign-ins/end")
        self.ask(other, "POST", "/sign-in", data={"token": self.its["office token"]})
        self.ask(other, "POST", "/sign-out")
        self.ask(self.staff, "POST", "/sign-in", data={"token": self.its["office token"]})

    def use_the_tablet(self) -> None:
        """Set a tablet up, show two codes, and let a customer open one."""
        form = {"store": self.its["kiosk"], "project": "shop", "expires_in": "180"}
        page = self.ask(self.staff, "POST", "/kiosks", data=form).text
        (ticket,) = set(re.findall(r"/kiosk/start/([\w.-]+)", page))
        self.ask(self.tablet, "GET", f"/kiosk/start/{ticket}")
        self.ask(self.tablet, "POST", f"/kiosk/start/{ticket}")
        self.ask(self.tablet, "GET", "/kiosk")
        code = self.ask(self.tablet, "POST", "/kiosk/codes").get_json()
        self.ask(self._client(), "POST", urlsplit(code["url"]).path)
        self.ask(self.tablet, "GET", f"/kiosk/state?id={code['id']}")
        self.ask(self.staff, "GET", "/sign-ins")

    def look_around(self) -> None:
        """Look at what anybody may see, and at the metrics."""
        for path in ("/healthz", "/readyz", "/api/openapi.json", "/static/site.css"):
            self.ask(self._client(), "GET", path)
        metrics = {"Authorization": f"Bearer {self.its['metrics token']}"}
        self.ask(self._client(), "GET", "/metrics", headers=metrics)
        preflight = {"Origin": f"https://{RETURN_HOST}", "Access-Control-Request-Method": "POST"}
        self.ask(self._client(), "OPTIONS", "/api/returns", headers=preflight)

    def work(self) -> None:
        """Let the background work the inbox, deliver messages, and do its jobs, now and hours later."""
        background = self.site.services.background
        for later_s in (0.0, 10.0, 70.0, 4_000.0, 8_000.0):
            background.run_pending(self.site.clock() + later_s)
