"""What an event or a return claims -> what the vendor's API says now."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, overload

from liveform.errors import FieldError, UnexpectedValueError, nearest, shown
from liveform.returns import KycStatus, ReturnClaims
from liveform.tracebacks import strips_traceback
from liveform.webhooks.event import Event

if TYPE_CHECKING:
    from liveform.rest.operation import Steps
    from liveform.rest.values.submission import Submission
else:  # of another extra, and evaluated when hints are read: see project.py
    Submission = "__import__('liveform.rest', fromlist=['_']).Submission"


T = TypeVar("T")
_ID: Final = re.compile(r"[!-~]{1,256}")  # the vendor's samples have 13 to 18 letters, digits and _
_COMPARED: Final = ("userid", "email", "cf1", "cf2", "cf3")


class StepsRunner(Protocol):
    """A ``Client``: it runs steps and returns their result."""

    def run(self, steps: Steps[T]) -> T:
        """Return what the steps return."""


class AsyncStepsRunner(Protocol):
    """An ``AsyncClient``: it runs steps when it is awaited."""

    def run(self, steps: Steps[T]) -> Coroutine[Any, Any, T]:
        """Return what the steps return, when awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedEvent:
    """An event, and the submission as the vendor's API gave it when the event was confirmed.

    Proven, as far as TLS and the API key prove it: the vendor has this submission, with this status, at the
    time of the question. Not proven: that the vendor sent the event, or that the status stays. Where the two
    disagree, the API is right: an older event may have come late. Take the user id from ``submission`` and
    never from ``event``: one that the submission does not have, as after its deletion, is not compared.

    Attributes:
        event: as ``read_event`` gave it; still a claim.
        submission: what the vendor's API says.
        agrees: whether the submission's status is the event's outcome; None if the event has no outcome.
    """

    event: Event
    submission: Submission
    agrees: bool | None

    @property
    def status(self) -> str | None:
        """The vendor's status: ``approved``, ``rejected``, ``pending``, ``incomplete``; an open set."""
        return self.submission.status


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedReturn:
    """A return whose submission the vendor's API knows, with all that the caller expected in it.

    Proven, as far as TLS and the API key prove it: the vendor has this submission, its status was ``status``
    at the time of the question, and it carries each value of ``expect``, as the return does. Not proven: that
    the person at the browser is the one on the document, that the status stays, or that the return is new:
    a return can be confirmed any number of times. A user id alone in ``expect`` does not prove that your
    server began this check, for anybody can type one into a form URL; a state of ``sign_state`` in a custom
    field does, once ``verify_state`` has accepted it for this session.

    Attributes:
        submission: what the vendor's API says.
    """

    submission: Submission

    @property
    def submission_id(self) -> str | None:
        """The vendor's id of the submission."""
        return self.submission.submission_id

    @property
    def status(self) -> str | None:
        """The vendor's status: ``approved``, ``rejected``, ``pending``, ``incomplete``; an open set."""
        return self.submission.status

    @property
    def approved(self) -> bool:
        """Whether the vendor's status is ``approved``."""
        return self.status == KycStatus.APPROVED


@overload
def confirm_event(event: Event, client: StepsRunner) -> ConfirmedEvent: ...
@overload
def confirm_event(event: Event, client: AsyncStepsRunner) -> Coroutine[Any, Any, ConfirmedEvent]: ...
@strips_traceback
def confirm_event(
    event: Event, client: StepsRunner | AsyncStepsRunner
) -> ConfirmedEvent | Coroutine[Any, Any, ConfirmedEvent]:
    """Ask the vendor's API for the submission of an event (GET), and return both.

    Args:
        event: an event about a submission.
        client: a ``Client``; of an ``AsyncClient``, await the result.

    Raises:
        UnexpectedValueError: the event names no submission, its id cannot be one, or the API gave another
            submission or user id.
        VendorError: the call failed.
        FieldError: ``event`` is not an event, or ``client`` is not a client.
    """
    if not isinstance(event, Event):
        raise FieldError("event", "must be what read_event gave")
    submission_id = event.submission_id
    if not submission_id:
        raise UnexpectedValueError(
            "submission_id", "is missing: only an event about a submission can be confirmed"
        )
    _check_id(submission_id)
    _check_client(client)
    return client.run(_event_steps(event, submission_id))


@overload
def confirm_return(
    claims: ReturnClaims, client: StepsRunner, *, expect: Mapping[str, str]
) -> ConfirmedReturn: ...
@overload
def confirm_return(
    claims: ReturnClaims, client: AsyncStepsRunner, *, expect: Mapping[str, str]
) -> Coroutine[Any, Any, ConfirmedReturn]: ...
@strips_traceback
def confirm_return(
    claims: ReturnClaims, client: StepsRunner | AsyncStepsRunner, *, expect: Mapping[str, str]
) -> ConfirmedReturn | Coroutine[Any, Any, ConfirmedReturn]:
    """Ask the vendor's API for the submission of a return (GET), and compare it with what you expect.

    Args:
        claims: what ``Project.read_return`` gave.
        client: a ``Client``; of an ``AsyncClient``, await the result.
        expect: what the return and the submission must both have, such as ``{"userid": "user_12345"}`` or
            ``{"cf3": state}``: one or more of userid, email, cf1, cf2, cf3. Take it from your own session,
            never from the return.

    Raises:
        UnexpectedValueError: the return names no submission (an error page sends none), its id cannot be one,
            or a value of ``expect`` is missing or another one; ``field`` says which. No text holds a value.
        VendorError: the call failed.
        FieldError: ``expect`` names nothing, an unknown field, or a value that is not text; or ``client`` is
            no client.
    """
    if not isinstance(claims, ReturnClaims):
        raise FieldError("claims", "must be what read_return gave")
    wanted = _checked_expect(expect)
    if not claims.submission_id:
        raise UnexpectedValueError(
            "submission_id", "is missing: a return without it, as of an error page, cannot be confirmed"
        )
    _check_id(claims.submission_id)
    for name, value in wanted.items():
        _compare(name, getattr(claims, name), value, where="the return")
    _check_client(client)
    return client.run(_return_steps(claims.submission_id, wanted))


def _event_steps(event: Event, submission_id: str) -> Steps[ConfirmedEvent]:
    submission = yield from _fetch(submission_id)
    if event.userid is not None and submission.userid is not None:
        _compare("userid", submission.userid, event.userid, where="the vendor's submission")
    outcome = event.outcome
    agrees = None if outcome is None else submission.status == outcome
    return ConfirmedEvent(event=event, submission=submission, agrees=agrees)


def _return_steps(submission_id: str, wanted: Mapping[str, str]) -> Steps[ConfirmedReturn]:
    submission = yield from _fetch(submission_id)
    for name, value in wanted.items():
        holder = submission if name in ("userid", "email") else submission.data
        _compare(name, getattr(holder, name, None), value, where="the vendor's submission")
    return ConfirmedReturn(submission=submission)


def _fetch(submission_id: str) -> Steps[Submission]:
    from liveform.rest.operations.submissions import get  # needs no httpx2 until it is sent

    submission: Submission = yield get(submission_id)
    _compare("submission_id", submission.submission_id, submission_id, where="the vendor's answer")
    return submission


def _check_client(client: object) -> None:
    if not callable(getattr(client, "run", None)):
        raise FieldError("client", "must be a Client or an AsyncClient")


def _check_id(submission_id: str) -> None:
    """Refuse what somebody else sent, since to ask for it would look like the caller's mistake."""
    if not _ID.fullmatch(submission_id):
        raise UnexpectedValueError("submission_id", "is no id of the vendor's")


def _compare(field: str, found: str | None, expected: str, *, where: str) -> None:
    if found is None:
        raise UnexpectedValueError(field, f"is missing in {where}")
    if found != expected:
        raise UnexpectedValueError(field, f"is another one in {where} than expected")


def _checked_expect(expect: object) -> dict[str, str]:
    if not isinstance(expect, Mapping) or not expect:
        raise FieldError("expect", f"must name at least one of {', '.join(_COMPARED)}")
    for name, value in expect.items():
        if name not in _COMPARED:
            meant = nearest(name, _COMPARED) if isinstance(name, str) else None
            hint = f"; did you mean {meant}?" if meant else ""
            raise FieldError(shown(name), f"cannot be expected; {', '.join(_COMPARED)} can{hint}")
        if not isinstance(value, str) or not value:
            raise FieldError(name, "must be text, and not empty")
    return dict(expect)
