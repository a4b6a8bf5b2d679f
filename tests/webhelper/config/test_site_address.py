"""These tests derive from BASE_URL which origins are this site's own; test_settings.py has the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import projects, settings

from webhelper.config.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("base_url", "simulator", "origins"),
    [
        ("https://shop.example.com", False, {"https://shop.example.com"}),
        ("https://shop.example.com/kyc", False, {"https://shop.example.com"}),
        ("https://shop.example.com:8443/kyc", False, {"https://shop.example.com:8443"}),
        (
            "http://127.0.0.1:8000",
            False,
            {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"},
        ),
        ("http://localhost", False, {"http://127.0.0.1", "http://localhost", "http://[::1]"}),
        (
            "http://192.168.0.7:8000",
            "lan",
            {
                "http://192.168.0.7:8000",
                "http://127.0.0.1:8000",
                "http://localhost:8000",
                "http://[::1]:8000",
            },
        ),
    ],
)
def test_own_origins_are_those_of_the_sites_pages(
    tmp_path: Path, base_url: str, simulator: bool | str, origins: set[str]
) -> None:  # A12
    """BASE_URL has the origin of this site; on this machine, so have its other names with the same port."""
    form = "http://127.0.0.1:8000/simulator"
    given = settings(
        tmp_path,
        BASE_URL=base_url,
        SIMULATOR=simulator,
        **({"PROJECTS": projects(form)} if simulator else {}),
    )
    assert read_settings(given).own_origins == origins
