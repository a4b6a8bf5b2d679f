"""A simulator that runs in a thread of this process, for tests."""

from __future__ import annotations

from dataclasses import replace
from secrets import randbits
from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError
from webhelper.simulate import form_driver
from webhelper.simulate.app import create_simulator_app
from webhelper.simulate.local_clock import LocalClock
from webhelper.simulate.local_settings import AT_START, CHANGES, REVIEW
from webhelper.simulate.ready_made import new_keys, project_of
from webhelper.simulate.server_thread import ServerThread
from webhelper.simulator import MEMORY, Poster, Sandbox, SandboxError, create_simulator
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.reviews import review_pending
from webhelper.simulator.sandbox import options
from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.webhooks.body import body_of

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from liveform import Project

_NAME: Final = "sandbox"
_MOST: Final = 100_000


class LocalSimulator:
    """A running simulator with one project, which forgets all when it stops.

    Nothing happens behind a test's back: events are sent by ``complete``, ``review``, ``clock.move`` and
    ``deliver``, before they return. After ``stop``, what needs the simulator raises SandboxError.

    Args:
        return_url: where the form leads back to.
        webhook_url: where events go; None: they are only in ``events``.
        **dashboard: other settings of the project, such as ``private_mode=True``: those of ``Dashboard``.

    Attributes:
        base_url: the address of the form.
        project: the ``Project``, with its keys, ``base_url`` and ``api_url``.
        api_key, face_auth_key: its keys, as texts.
        clock: ``now()`` and ``move(minutes=3)``.
        sandbox: what the simulator remembers.

    Raises:
        ConfigError: a setting is unknown, or not allowed.
    """

    def __init__(
        self,
        *,
        return_url: str = "http://127.0.0.1/return",
        webhook_url: str | None = None,
        **dashboard: Any,  # noqa: ANN401 - Dashboard checks them
    ) -> None:
        settings = {"webhook_url": webhook_url, **dashboard}
        options.check({"return_url": return_url, **settings}, AT_START)
        encrypted = bool(dashboard.get("secure_data_transfer"))
        keys = new_keys()
        self._server = ServerThread()  # the project and the app need its address
        self.base_url = self._server.base_url
        self.project: Project = project_of(keys, self.base_url, secure_data_transfer=encrypted)
        try:
            made = dashboard_of(self.project, (return_url,), **settings)
        except ConfigError:
            self._server.stop()
            raise
        self.api_key, self.face_auth_key = keys.api_key, keys.face_auth_key
        self.sandbox = Sandbox(MEMORY, {_NAME: made}, seed=randbits(32))  # no two tests have the same ids
        self._simulator = create_simulator(self.sandbox, poster=Poster())
        self._app = create_simulator_app(self._simulator, form_addresses=[self.base_url])
        self.clock = LocalClock(self._simulator)

    def start(self) -> None:
        """Start to answer requests.

        Raises:
            SandboxError: it was started or stopped before.
        """
        self._server.start(self._app)

    def stop(self) -> None:
        """Stop, started or not, and return when the port is free again."""
        self._server.stop()
        self._simulator.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        self.stop()

    def complete(self, url: str, outcome: str = "approved", **fields: str) -> str:
        """Open a form URL, end its check, send the events of it, and return the Return URL.

        Args:
            url: from ``project.form_url(...)``, ``knowledge_url`` or ``injection_url``.
            outcome: ``"approved"``, ``"pending"``, ``"rejected"`` or ``"error"``.
            **fields: other values of the form: ``reject_code``, ``retry_code``, ``fail_code``, and ``error``,
                the name of an error page such as ``"face-compare"``.

        Raises:
            FormRefused: the form shows an error page; ``.code`` is its ``errorCode``.
            ConfigError: the URL is not that of a form here, or the form does not know a name or a value.
            SandboxError: the simulator does not run.
        """
        if not isinstance(url, str) or not url.startswith(f"{self.base_url}/"):
            raise ConfigError(("url", "is not one of this simulator; build it with its project"))
        if not self._server.is_running:
            raise SandboxError("the simulator does not run; call start, or use it in a with statement")
        back = form_driver.complete(url, outcome, fields)
        self.deliver()
        return back or ""

    def review(self, submission_id: str, status: str, *, reject_code: str = "other") -> None:
        """Approve or reject a pending submission as a reviewer does, and send the event of it.

        Args:
            submission_id: of a pending submission.
            status: ``"approved"`` or ``"rejected"``.
            reject_code: of a rejection.

        Raises:
            SandboxError: there is no such submission, it is not pending, or a reviewer gives no such status.
            ConfigError: the id is not text, or the code is not one.
        """
        options.check({"submission_id": submission_id, "reject_code": reject_code}, REVIEW)
        review_pending(self.sandbox, submission_id, status, code=reject_code)
        self.deliver()

    def deliver(self) -> int:
        """Send the events that are due to ``webhook_url``, and return the number of attempts."""
        return self._simulator.sender.deliver_due()

    @property
    def events(self) -> list[bytes]:
        """The bodies of all events so far, as the vendor sends them, whether there is a URL or not."""
        newest = self.sandbox.events.newest(limit=_MOST)
        return [body_of(one.members, self.sandbox.transfer(one.pid)) for one in reversed(newest)]

    def fail(self, kind: str = "status", *, where: str = "rest", **more: Any) -> None:  # noqa: ANN401
        """Let the next request to the API go wrong, or the next event.

        Args:
            kind: ``"status"``, ``"timeout"``, ``"reset"``, ``"half_body"``, ``"wrong_json"``, ``"slow"`` or
                ``"redirect"``; of events ``"duplicate"``, ``"reorder"``, ``"drop"``, ``"status"``.
            where: ``"rest"`` or ``"webhook"``.
            **more: what ``Fault`` takes: ``status=429``, ``times=3``, ``share=0.05``, ``seconds=2``,
                ``path="/submission/*"``, ``method="POST"``.

        Raises:
            ConfigError: an option is unknown or not allowed, or requests or events have no such kind.
        """
        self.sandbox.faults.add(options.made_of(Fault, {"where": where, "kind": kind, **more}))

    @property
    def webhook_url(self) -> str | None:
        """Where events go from now on; it may be set."""
        return self.sandbox.dashboard(self.project.pid).webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.configure(webhook_url=url)

    def configure(self, **changes: Any) -> None:  # noqa: ANN401 - Dashboard checks them
        """Change settings of the dashboard from now on, such as ``credits=0``.

        Args:
            **changes: settings of ``Dashboard``; the project and its API key stay.

        Raises:
            ConfigError: a setting is unknown, or not allowed.
        """
        options.check(changes, CHANGES)
        self.sandbox.configure(replace(self.sandbox.dashboard(self.project.pid), **changes))
