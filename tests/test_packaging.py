"""Tests of what a user gets: the installed package says what it is made of."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SCHEMAS = files("cyclonedx") / "schema" / "_res"
REFERRED = ("spdx", "jsf-0.82", "cryptography-defs")


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """Return the bill of materials of the installed package (PEP 770)."""
    listed = distribution("liveform").files or []
    (path,) = [path for path in listed if path.parts[-2:] == ("sboms", "liveform.cdx.json")]
    assert path.parts[0].endswith(".dist-info")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def schema(name: str) -> dict[str, Any]:
    """Return a JSON schema of CycloneDX."""
    read: dict[str, Any] = json.loads((SCHEMAS / f"{name}.SNAPSHOT.schema.json").read_text(encoding="utf-8"))
    return read


def test_installed_package_has_its_bill_of_materials(bill: dict[str, Any]) -> None:
    """The bill is of this package and version, and valid by the schema of CycloneDX 1.7."""
    base = "http://cyclonedx.org/schema/"
    registry = jsonschema_rs.Registry(
        [(f"{base}{name}.SNAPSHOT.schema.json", schema(name)) for name in REFERRED]
    )
    validator = jsonschema_rs.validator_for(schema("bom-1.7"), registry=registry)
    assert [error.message for error in validator.iter_errors(bill)] == []
    component = bill["metadata"]["component"]
    installed = distribution("liveform")
    assert (component["name"], component["version"]) == ("liveform", installed.version)
    assert component["licenses"] == [{"expression": installed.metadata["License-Expression"]}]


def test_bill_of_materials_lists_every_requirement(bill: dict[str, Any]) -> None:
    """Each requirement of the package and of its extras is listed once, as external and with its versions."""
    wanted = [Requirement(text) for text in distribution("liveform").requires or []]
    wanted = [one for one in wanted if one.name != "liveform"]
    listed = {component["name"]: component for component in bill["components"]}
    assert len(listed) == len(bill["components"])
    assert set(listed) == {canonicalize_name(one.name) for one in wanted}
    for one in wanted:
        component = listed[canonicalize_name(one.name)]
        assert component["isExternal"]
        assert component["scope"] == ("optional" if "extra" in str(one.marker) else "required")
        for specifier in one.specifier:
            assert str(specifier) in component["versionRange"]
