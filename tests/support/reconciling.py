"""This module has a site whose webhooks are lost, and the vendor it asks: a simulator, or one made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from confirmed_sites import NAME, ConfirmedSite, text_of
from sites import BASE_URL, NOW, Clock, link_request, link_service, new_visit

from liveform import LiveformError, Pipeline, VendorError
from liveform.webhooks import build_event
from webhelper.confirmation.asking import Answer, VendorApi
from webhelper.confirmation.calls import CallPace
from webhelper.confirmation.comparison import Report, Scope
from webhelper.confirmation.reconcile import Reconciler
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.submissions import Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from confirmed_sites import Started

    from liveform.rest import Submission
    from webhelper.confirmation.comparison import CheckedVisit
    from webhelper.links.models import Link
    from webhelper.simulate.local_server import LocalSimulator

SINCE_YESTERDAY = Scope(since=NOW - 86_400)


class Turning:
    """A clock that a sleep moves. Call it for the seconds that passed.

    Attributes:
        slept: the seconds of each sleep.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Return the seconds that passed."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.slept.append(seconds)
        self.passed += seconds


class LostWebhooks:
    """A site at a simulator whose webhooks never arrive.

    Args:
        directory: where the store of the site is.
        simulator: runs.
        **changes: settings of the site.
    """

    def __init__(self, directory: Path, simulator: LocalSimulator, **changes: object) -> None:
        self.simulator = simulator
        self.clock = Clock(simulator.clock.now().timestamp())
        self.site = ConfirmedSite(directory, simulator.project, self.clock, **changes)

    def reconciler(self) -> Reconciler:
        """Return a reconciler that does not wait."""
        turning = Turning()
        pace = CallPace(100, clock=turning, sleep=turning.sleep)
        services = self.site.services
        return Reconciler(self.site.store, services.vendor_api, pace, self.clock)

    def calls(self) -> list[str]:
        """Return what the vendor was asked, the oldest first: method, path, and names of parameters."""
        logged = reversed(self.simulator.sandbox.requests.newest(limit=1000))
        return [f"{one.method} {one.path} {','.join(sorted(dict(parse_qsl(one.query))))}" for one in logged]

    def submissions(self) -> list[str]:
        """Return the ids of the vendor's submissions, the oldest first."""
        search = Search(pid=self.simulator.project.pid, limit=100)
        found = self.simulator.sandbox.submissions.search(search)
        return [one.id for one in sorted(found, key=lambda one: (one.created_at, one.id))]

    def owner(self, submission_id: str) -> str:
        """Return the user id of a submission."""
        return str(self.simulator.sandbox.submissions.get(submission_id).item["userid"])

    def begin(self, started: Started, userid: str | None = "user_12345") -> str:
        """Let the person begin the form, and return the id of the unfinished submission."""
        values = {"cf3": started.state} | ({} if userid is None else {"userid": userid})
        pid = self.simulator.project.pid
        return self.simulator.sandbox.begin(pid, values, pipeline=Pipeline.ID_DOCUMENT)

    def edit(self, submission_id: str, status: str) -> None:
        """Change the status of a decided submission, as an administrator of the vendor's dashboard."""
        sandbox, pid = self.simulator.sandbox, self.simulator.project.pid
        with sandbox.database.writing():
            submission = sandbox.submissions.get(submission_id)
            changes.edit(sandbox, submission, {"kycStatus": status}, admin=sandbox.dashboard(pid).admins[0])

    def claim(self, started: Started, submission_id: str, status: str = "approved") -> None:
        """Let the browser of a visit come back with a return that claims this submission."""
        claims = {"kycStatus": status, "submissionId": submission_id, "cf3": started.state}
        url = self.simulator.project.build_return(f"{BASE_URL}/return/{NAME}", claims)
        self.site.come_back(started, url)

    def arrive(self, started: Started, submission_id: str) -> None:
        """Let the webhook ``created`` of a submission arrive."""
        members = {"submission_id": submission_id, "cf": {"cf3": started.state}}
        self.site.post(build_event("created", members, self.simulator.project))
        self.site.work()

    def outcomes(self, visit_id: str) -> list[str]:
        """Return what was said of a visit, in the order of arrival."""
        return [text_of(one) for one in self.site.visit(visit_id).outcomes]


class MadeUpApi(VendorApi):
    """A vendor that knows no submission but those that a test gives it.

    Attributes:
        answers: by submission id.
        listed: what the list of every user id has.
        errors: what the next calls raise; None lets one pass.
        asked: the submission ids, and the user ids after ``@``, that were asked for.
    """

    def __init__(self, *projects: str) -> None:
        self.answers: dict[str, Answer] = {}
        self.listed: Sequence[Submission] = ()
        self.errors: list[LiveformError | None] = []
        self.asked: list[str] = []
        self._projects_with_keys = projects

    def can_ask(self, project_name: str) -> bool:
        """Return whether it is one of these projects."""
        return project_name in self._projects_with_keys

    def ask(self, project_name: str, submission_id: str, *, now: float) -> Answer:
        """Return the answer, or raise the next error."""
        self._note(submission_id)
        return self.answers.get(submission_id, Answer(None, None))

    def client(self, project_name: str) -> Any:
        """Return what lists submissions."""
        return SimpleNamespace(submissions=SimpleNamespace(list=self._list))

    def _list(self, *, userid: str, page_size: int) -> Iterator[Submission]:
        self._note(f"@{userid}")
        yield from self.listed

    def _note(self, name: str) -> None:
        self.asked.append(name)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error


class Shop:
    """A store with visits, and a reconciler that asks a made-up vendor for the projects shop and signup."""

    def __init__(self, tmp_path: Path, *projects: str) -> None:
        self._service = link_service(tmp_path, Clock())
        self.store = self._service.store
        self.api = MadeUpApi(*(projects or ("shop", "signup")))
        self.turning = Turning()
        self.checked: list[CheckedVisit] = []

    def link(self, project: str = "shop", **fields: str) -> Link:
        """Return a new reusable link, which opens for a day."""
        request = link_request(project=project, fields=fields, max_uses=None, expires_in=86_400)
        return self._service.create(request, by="tests")[0]

    def visits(self, link: Link, count: int = 1, *, at: float = NOW) -> list[str]:
        """Add visits a second apart, and return their ids."""
        made = [new_visit(link, at=at + number) for number in range(count)]
        return [self.store.visit(link, visit, browser=None).id for visit in made]

    def claims(self, count: int, project: str = "shop") -> list[str]:
        """Add visits whose returns claim the submissions ``sub0``, ``sub1`` and so on."""
        ids = self.visits(self.link(project), count)
        for number, visit_id in enumerate(ids):
            self.store.record(visit_id, claimed(Result.APPROVED, f"sub{number}"))
        return ids

    def reconciler(self, per_second: int = 1000, per_day: int = 100_000) -> Reconciler:
        """Return a new reconciler."""
        pace = CallPace(per_second, per_day, clock=self.turning, sleep=self.turning.sleep)
        return Reconciler(self.store, self.api, pace, Clock())

    def run(self, scope: Scope = SINCE_YESTERDAY, **options: int) -> Report:
        """Run it, and note the visits in ``checked``."""
        return self.reconciler(**options).run(scope, on_checked=self.checked.append)


def refused(status: int, code: str = "refused") -> VendorError:
    """Return the error of a call that the vendor refused."""
    return VendorError("it was refused", reason="refused", status=status, code=code)


def said(result: Result, submission_id: str, *, at: float = NOW) -> Outcome:
    """Return an outcome of the API."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at, source=Source.API)


def claimed(result: Result, submission_id: str | None, *, at: float = NOW) -> Outcome:
    """Return an outcome that a return claims."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at)
