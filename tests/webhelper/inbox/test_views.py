"""These tests post webhooks as the vendor does, and as nobody should."""

from __future__ import annotations

import json
import logging
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from confirmed_sites import LOOPBACK, NAME, ConfirmedSite
from racing import in_threads
from webhook_samples import ENCRYPTING, PERSONAL, PLAIN, SAMPLES

from liveform import Project
from liveform.webhooks import EVENTS, MAX_BODY_BYTES, build_event
from webhelper.confirmation.refusals import REASONS
from webhelper.errors import StoreError
from webhelper.links.stores.inbox import EventState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sites import Clock

OTHER = "203.0.113.7"


@pytest.fixture
def make_site(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., ConfirmedSite]]:
    """Yield a maker of sites that share one store."""
    made: list[ConfirmedSite] = []

    def make(project: Project = PLAIN, **changes: object) -> ConfirmedSite:
        made.append(ConfirmedSite(tmp_path, project, clock, **changes))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(make_site: Callable[..., ConfirmedSite]) -> ConfirmedSite:
    """Return a site of a plain project."""
    return make_site()


@pytest.fixture
def encrypting(make_site: Callable[..., ConfirmedSite]) -> ConfirmedSite:
    """Return a site of a project with Secure Data Transfer."""
    return make_site(ENCRYPTING)


def body(trigger: str = "approved", project: Project = PLAIN) -> bytes:
    """Return the body of an event."""
    return build_event(trigger, SAMPLES[trigger], project)


def from_address(address: str, **headers: str) -> dict[str, Any]:
    """Return the options of a request that comes from this address."""
    return {"environ_overrides": {"REMOTE_ADDR": address}, "headers": headers}


@pytest.mark.parametrize("trigger", EVENTS)
def test_event_is_kept_before_it_is_acknowledged(site: ConfirmedSite, trigger: str) -> None:
    """An event is answered with 200, and is on the disk then, for another process too."""
    answer = site.post(body(trigger))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json() == {"received": True, "duplicate": False}
    (kept,) = site.events()
    assert (kept.event.trigger, kept.state) == (trigger, EventState.WAITING)


def test_encrypted_event_is_kept(encrypting: ConfirmedSite) -> None:
    """An event that is encrypted with the API key of its project is read and kept."""
    assert encrypting.post(body(project=ENCRYPTING)).status_code == 200
    (kept,) = encrypting.events()
    assert kept.event.members["full_name"] == "Jane Doe"


@pytest.mark.parametrize(
    "content_type", [None, "", "application/json", "text/plain", "application/x-www-form-urlencoded", "x"]
)
def test_no_content_type_is_asked_for(site: ConfirmedSite, content_type: str | None) -> None:
    """The vendor documents no Content-Type, so any is taken, and none is believed."""
    assert site.post(body(), content_type=content_type).status_code == 200


def test_event_that_comes_again_is_acknowledged_as_a_duplicate(site: ConfirmedSite) -> None:
    """A repeated delivery gets a 200 that says so, and is kept once."""
    site.post(body())
    assert site.post(body()).get_json() == {"received": True, "duplicate": True}
    (kept,) = site.events()
    assert kept.deliveries == 2


def test_event_that_comes_many_times_at_once_is_kept_once(site: ConfirmedSite) -> None:
    """Of many deliveries at the same moment, one is the first."""
    answers = in_threads(16, lambda _: site.post(body()).get_json()["duplicate"])
    assert sorted(answers) == [False] + [True] * 15
    assert len(site.events()) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_405(site: ConfirmedSite, method: str) -> None:
    """Only POST is taken at a webhook's address, whoever asks."""
    for project in (NAME, "nothing"):
        answer = site.app.test_client().open(f"/webhooks/{project}", method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert method == "HEAD" or answer.get_json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/webhooks", 405),  # a page of the console, to be read
        ("/webhooks/", 405),
        ("/webhooks/shop/more", 404),
        ("/webhooks/events/shop", 404),
        ("/webhooks//shop", 404),
    ],
)
def test_other_addresses_take_no_webhooks(site: ConfirmedSite, path: str, status: int) -> None:
    """An address that is not a project's takes nothing, and leads nowhere else."""
    assert site.app.test_client().post(path, data=body()).status_code == status
    assert site.events() == []


def test_refusal_is_json_and_a_page_of_the_console_is_not(site: ConfirmedSite) -> None:
    """Whatever a request accepts, an address of webhooks answers JSON; the console below it has pages."""
    client = site.app.test_client()
    for path in ("/webhooks/nothing", "/webhooks/nothing/"):
        assert client.post(path, headers={"Accept": "text/html"}).mimetype == "application/json"
    assert client.get("/webhooks/events/x").mimetype == "text/html"


# --- refused ------------------------------------------------------------------------------------------------

TOO_LARGE = b" " * (MAX_BODY_BYTES + 1)


@pytest.mark.parametrize(
    ("address", "project", "content", "status", "code", "counted"),
    [
        # The order of the checks: sender, project, size, content.
        (OTHER, "nothing", TOO_LARGE, 403, "wrong_sender", "wrong_sender"),
        (OTHER, NAME, TOO_LARGE, 403, "wrong_sender", "shop wrong_sender"),
        (OTHER, NAME, body(), 403, "wrong_sender", "shop wrong_sender"),
        ("", NAME, body(), 403, "wrong_sender", "shop wrong_sender"),
        (LOOPBACK, "nothing", TOO_LARGE, 404, "unknown_project", "unknown_project"),
        (LOOPBACK, "SHOP", body(), 404, "unknown_project", "unknown_project"),
        (LOOPBACK, NAME, TOO_LARGE, 413, None, "shop too_large"),
        (LOOPBACK, NAME, b"", 400, "malformed", "shop malformed"),
        (LOOPBACK, NAME, b"[]", 400, "malformed", "shop malformed"),
        (LOOPBACK, NAME, b'{"webhook_trigger":7}', 400, "malformed", "shop unexpected_value"),
        (LOOPBACK, NAME, b'{"webhook_trigger":"aml","a":1,"a":1}', 400, "malformed", "shop malformed"),
        (LOOPBACK, NAME, b'{"webhook_trigger":' + b"[" * 60_000, 400, "malformed", "shop malformed"),
        (LOOPBACK, NAME, body(project=ENCRYPTING), 400, "malformed", "shop malformed"),
    ],
)
def test_refusal_is_counted_and_nothing_else_is_kept(
    site: ConfirmedSite,
    *,
    address: str,
    project: str,
    content: bytes,
    status: int,
    code: str | None,
    counted: str,
) -> None:
    """Each kind of refusal has its status, in our form of errors, and leaves a count."""
    answer = site.post(content, project, **from_address(address))
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert set(answer.get_json()["error"]) == {"code", "message"}
    assert code is None or answer.get_json()["error"]["code"] == code
    assert site.events() == []
    assert site.refused() == {counted: 1}
    assert counted.rpartition(" ")[2] in REASONS


def test_body_of_the_wrong_key_is_refused_like_any_other(
    make_site: Callable[..., ConfirmedSite],
) -> None:
    """What does not decrypt and what is no JSON get the same answer; only the counts tell them apart."""
    other = Project("abc123de46", api_key="another example of an API key", secure_data_transfer=True)
    site = make_site(other)
    answers = [
        site.post(content).data
        for content in (body(project=ENCRYPTING), body(), b"[]", b"", b'{"data":"AAAA"}', b"\xff")
    ]
    assert len(set(answers)) == 1
    assert json.loads(answers[0]) == {"error": {"code": "malformed", "message": "the webhook cannot be read"}}
    assert site.refused() == {"shop decrypt_failed": 2, "shop malformed": 4}


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("chunked", [False, True])
def test_body_has_at_most_a_mebibyte(site: ConfirmedSite, extra: int, chunked: bool) -> None:
    """A body of 1 MiB is read, and one byte more is refused, also without a Content-Length."""
    event = body()
    content = event[:-1] + b" " * (MAX_BODY_BYTES - len(event) + extra) + event[-1:]
    options: dict[str, Any] = {}
    if chunked:
        options = {
            "input_stream": BytesIO(content),
            "headers": {"Transfer-Encoding": "chunked"},
            "environ_overrides": {"wsgi.input_terminated": True},
        }
    answer = site.post(b"" if chunked else content, **options)
    assert answer.status_code == (413 if extra else 200)
    assert site.refused() == ({"shop too_large": 1} if extra else {})


def test_body_that_is_cut_short_is_malformed(site: ConfirmedSite) -> None:
    """A body whose sender leaves is refused and counted as any other that cannot be read."""
    answer = site.post(b"", input_stream=BytesIO(body()[:9]), environ_overrides={"CONTENT_LENGTH": "99"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "malformed")
    assert site.refused() == {"shop malformed": 1}


def test_body_that_a_server_does_not_delimit_is_empty(site: ConfirmedSite) -> None:
    """A body without a length, at a server that does not end it, is not read."""
    answer = site.post(b"", input_stream=BytesIO(body()), environ_overrides={"CONTENT_LENGTH": ""})
    assert answer.status_code == 400


def test_body_of_a_wrong_sender_is_not_read(site: ConfirmedSite) -> None:
    """Nobody else's body is read, however long it is."""

    class Untouched(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    options = from_address(OTHER) | {"input_stream": Untouched(), "content_length": 10}
    assert site.post(b"", **options).status_code == 403


def test_sender_is_counted_from_the_right_behind_proxies(make_site: Callable[..., ConfirmedSite]) -> None:
    """Behind a proxy, the address that it saw counts, and not the one that a client wrote."""
    site = make_site(PROXIES=1, WEBHOOK_SENDERS=["52.78.194.237"])
    wanted = {"52.78.194.237": 200, f"{OTHER}, 52.78.194.237": 200, f"52.78.194.237, {OTHER}": 403, "": 403}
    for forwarded, status in wanted.items():
        options = from_address(LOOPBACK, **{"X-Forwarded-For": forwarded})
        assert site.post(body(), **options).status_code == status
    assert site.post(body(), **from_address("52.78.194.237")).status_code == 403


def test_several_header_lines_are_one_list(make_site: Callable[..., ConfirmedSite]) -> None:
    """Several lines of X-Forwarded-For are one list, so that a line of the client's own moves nothing."""
    site = make_site(PROXIES=1, WEBHOOK_SENDERS=["52.78.194.237"])
    lines = [("X-Forwarded-For", "52.78.194.237"), ("X-Forwarded-For", OTHER)]
    answer = site.app.test_client().post("/webhooks/shop", data=body(), headers=lines)
    assert answer.status_code == 403


def test_vendors_address_is_the_default(make_site: Callable[..., ConfirmedSite]) -> None:
    """Without WEBHOOK_SENDERS, the address that the vendor documents is taken, and no other."""
    site = make_site(WEBHOOK_SENDERS=["52.78.194.237"])
    assert site.post(body(), **from_address("52.78.194.237")).status_code == 200
    assert site.post(body()).status_code == 403


def test_site_without_a_store_refuses_webhooks(make_site: Callable[..., ConfirmedSite]) -> None:
    """A site that keeps no links answers 409, and never acknowledges an event."""
    site = make_site(STORE="sealed:")
    answer = site.post(body())
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "not_kept")
    assert site.post(b"").status_code == 400


def test_store_that_is_down_asks_the_vendor_to_repeat(
    site: ConfirmedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the event cannot be kept now, the answer is 503 with Retry-After, and no acknowledgement."""

    def fail(*_: object, **__: object) -> None:
        raise StoreError

    monkeypatch.setattr(site.store.inbox, "receive", fail)
    answer = site.post(body())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["error"]["code"] == "store_unavailable"


def test_flood_of_refusals_writes_a_few_rows(site: ConfirmedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand refused posts are counted with a handful of writes."""
    writes = []
    count_refused = site.store.inbox.count_refused

    def counted(*arguments: Any, **named: Any) -> None:
        writes.append(arguments)
        count_refused(*arguments, **named)

    monkeypatch.setattr(site.store.inbox, "count_refused", counted)
    options = from_address(OTHER)
    client = site.app.test_client(use_cookies=False)
    for number in range(10_000):
        assert client.post(f"/webhooks/x{number}", **options).status_code == 403
    assert site.refused() == {"wrong_sender": 10_000}
    assert len(writes) <= 3


# --- nothing personal ---------------------------------------------------------------------------------------


def test_headers_are_like_all_others(site: ConfirmedSite) -> None:
    """Answers at a webhook's address have the headers of every other answer, and set no cookie."""
    usual = site.app.test_client().get("/healthz").headers
    for answer in (site.post(body()), site.post(b""), site.post(body(), **from_address(OTHER))):
        names = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cache-Control")
        assert all(answer.headers[name] == usual[name] for name in names)
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_refusal_and_no_log_line_shows_anything_personal(
    site: ConfirmedSite, encrypting: ConfirmedSite, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an answer nor the log has anything of a body, whatever is wrong with it."""
    texts = []
    with caplog.at_level(logging.DEBUG):
        for trigger in EVENTS:
            plain, sealed = body(trigger), body(trigger, ENCRYPTING)
            for bodies, where in (
                ((plain, sealed, plain[:-1], plain + b"x", plain[:-1] + b',"email":1,"email":2}'), site),
                ((plain, sealed, sealed[:-10] + b'AAAA"}'), encrypting),
            ):
                for content in bodies:
                    texts += [where.post(content).text, where.post(content, "jane").text]
                    texts.append(where.post(content, **from_address(OTHER)).text)
        site.work()
    told = "".join(texts) + caplog.text
    assert not [text for text in PERSONAL if text in told.replace("/webhooks/<project>", "")]


def test_database_has_nothing_personal_in_clear(site: ConfirmedSite, tmp_path: Path) -> None:
    """The store's files have no member of an event that could be personal, before and after the work."""
    odd = {"submission_id": "jane@example.com", "userid": "user_12345", "token_id": "tok_1"}
    started = site.start("user_12345")
    for trigger, members in SAMPLES.items():
        site.post(build_event(trigger, members | {"cf": {"cf3": started.state}}, PLAIN))
    site.post(build_event("Jane Doe", odd, PLAIN, allow_unknown=True))
    for _ in range(2):
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not [text for text in PERSONAL if text.encode() in content]
        assert site.work() >= 0
    assert b"approved" in content
    assert started.state.encode() not in content


def test_route_is_logged_and_the_address_is_not(
    site: ConfirmedSite, caplog: pytest.LogCaptureFixture
) -> None:
    """The access log has the route of a webhook, without a name that somebody typed."""
    with caplog.at_level(logging.INFO):
        site.post(body(), "jane")
    assert "POST /webhooks/<project> 404" in caplog.text
    assert "jane" not in caplog.text
