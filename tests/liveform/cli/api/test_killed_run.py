"""Tests of ``liveform tokens register`` as a process that is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback_vendor import Answered, Asked, LoopbackVendor

REGISTER = ["tokens", "register", "--count", "3000", "--output", "ids.txt", "--resume", "--quiet"]


def start(vendor: LoopbackVendor, tmp_path: Path) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFORM_")}
    return subprocess.Popen(
        [sys.executable, "-m", "liveform.cli", *REGISTER],
        cwd=tmp_path,
        env=environ | {"LIVEFORM_API_URL": vendor.base_url, "LIVEFORM_API_KEY": "an-api-key"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("answered", [True, False], ids=["after the answer", "before the answer"])
def test_killed_run_loses_no_token_id(answered: bool, vendor: LoopbackVendor, tmp_path: Path) -> None:
    """Whenever a run is killed, every id that the vendor got is in the file at the end, and each once."""
    registered: list[str] = []
    processes: list[subprocess.Popen[bytes]] = []

    def respond(asked: Asked) -> Answered:
        registered.extend(asked.json["tokenId"])
        if len(vendor.requests) == 3 and not answered:
            processes[0].kill()
        return Answered(b'{"success": true}')

    vendor.respond = respond
    processes.append(start(vendor, tmp_path))
    if answered:
        while len(vendor.requests) < 3 and processes[0].poll() is None:
            os.sched_yield()
        processes[0].kill()
    processes[0].communicate(timeout=60)
    processes.append(start(vendor, tmp_path))
    printed, errors = processes[1].communicate(timeout=60)
    assert (processes[1].returncode, errors) == (0, b"")
    assert printed == b"3,000 registered: ids.txt\n"
    lines = (tmp_path / "ids.txt").read_text().splitlines()
    assert len(lines) == len(set(lines)) == 3_000
    assert set(lines) == set(registered)
    assert not (tmp_path / "ids.txt.pending").exists()
