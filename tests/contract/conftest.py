"""These fixtures run each test of the suite with both clients, and the report names rows and no values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.checks import Differs, safe_text
from tests.contract.clients import Caller, Waits, caller
from tests.contract.report import write_report
from tests.contract.simulated import Switch, app_of, sandbox_of, serving
from tests.contract.target import MODES, Mode, World, is_vendor, may_write

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from webhelper.simulator.sandbox.sandbox import Sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that ``checks.rows`` gives."""
    config.addinivalue_line("markers", "rows(*numbers): the rows of docs/vendor-api.md that a test holds")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the rows of a test and, at the vendor, keep all that was answered out of its report."""
    report = yield
    mark = item.get_closest_marker("rows")
    if mark is None:
        return report
    error = None if call.excinfo is None else call.excinfo.value
    differs = isinstance(error, Differs)
    numbers = [error.row] if isinstance(error, Differs) else list(mark.args)
    report.user_properties.append(("rows", list(mark.args)))
    if report.failed and error is not None:
        report.user_properties.append(("differs", numbers if differs else list(mark.args)))
        report.user_properties.append(("what", safe_text(error)))
        if is_vendor():
            report.longrepr = safe_text(error)
    if is_vendor():
        report.sections.clear()
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write which rows are held, which differ, and which were not tried."""
    write_report(terminalreporter, in_full=is_vendor() or config.get_verbosity() > 0)


@pytest.fixture(scope="session")
def switch() -> Switch:
    """Return what leads requests to the simulator of the present test."""
    return Switch()


@pytest.fixture(scope="session")
def api_url(switch: Switch) -> Iterator[str]:
    """Return the address of the simulator's API."""
    with serving(switch) as url:
        yield f"{url}/v3"


@pytest.fixture(scope="session", params=MODES, ids=[mode.name for mode in MODES])
def mode(request: pytest.FixtureRequest) -> Mode:
    """Return each mode in turn."""
    one: Mode = request.param
    return one


@pytest.fixture(scope="session")
def waits() -> Waits:
    """Return the waits of the clients."""
    return Waits()


@pytest.fixture(scope="session")
def arguments(mode: Mode, api_url: str) -> dict[str, Any]:
    """Return the arguments of the client."""
    return mode.arguments(api_url)


@pytest.fixture(scope="session")
def call(mode: Mode, arguments: dict[str, Any], waits: Waits) -> Iterator[Caller]:
    """Return a caller of the client."""
    with caller(is_async=mode.is_async, waits=None if is_vendor() else waits, **arguments) as one:
        yield one


@pytest.fixture
def world(
    mode: Mode, call: Caller, arguments: dict[str, Any], waits: Waits, switch: Switch
) -> Iterator[World]:
    """Return what a test talks to. At its end, nothing that our client sent was ignored."""
    if mode.project is None:
        one = World(mode, call, waits, arguments, None)
        yield one
        for delete in reversed(one.clean_up):
            delete()
        return
    sandbox = sandbox_of(mode.project)
    switch.app = app_of(sandbox)
    waits.slept.clear()
    one = World(mode, call, waits, arguments, sandbox)
    try:
        yield one
        one.check_nothing_was_ignored()
    finally:
        sandbox.close()


@pytest.fixture
def sandbox(world: World) -> Sandbox:
    """Return the state of the simulator; at the vendor the test is not tried."""
    if world.simulator is None:
        pytest.skip("needs the simulator")
    return world.simulator


@pytest.fixture
def writer(world: World) -> World:
    """Return what a test talks to that makes and deletes something; else the test is not tried."""
    if not may_write():
        pytest.skip("needs LIVEFORM_CONTRACT_WRITE=1 and LIVEFORM_CONTRACT_ADMIN")
    return world
