"""This benchmark reads webhooks with ``read_event``: usual ones, and bodies made to take long."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from liveform import LiveformError, Project
from liveform.webhooks import MAX_BODY_BYTES, build_event, read_event
from tests.benchmarks import references
from tests.benchmarks.harness import Effort, Result, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_SECONDS: Final = 0.05
_START: Final = '{"webhook_trigger":"approved","a":'


def run(effort: Effort) -> Iterator[Result]:
    """Yield the results for an encrypted and a plain event, and for the slowest of the hostile bodies."""
    encrypting = Project(references.PID, api_key=references.KEY_TEXT, secure_data_transfer=True)
    plain = Project(references.PID)
    members = {name: value for name, value in references.EVENT.items() if name != "webhook_trigger"}
    body, encrypted = (build_event("approved", members, project) for project in (plain, encrypting))
    took = side_by_side(
        {
            "ours": partial(read_event, encrypted, encrypting),
            "snippet": partial(references.read_encrypted_event, encrypted),
            "ours, plain": partial(read_event, body, plain),
            "json.loads": partial(json.loads, body),
        },
        effort,
    )
    yield Result(
        work="read_event, encrypted",
        reference="json.loads and the cipher",
        ours=took["ours"],
        theirs=took["snippet"],
        goal=1.5,
    )
    yield Result(
        work="read_event, plain",
        reference="json.loads",
        ours=took["ours, plain"],
        theirs=took["json.loads"],
        goal=2.5,
    )
    hostile = side_by_side(
        {name: partial(_read, text.encode(), plain) for name, text in hostile_bodies().items()},
        Effort(min(3, effort.rounds), 0),
    )
    slowest = max(hostile, key=lambda name: hostile[name])
    yield Result(
        work=f"read_event and key, the slowest of {len(hostile)} hostile bodies of 1 MiB ({slowest})",
        reference="50 ms",
        ours=hostile[slowest],
        theirs=_MOST_SECONDS,
        goal=1,
    )


def _read(body: bytes, project: Project) -> None:
    try:
        event = read_event(body, project)
    except LiveformError:
        return
    _ = (event.key, event.occurred_at, repr(event))


def hostile_bodies() -> dict[str, str]:
    """Return bodies of the longest size that try to take long: nesting, many members, escapes, numbers."""
    records = '{"webhook_trigger":"aml_monitor","email":1,"records":['
    return {
        "open brackets": "[" * MAX_BODY_BYTES,
        "nested objects": _filled("", '{"a":', ""),
        "lists side by side": _filled(f"{_START}[", "[],", "[]]}"),
        "objects side by side": _filled(f"{_START}[", "{},", "{}]}"),
        "numbers": _filled(f"{_START}[", "0,", "0]}"),
        "as many members as allowed": _START + "0" + "".join(f',"{n:040}":0' for n in range(19_900)) + "}",
        "the same member again": _filled(f"{_START}0", ',"a":0', "}"),
        "an integer": _filled(_START, "1", "}"),
        "integers as long as allowed": _filled(f"{_START}[", "1" * 1000 + ",", "1]}"),
        "a fraction": _filled(f"{_START}1.", "1", "}"),
        "an exponent": _filled(f"{_START}1e", "9", "}"),
        "escapes": _filled(f'{_START}"', "\\u0041", '"}'),
        "escaped surrogates": _filled(f'{_START}"', "\\ud83d\\ude00", '"}'),
        "escaped lone surrogates": _filled(f'{_START}"', "\\ud83d", '"}'),
        "escaped line breaks": _filled(f'{_START}"', "\\n", '"}'),
        "spaces": _filled(_START, " ", "1}"),
        "quotation marks": '"' * MAX_BODY_BYTES,
        "backslashes": '"' + "\\" * (MAX_BODY_BYTES - 1),
        "colons": "{" + ":" * (MAX_BODY_BYTES - 1),
        "records of another type": records + ",".join(['{"recordId":1,"worklistId":"x"}'] * 4900) + "]}",
        "percent signs in an envelope": _filled('{"data":"', "%41", '"}'),
        "spaces in an envelope": _filled('{"data":"', " ", '"}'),
    }


def _filled(start: str, unit: str, end: str) -> str:
    return start + unit * ((MAX_BODY_BYTES - len(start) - len(end)) // len(unit)) + end
