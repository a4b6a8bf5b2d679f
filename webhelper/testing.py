"""Fixtures for pytest: a running simulator, a client on it, and ready-made events.

pytest finds them by itself where liveform is installed. Each module that they need is imported by the fixture
that needs it, so that other tests do not wait, and do not need what is not installed.

    def test_signup(liveform_simulator):
        url = liveform_simulator.project.form_url(userid="user_12345")
        back = liveform_simulator.complete(url, "approved")
        assert liveform_simulator.project.read_return(back).kyc_status == "approved"
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import pytest

__all__ = [
    "FormRefused",
    "LocalSimulator",
    "SandboxError",
    "liveform_client",
    "liveform_event",
    "liveform_simulator",
]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from liveform.rest import Client
    from webhelper.simulate.form_driver import FormRefused
    from webhelper.simulate.local_server import LocalSimulator
    from webhelper.simulator.sandbox.errors import SandboxError

    class MakeEvent(Protocol):
        """What ``liveform_event`` gives: a maker of the bodies of events."""

        def __call__(self, trigger: str, **members: Any) -> bytes:  # noqa: ANN401 - JSON values
            """Return the body of an event as the vendor would send it."""


# What is imported when it is first asked for, and where it is.
_LATER: Final = {
    "FormRefused": "webhelper.simulate.form_driver",
    "LocalSimulator": "webhelper.simulate.local_server",
    "SandboxError": "webhelper.simulator.sandbox.errors",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


@pytest.fixture
def liveform_simulator() -> Iterator[LocalSimulator]:
    """A simulator of the vendor on a free port of this machine, with a project of its own for this test."""
    from webhelper.simulate.local_server import LocalSimulator as Server  # noqa: PLC0415 - as the module says

    with Server() as simulator:
        yield simulator


@pytest.fixture
def liveform_client(liveform_simulator: LocalSimulator) -> Iterator[Client]:
    """A ``liveform.rest.Client`` that calls the simulator of this test."""
    from liveform.rest import Client as RestClient  # noqa: PLC0415 - as the module says

    with RestClient(
        liveform_simulator.api_key,
        base_url=f"{liveform_simulator.base_url}/v3",
        face_auth_key=liveform_simulator.face_auth_key,
    ) as client:
        yield client


@pytest.fixture
def liveform_event() -> MakeEvent:
    """A maker of webhook bodies: ``liveform_event("approved", userid="user_12345")``."""
    from webhelper.simulate.ready_made_events import make_event  # noqa: PLC0415 - as the module says

    return make_event
