"""What a user may import from liveform and webhelper and call, by its full name."""

import inspect
from collections.abc import Iterator
from typing import Any

import liveform
import liveform.batch
import liveform.lint
import liveform.qr
import liveform.rest
import liveform.vendor_codes
import liveform.webhooks
import webhelper
import webhelper.simulate

DOORS: list[tuple[Any, list[str]]] = [
    (liveform.batch, ["build_urls"]),
    (liveform.vendor_codes, ["explain_code"]),
    *(
        (door, door.__all__)
        for door in (
            *(liveform, liveform.qr, liveform.lint, liveform.webhooks, liveform.rest),
            *(webhelper, webhelper.simulate),
        )
    ),
]


def public_callables() -> Iterator[tuple[str, Any]]:
    """Yield every public function and class, and the public functions of classes, by name."""
    for door, names in DOORS:
        for name in names:
            member = getattr(door, name)
            if inspect.isfunction(member) or inspect.isclass(member):
                yield f"{door.__name__}.{name}", member
            for below, function in inspect.getmembers(member) if inspect.isclass(member) else ():
                public = not below.startswith("_") or below == "__init__"
                if public and (inspect.isfunction(function) or inspect.ismethod(function)):
                    yield f"{door.__name__}.{name}.{below}", function
