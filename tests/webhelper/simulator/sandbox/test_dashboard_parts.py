"""These tests check the settings of a dashboard that have several values each."""

from datetime import timedelta
from typing import Any

import pytest

from liveform import CbcLayout, ConfigError, EcbLayout
from webhelper.simulator.sandbox.dashboard_parts import Limits, TokenExpiration, TransferLayout


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *((TransferLayout, {"wrapper": wrapper}) for wrapper in ("bare", "body", "data")),
        (TransferLayout, {"request": EcbLayout("hex"), "answer": CbcLayout(), "is_encrypted": True}),
        *((TransferLayout, {"unnamed": choice}) for choice in ("follow", "plain", "encrypted")),
        (TokenExpiration, {"condition": "time", "uses": 1, "after": timedelta(0)}),
        (Limits, {"per_second": 0, "per_day": 0, "retry_after": "7"}),
    ],
)
def test_setting_takes_what_is_documented(kind: Any, given: dict[str, Any]) -> None:
    """Each value that the docstring names is allowed."""
    made = kind(**given)
    assert {name: getattr(made, name) for name in given} == given


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *(
            (TransferLayout, {name: "x"})
            for name in ("wrapper", "request", "answer", "is_encrypted", "unnamed")
        ),
        (TransferLayout, {"request": CbcLayout()}),
        *((TokenExpiration, {"condition": condition}) for condition in ("uses", None)),
        *((TokenExpiration, {"uses": uses}) for uses in (0, "1", 1.5)),
        *((TokenExpiration, {"after": after}) for after in (24, timedelta(-1))),
        *((Limits, {name: value}) for name in ("per_second", "per_day") for value in (-1, "5", None)),
        *((Limits, {"retry_after": value}) for value in (7, "7\r\n")),
    ],
)
def test_wrong_setting_is_refused_by_name(kind: Any, given: dict[str, Any]) -> None:
    """Any other value is refused, and the error names it."""
    with pytest.raises(ConfigError, match=f"{next(iter(given))}: must be"):
        kind(**given)
