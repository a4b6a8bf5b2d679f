"""These tests ask the simulator as pages of other sites do, also under a name that leads to this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import projects

from webhelper.simulate.app import create_simulator_app
from webhelper.simulator import MEMORY, Sandbox, create_simulator
from webhelper.simulator.dashboards import Site, dashboards_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

LAN = "http://192.168.0.7:8000"
PATHS = ["/simulator/inbox", "/simulator/sandbox/requests", "/simulator/sandbox/clock"]
# What a page says that was loaded from a name which another site made lead to this machine.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def demo(make_app: Callable[..., Flask], base_url: str, local_url: str) -> Flask:
    """Return a demo whose simulator is reached at two addresses."""
    simulator = "lan" if base_url == LAN else True
    return make_app(BASE_URL=base_url, SIMULATOR=simulator, PROJECTS=projects(f"{local_url}/simulator"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:9", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("192.168.0.7:8000", 403),
        ("evil.example:8000", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("[::1", 403),
        ("a..b", 403),
    ],
)
def test_simulator_answers_its_own_names_alone(
    make_app: Callable[..., Flask], path: str, host: str, status: int
) -> None:
    """A page that was loaded from a name of another site reads nothing, although it is of the same origin."""
    client = demo(make_app, "http://127.0.0.1:8000", "http://127.0.0.1:8000").test_client()
    assert client.get(path, headers=SAME_ORIGIN, environ_overrides={"HTTP_HOST": host}).status_code == status


def test_webhook_address_is_not_set_from_the_name_of_another_site(make_app: Callable[..., Flask]) -> None:
    """A page that was loaded from a name of another site changes nothing."""
    client = demo(make_app, "http://127.0.0.1:8000", "http://127.0.0.1:8000").test_client()
    body = {"pid": "shoppid001", "url": "http://127.0.0.1:9/x"}
    for host, status in (("evil.example:8000", 403), ("127.0.0.1:8000", 200)):
        environ = {"HTTP_HOST": host}
        path = "/simulator/sandbox/webhook"
        answer = client.post(path, json=body, headers=SAME_ORIGIN, environ_overrides=environ)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "status"), [("192.168.0.7:8000", 200), ("127.0.0.1:8000", 200), ("192.168.0.8:8000", 403)]
)
def test_simulator_in_a_network_has_the_address_of_its_site_too(
    make_app: Callable[..., Flask], host: str, status: int
) -> None:
    """A demo that phones can open answers the address that they use, and no other one."""
    client = demo(make_app, LAN, "http://127.0.0.1:8000").test_client()
    assert client.get("/simulator/inbox", environ_overrides={"HTTP_HOST": host}).status_code == status


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1:8001", 200), ("evil.example:8001", 403)])
def test_simulator_alone_answers_loopback_names_alone(host: str, status: int) -> None:
    """The simulator without a site has the names of loopback, and no other ones."""
    sandbox = Sandbox(MEMORY, dashboards_of(projects(), Site(return_urls={})))
    simulator = create_simulator(sandbox)
    client = create_simulator_app(simulator).test_client()
    assert client.get("/inbox", environ_overrides={"HTTP_HOST": host}).status_code == status
    simulator.close()
