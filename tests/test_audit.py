"""tests.audit reads what pip-audit says, and says when nobody could be asked."""

from __future__ import annotations

import json
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

from tests.audit import main

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SOUND = {"name": "flask", "version": "3.1.0", "vulns": []}
WEAK = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"]}]}
SKIPPED = {"name": "liveform", "skip_reason": "editable"}


def audit_of(*packages: dict[str, Any]) -> Callable[[Sequence[str]], CompletedProcess[str]]:
    """Return what runs no command and gives this answer of pip-audit."""
    return lambda command: CompletedProcess(command, 0, json.dumps({"dependencies": packages}), "")


def no_answer(command: Sequence[str]) -> CompletedProcess[str]:
    """Give the answer of pip-audit without a network."""
    return CompletedProcess(command, 1, "", "Traceback\nConnectionError: no way to the host\n")


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ((SOUND, SKIPPED), 0, "1 of 2 packages audited, known weaknesses: 0"),
        ((SOUND, WEAK), 1, "old 1.0: PYSEC-2026-1, mended in 1.1, 2.0"),
    ],
)
def test_audit_fails_for_a_known_weakness_alone(
    packages: tuple[dict[str, Any], ...], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A known weakness of a package is named with the versions that mend it, and fails the audit."""
    assert main({}, audit_of(*packages)) == code
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(("environ", "code"), [({}, 0), ({"AUDIT": "required"}, 1), ({"AUDIT": "no"}, 0)])
@pytest.mark.parametrize("run", [no_answer, audit_of(), audit_of(SKIPPED)])
def test_audit_without_an_answer_says_so(
    environ: dict[str, str],
    code: int,
    run: Callable[[Sequence[str]], CompletedProcess[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without PyPI's lists, or if no package is in them, the audit says that nothing was audited."""
    assert main(environ, run) == code
    assert "not audited" in capsys.readouterr().out
