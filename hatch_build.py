"""Build hook: the wheel gets a list of what it is made of, CycloneDX 1.7 in ``.dist-info/sboms`` (PEP 770).

The wheel holds code of this project alone. What it needs is listed as external, with the versions that it
works with, because an installer chooses them later. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

NAME = "liveform.cdx.json"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "liveform.cyclonedx")


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the file to the wheel."""

    _folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file, and tell the builder of the wheel where it is."""
        core = self.metadata.core
        bom = bill_of_materials(
            name=core.name,
            version=self.metadata.version,
            license_id=core.license_expression,
            dependencies=core.dependencies,
            extras=core.optional_dependencies,
        )
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / NAME
        path.write_text(json.dumps(bom, indent=2) + "\n", encoding="utf-8")
        build_data.setdefault("sbom_files", []).append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the file, which is in the wheel now."""
        if self._folder is not None:
            self._folder.cleanup()


def bill_of_materials(
    *, name: str, version: str, license_id: str, dependencies: list[str], extras: dict[str, list[str]]
) -> dict[str, Any]:
    """Return the bill of materials of a wheel, as JSON data.

    Args:
        name: of the project.
        version: of the project.
        license_id: an SPDX expression.
        dependencies: what it always needs, as requirements of PEP 508.
        extras: what it needs for each extra; requirements of the project itself are left out.
    """
    needed = {component["bom-ref"]: component for component in map(_required, dependencies)}
    optional: dict[str, dict[str, Any]] = {}
    for extra, requirements in sorted(extras.items()):
        for requirement in map(Requirement, requirements):
            if canonicalize_name(requirement.name) != name:
                _add_optional(optional, requirement, extra)
    root = f"pkg:pypi/{name}@{version}"
    components = [*needed.values(), *(one for ref, one in sorted(optional.items()) if ref not in needed)]
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "library",
                "bom-ref": root,
                "name": name,
                "version": version,
                "licenses": [{"expression": license_id}],
                "purl": root,
            },
        },
        "components": components,
        "dependencies": [{"ref": root, "dependsOn": [one["bom-ref"] for one in components]}],
        # What these need themselves is not known here.
        "compositions": [{"aggregate": "incomplete_first_party_only", "assemblies": [root]}],
    }
    return {"serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, json.dumps(bom))}", **bom}


def _required(text: str) -> dict[str, Any]:
    return _component(Requirement(text), "required")


def _add_optional(optional: dict[str, dict[str, Any]], requirement: Requirement, extra: str) -> None:
    """Add what an extra needs; of what several need, the first range stands, and every extra is named."""
    component = _component(requirement, "optional")
    known = optional.setdefault(component["bom-ref"], component | {"properties": []})
    known["properties"].append({"name": "liveform:extra", "value": extra})


def _component(requirement: Requirement, scope: str) -> dict[str, Any]:
    """Return what a requirement names; its versions as a vers of the Package URL specification."""
    name = canonicalize_name(requirement.name)
    specifiers = sorted(requirement.specifier, key=lambda one: Version(one.version))
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}",
        "name": name,
        "scope": scope,
        "isExternal": True,
        "purl": f"pkg:pypi/{name}",
    }
    if specifiers:
        component["versionRange"] = "vers:pypi/" + "|".join(
            f"{one.operator}{one.version}" for one in specifiers
        )
    return component
