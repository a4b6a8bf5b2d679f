"""A simulator that runs in a thread of this process, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from secrets import randbits
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server

from webhelper.simulate import form_driver
from webhelper.simulate.app import create_simulator_app
from webhelper.simulate.ready_made import new_keys, project_of
from webhelper.simulator import MEMORY, Poster, Sandbox, create_simulator
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.reviews import review_pending
from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.webhooks.body import body_of

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from liveform import Project

_HOST: Final = "127.0.0.1"
_NAME: Final = "sandbox"
_MOST: Final = 100_000
_POLL_S: Final = 0.02  # how soon it sees that it shall stop


class _QuietHandler(WSGIRequestHandler):
    """Writes no request lines, which hold tokens and personal data."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Write nothing."""


class SimulatorClock:
    """The clock of a simulator."""

    def __init__(self, simulator: LocalSimulator) -> None:
        self._simulator = simulator

    def now(self) -> datetime:
        """Return the time of the simulator, in UTC."""
        return self._simulator.sandbox.clock.now()

    def move(self, **by: float) -> None:
        """Move the clock, such as ``move(minutes=3)``, and send the events that are due then."""
        self._simulator.sandbox.clock.move(timedelta(**by))
        self._simulator.deliver()


class LocalSimulator:
    """A running simulator with one project, which forgets all when it stops.

    Nothing happens behind a test's back: events are sent by ``complete``, ``review``, ``clock.move`` and
    ``deliver``, before they return.

    Args:
        return_url: where the form leads back to.
        webhook_url: where events go; None: they are only in ``events``.
        **dashboard: other settings of the project, such as ``private_mode=True``.

    Attributes:
        base_url: the address of the form.
        project: the ``Project``, with its keys, ``base_url`` and ``api_url``.
        api_key, face_auth_key: its keys, as texts.
        clock: ``now()`` and ``move(minutes=3)``.
        sandbox: what the simulator remembers.
    """

    def __init__(
        self,
        *,
        return_url: str = "http://127.0.0.1/return",
        webhook_url: str | None = None,
        **dashboard: Any,  # noqa: ANN401 - Dashboard checks them
    ) -> None:
        keys = new_keys()
        encrypted = bool(dashboard.get("secure_data_transfer"))
        self._server = make_server(_HOST, 0, NotFound(), threaded=True, request_handler=_QuietHandler)
        self.base_url = f"http://{_HOST}:{self._server.port}"
        self.project: Project = project_of(keys, self.base_url, secure_data_transfer=encrypted)
        self.api_key, self.face_auth_key = keys.api_key, keys.face_auth_key
        settings = {"webhook_url": webhook_url, **dashboard}
        dashboards = {_NAME: dashboard_of(self.project, (return_url,), **settings)}
        self.sandbox = Sandbox(MEMORY, dashboards, seed=randbits(32))  # no two tests have the same ids
        self._simulator = create_simulator(self.sandbox, poster=Poster())
        self._sender = self._simulator.sender
        # The address of the server is in the settings of the app, so the server is made first.
        self._server.app = create_simulator_app(self._simulator, form_addresses=[self.base_url])
        self.clock = SimulatorClock(self)
        self._thread = Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="liveform-simulator", daemon=True
        )

    def start(self) -> None:
        """Start to answer requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, started or not, and return when the port is free again."""
        if self._thread.is_alive():
            self._server.shutdown()  # waits for the loop, so it hangs if that never ran
            self._thread.join()
        self._server.server_close()
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
            ValueError: the URL is not that of a form here, or the form does not know a value.
        """
        if not isinstance(url, str) or not url.startswith(f"{self.base_url}/"):
            raise ValueError("the URL is not one of this simulator; build it with its project")
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
        """
        review_pending(self.sandbox, submission_id, status, code=reject_code)
        self.deliver()

    def deliver(self) -> int:
        """Send the events that are due to ``webhook_url``, and return the number of attempts."""
        return self._sender.deliver_due()

    @property
    def events(self) -> list[bytes]:
        """The bodies of all events so far, as the vendor sends them, whether there is a URL or not."""
        newest = self.sandbox.events.newest(limit=_MOST)
        return [body_of(one.members, self.sandbox.transfer(one.pid)) for one in reversed(newest)]

    def fail(self, kind: str = "status", *, where: str = "rest", **options: Any) -> None:  # noqa: ANN401
        """Let the next request to the API go wrong, or the next event.

        Args:
            kind: ``"status"``, ``"timeout"``, ``"reset"``, ``"half_body"``, ``"wrong_json"``, ``"slow"`` or
                ``"redirect"``; of events ``"duplicate"``, ``"reorder"``, ``"drop"``, ``"status"``.
            where: ``"rest"`` or ``"webhook"``.
            **options: what ``Fault`` takes: ``status=429``, ``times=3``, ``share=0.05``, ``seconds=2``.
        """
        self.sandbox.faults.add(Fault(where=where, kind=kind, **options))  # type: ignore[arg-type]

    @property
    def webhook_url(self) -> str | None:
        """Where events go from now on; it may be set."""
        return self.sandbox.dashboard(self.project.pid).webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        if url is not None and not self._sender.may_call(url):
            raise ValueError("the URL must be http or https, on a loopback host")
        self.configure(webhook_url=url)

    def configure(self, **changes: Any) -> None:  # noqa: ANN401 - Dashboard checks them
        """Change settings of the dashboard from now on, such as ``credits=0``."""
        self.sandbox.configure(replace(self.sandbox.dashboard(self.project.pid), **changes))
