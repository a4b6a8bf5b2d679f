"""This module finds the programs that a test needs, and fails the test in CI without them."""

import os
import shutil

import pytest


def required_program(name: str) -> str:
    """Return the path of a program; without it the test fails in CI, and is skipped elsewhere."""
    path = shutil.which(name)
    if path is not None:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and CI skips nothing")
    pytest.skip(f"{name} is not installed")
