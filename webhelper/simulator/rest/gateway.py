"""What every API request goes through: faults, key, address, limits, input, answer, log."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest.calls import Call, Notes
from webhelper.simulator.rest.inputs import read_input
from webhelper.simulator.rest.keys import Keys
from webhelper.simulator.rest.messages import Incoming, Outgoing, refusal, success
from webhelper.simulator.rest.refusals import DENIED, FORBIDDEN, Refused, plain
from webhelper.simulator.rest.routes import find
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.request_log import Request

if TYPE_CHECKING:
    from webhelper.simulator.rest.calls import Endpoint
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox

_KEY: Final = "x-api-key"
_SECRET: Final = frozenset({_KEY, "cookie", "authorization"})


@dataclass(slots=True)
class _Visit:
    """What becomes known of a request while it is answered."""

    notes: Notes
    pid: str | None = None
    transfer: bool = False


class Gateway:
    """Answers API requests from the state of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._keys = Keys(sandbox.dashboards.values())

    def answer(self, incoming: Incoming, *, fault: str | None = None, silent: bool = False) -> Outgoing:
        """Do a request, and keep it in the log.

        Args:
            incoming: the request.
            fault: kind of the fault that its answer meets.
            silent: whether the client gets no answer.
        """
        with self._sandbox.database.writing():
            visit = _Visit(Notes())
            try:
                outgoing = self._done(incoming, visit)
            except Refused as refused:
                outgoing = refusal(refused)
                if visit.transfer:
                    visit.notes.doubts.append("transfer_errors")
            self._log(incoming, visit, outgoing, fault=fault, silent=silent)
        return outgoing

    def skip(self, incoming: Incoming, *, fault: str) -> None:
        """Keep a request in the log that a fault met before it was done."""
        with self._sandbox.database.writing():
            visit = _Visit(Notes(), self._pid_of(incoming))
            nothing = Outgoing(status=0, body=b"", headers={}, plain=b"")
            self._log(incoming, visit, nothing, fault=fault, silent=True)

    def _done(self, incoming: Incoming, visit: _Visit) -> Outgoing:
        visit.pid = self._pid_of(incoming)
        dashboard, pid = self._admitted(incoming, visit.notes)
        self._sandbox.tick()
        route = find(incoming.method, incoming.path)
        if route is None:
            visit.notes.doubts.append("unknown_route")
            raise plain("", "Missing Authentication Token", status=HTTPStatus.FORBIDDEN)
        endpoint, names = route
        _check_key(endpoint, dashboard, pid, visit.notes)
        transfer = self._sandbox.transfer(pid)
        visit.transfer = transfer is not None
        if pid != dashboard.pid and dashboard.secure_data_transfer:
            visit.notes.doubts.append("transfer_face_auth")
        read = read_input(
            endpoint,
            incoming.query,
            incoming.body,
            transfer=transfer,
            dashboard=dashboard,
            notes=visit.notes,
        )
        fields, files = incoming.form() if endpoint.body == "form" else ({}, {})
        call = Call(
            sandbox=self._sandbox,
            dashboard=dashboard,
            pid=pid,
            query=read.query,
            body=read.body,
            fields=fields,
            files=files,
            path=names,
            notes=visit.notes,
        )
        reply = endpoint.handle(call)
        sealed = transfer.seal(reply.body) if transfer is not None and read.encrypted else reply.body
        return success(reply, sealed)

    def _pid_of(self, incoming: Incoming) -> str | None:
        holder = self._keys.find(incoming.headers.get(_KEY, ""))
        return None if holder is None else holder.project

    def _admitted(self, incoming: Incoming, notes: Notes) -> tuple[Dashboard, str]:
        """Return the project of the key, and the pid that the key belongs to."""
        holder = self._keys.find(incoming.headers.get(_KEY, ""))
        if holder is None:
            raise plain("", FORBIDDEN, status=HTTPStatus.FORBIDDEN)
        dashboard = self._sandbox.dashboard(holder.project)
        if dashboard.ip_api and not any(_within(incoming.address, one) for one in dashboard.ip_api):
            raise plain("", DENIED, status=HTTPStatus.FORBIDDEN)
        if incoming.too_large:
            notes.doubts.append("too_large")
            raise plain("", "Request Too Long", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self._sandbox.usage.admits(dashboard, self._sandbox.clock.now()):
            notes.doubts.append("throttling")
            raise _too_many(dashboard)
        return dashboard, holder.pid

    def _log(
        self, incoming: Incoming, visit: _Visit, outgoing: Outgoing, *, fault: str | None, silent: bool
    ) -> None:
        headers = {name: value for name, value in incoming.headers.items() if name not in _SECRET}
        self._sandbox.requests.add(
            Request(
                at=iso(self._sandbox.clock.now()),
                pid=visit.pid,
                method=incoming.method,
                path=incoming.path,
                query=incoming.query,
                headers=headers,
                body=incoming.body,
                opened=visit.notes.opened,
                status=None if silent else outgoing.status,
                answer=outgoing.plain,
                fault=fault,
                ignored=tuple(visit.notes.ignored),
                doubts=tuple(visit.notes.doubts),
            )
        )


def _check_key(endpoint: Endpoint, dashboard: Dashboard, pid: str, notes: Notes) -> None:
    """Refuse the key of the other project: FaceAuth has its own (row 1.1)."""
    kind = "project" if pid == dashboard.pid else "face_auth"
    if endpoint.keys not in (kind, "both"):
        notes.doubts.append("face_auth_key")
        raise plain("", FORBIDDEN, status=HTTPStatus.FORBIDDEN)


def _too_many(dashboard: Dashboard) -> Refused:
    refused = plain("", "Too Many Requests", status=HTTPStatus.TOO_MANY_REQUESTS)
    if dashboard.limits.retry_after is not None:
        refused.headers["Retry-After"] = dashboard.limits.retry_after
    return refused


def _within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:  # no address, such as behind a Unix socket
        return False
