"""This module says what the suite talks to: the simulator, or the vendor when its key is in the environment.

LIVEFORM_CONTRACT_KEY is the API key of a project of the vendor. LIVEFORM_CONTRACT_URL is another address of
the API, LIVEFORM_CONTRACT_TRANSFER the text of the project's Secure Data Transfer if that is on. With
LIVEFORM_CONTRACT_WRITE=1, and the e-mail of an administrator in LIVEFORM_CONTRACT_ADMIN, the suite also makes
four submissions by migration and six token ids, and deletes what it made. Each submission may cost a credit
(FAQ). It never opens a form, never screens (AML) and never compares faces.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from liveform import Pipeline, SecretKey, SecureDataTransfer
from liveform.form_urls import VENDOR_API_URL
from tests.contract.checks import Differs
from tests.contract.simulated import ADMIN, TRANSFERS, project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform.rest import Operation
    from tests.contract.clients import Caller, Waits
    from webhelper.simulator.sandbox.request_log import Request
    from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

_PREFIX: Final = "LIVEFORM_CONTRACT_"


def setting(name: str) -> str:
    """Return a variable of the suite; an empty text if it is not set."""
    return os.environ.get(_PREFIX + name, "")


def is_vendor() -> bool:
    """Return whether the suite talks to the vendor."""
    return bool(setting("KEY"))


def may_write() -> bool:
    """Return whether the suite may make and delete something."""
    return not is_vendor() or (setting("WRITE") == "1" and bool(setting("ADMIN")))


class Mode:
    """One way to run a test: with which client, and with which Secure Data Transfer.

    Args:
        name: for the report.
        is_async: whether the client is an ``AsyncClient``.
        project: name of the simulator's project; for the vendor, None.
    """

    def __init__(self, name: str, *, is_async: bool, project: str | None) -> None:
        self.name = name
        self.is_async = is_async
        self.project = project

    def arguments(self, base_url: str) -> dict[str, Any]:
        """Return the arguments of a client for this mode.

        Args:
            base_url: of the simulator's API.
        """
        if self.project is None:
            text = setting("TRANSFER")
            return {
                "api_key": setting("KEY"),
                "base_url": setting("URL") or VENDOR_API_URL,
                "secure_data_transfer": SecureDataTransfer.from_text(text) if text else None,
            }
        own = project(self.project)
        return {
            "api_key": _text_of(own.expose_api_key()),
            "face_auth_key": _text_of(own.expose_api_key(face_auth=True)),
            "base_url": base_url,
            "secure_data_transfer": TRANSFERS[self.project],
        }


def _text_of(key: SecretKey | None) -> str | None:
    return None if key is None else key.expose_text()


def modes() -> list[Mode]:
    """Return the modes in which each test runs."""
    if is_vendor():
        return [
            Mode("vendor", is_async=False, project=None),
            Mode("vendor-async", is_async=True, project=None),
        ]
    return [
        Mode("sync", is_async=False, project="plain"),
        Mode("async", is_async=True, project="plain"),
        Mode("encrypted", is_async=False, project="encrypted"),
        Mode("async-wrapped", is_async=True, project="wrapped"),
    ]


MODES: Final = modes()
# A test that takes long runs with one client alone.
once: Final = pytest.mark.parametrize("mode", MODES[:1], indirect=True, ids=[MODES[0].name])


@dataclass
class World:
    """What a test talks to.

    Attributes:
        mode: the way in which the test runs.
        call: calls methods of the client.
        waits: the client's waits, which do not take place.
        arguments: those of the client, for another one.
        simulator: the state of the simulator; None at the vendor.
        clean_up: what deletes that which the test made at the vendor.
    """

    mode: Mode
    call: Caller
    waits: Waits
    arguments: Mapping[str, Any]
    simulator: Sandbox | None
    clean_up: list[Callable[[], object]] = field(default_factory=list)

    @property
    def admin(self) -> str:
        """Return the e-mail of an administrator."""
        return setting("ADMIN") if self.simulator is None else ADMIN

    @property
    def is_encrypted(self) -> bool:
        """Return whether Secure Data Transfer is on."""
        return self.arguments["secure_data_transfer"] is not None

    def migrate(self, **given: Any) -> str:
        """Create a submission by the API, and return its id; at the vendor it is deleted after the test."""
        person = {"full_name": "Sample Person", "birth_date": "1990-01-31", "kyc_status": "approved"}
        values = person | {"admin": self.admin, "email": "contract@example.com"} | given
        made: str = self.call(lambda client: client.submissions.create(**values))
        if self.simulator is None:
            self.clean_up.append(
                lambda: self.call(lambda client: client.submissions.delete(made, admin_name=self.admin))
            )
        return made

    def get(self, submission_id: str) -> Any:
        """Return a submission as the API has it."""
        return self.call(lambda client: client.submissions.get(submission_id))

    def send(self, operation: Operation[Any]) -> Any:
        """Send what no method of a client makes."""
        return self.call(lambda client: client.send(operation))

    def some_submission(self) -> str:
        """Return the id of a submission: a new one of the simulator, or any one of the vendor's project."""
        if self.simulator is not None:
            return self.migrate(cf1="one", userid="user_12345")
        listed = self.call(lambda client: client.submissions.list(page_size=1), most=1)
        if not listed or listed[0].submission_id is None:
            pytest.skip("the project has no submission")
        found: str = listed[0].submission_id
        return found

    @property
    def pid(self) -> str:
        """Return the project of the simulator."""
        return project(self.mode.project or "").pid

    def check(
        self, outcome: Outcome = "approved", values: Mapping[str, str] | None = None, **named: str
    ) -> str:
        """Let the simulator's form end in an outcome, and return the id of the submission.

        Args:
            outcome: the status.
            values: parameters of the form URL.
            **named: more of them.
        """
        if self.simulator is None:
            pytest.skip("needs the simulator")
        given = {**(values or {}), **named}
        return self.simulator.submit(self.pid, given, outcome, pipeline=Pipeline.ID_DOCUMENT)

    def check_nothing_was_ignored(self) -> None:
        """Raise ``Differs`` if the simulator ignored something of what it got."""
        ignored = {f"{name} in {one.method} {one.path}" for one in self.requests() for name in one.ignored}
        if ignored:
            raise Differs("2.1", f"the vendor would ignore {', '.join(sorted(ignored))}")

    def requests(self) -> list[Request]:
        """Return what the simulator got, the oldest first."""
        return [] if self.simulator is None else self.simulator.requests.newest()[::-1]

    def last_request(self) -> Request:
        """Return the last one."""
        return self.requests()[-1]
