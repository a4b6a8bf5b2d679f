"""This benchmark measures growth: with fields, with a value's size, with threads, with stored links."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from liveform import Project
from liveform.crypto.ciphers import CIPHER_NAMES, CipherName
from tests.benchmarks import references
from tests.benchmarks.harness import Curve, Effort, Result, seconds_of, side_by_side
from tests.benchmarks.stored_links import curves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Twenty fields that go together, in the order in which they are added.
FIELDS: Final[dict[str, Any]] = {
    "userid": "user_1234567890",
    "email": "jane.doe@example.com",
    "cf1": "campaign_summer_2026",
    "cf2": "store_17",
    "cf3": "table_4",
    "allowed_countries": "USA,KOR",
    "reject_duplicate_user": False,
    "age_limit": False,
    "blacklist_countries": False,
    "approve_period": False,
    "reject_period": False,
    "token_id": "tok_1234567890",
    "start_valid_until": "2030-01-01T00:00:00Z",
    "projection_name": "without_address",
    "allowed_id_types": "passport,drivers_license",
    "allowed_document_fields": "name,birthDate",
    "selected_issuing_country": "KOR",
    "selected_id_type": "passport",
    "main_color": "123456",
    "inner_color": "654321",
}
SIZES: Final = (1, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000)
THREADS: Final = (1, 2, 4, 8)
_CALLS_OF_A_THREAD: Final = 400


def run(effort: Effort) -> Iterator[Curve | Result]:
    """Yield the curves of the library, and then what is measured of the store."""
    briefly = Effort(min(effort.rounds, 9), effort.seconds / 2)
    yield _fields(briefly)
    yield _sizes(briefly)
    yield _threads(briefly)
    yield from curves(effort)


def _project(cipher: CipherName) -> Project:
    return Project(references.PID, key=references.KEY_TEXT, cipher=cipher)


def _fields(effort: Effort) -> Curve:
    works: dict[str, dict[float, Callable[[], object]]] = {"GCM": {}, "ECB": {}}
    for count in range(1, len(FIELDS) + 1):
        fields = dict(list(FIELDS.items())[:count])
        works["GCM"][count] = partial(_project("gcm").form_url, **fields)
        works["ECB"][count] = partial(_project("ecb").form_url, **fields)
    return Curve(
        name="fields",
        title="form_url, 1 to 20 fields",
        x_label="fields",
        y_label="µs",
        lines=_microseconds(works, effort),
    )


def _sizes(effort: Effort) -> Curve:
    works: dict[str, dict[float, Callable[[], object]]] = {"form_url": {}, "read_return": {}}
    project = _project("ecb")
    for size in SIZES:
        url = project.build_return("https://app.example.com/done", {"cf1": "x" * size})
        works["form_url"][size] = partial(project.form_url, cf1="x" * size)
        works["read_return"][size] = partial(project.read_return, url)
    return Curve(
        name="sizes",
        title="One value that grows, ECB, up to a URL of 8,000 characters",
        x_label="characters of the value",
        y_label="µs",
        lines=_microseconds(works, effort),
    )


def _threads(effort: Effort) -> Curve:
    """Return the URLs a second of one project that threads share, of which the lock lets one run."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for cipher in CIPHER_NAMES:
        work = partial(_project(cipher).form_url, userid="user_1234567890", email="jane.doe@example.com")
        lines[f"form_url, {cipher.upper()}"] = [
            (threads, max(_rate(work, threads) for _ in range(effort.rounds)) / 1_000) for threads in THREADS
        ]
    return Curve(
        name="threads",
        title="Threads that share one project",
        x_label="threads",
        y_label="1,000 URLs a second, all together",
        lines=lines,
    )


def _rate(work: Callable[[], object], threads: int) -> float:
    def idempotency_key() -> None:
        for _ in range(_CALLS_OF_A_THREAD):
            work()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: None, range(threads)))
        taken = seconds_of(lambda: list(pool.map(lambda _: idempotency_key(), range(threads))))
    return threads * _CALLS_OF_A_THREAD / taken


def _microseconds(
    works: dict[str, dict[float, Callable[[], object]]], effort: Effort
) -> dict[str, list[tuple[float, float]]]:
    flat = {f"{line} {x}": work for line, of_line in works.items() for x, work in of_line.items()}
    took = side_by_side(flat, effort)
    return {line: [(x, took[f"{line} {x}"] * 1e6) for x in of_line] for line, of_line in works.items()}
