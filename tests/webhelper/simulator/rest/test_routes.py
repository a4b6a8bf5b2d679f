"""These tests check that the API has the endpoints of the vendor, and no others."""

import pytest

from webhelper.simulator.rest.routes import ENDPOINTS, find

VENDOR = """
GET /submission
PATCH /submission
DELETE /submission
GET /submission/applicant
POST /submission/migration
POST /submission/review
DELETE /submission/partial
GET /image
PUT /submission/image
POST /submission/tokens
GET /submission/tokens
DELETE /submission/tokens
POST /submission/aml
POST /submission/aml/monitor/{worklistId}
DELETE /submission/aml/monitor/{worklistId}
GET /submission/aml/monitor/{worklistId}/{recordId}
GET /report/aml
POST /projection
GET /projection
GET /projection/{id}
DELETE /projection/{id}
GET /projects/settings
POST /faceauth
GET /faceauth
DELETE /faceauth
GET /faceauth/image
"""
COVERED = """
GET /submission
PATCH /submission
DELETE /submission
POST /submission/migration
POST /submission/tokens
GET /submission/tokens
DELETE /submission/tokens
GET /submission/aml/monitor/{worklistId}/{recordId}
"""


def test_api_has_the_endpoints_of_the_vendor() -> None:
    """Each documented method and path has one endpoint."""
    known = [f"{one.method} {one.path}" for one in ENDPOINTS if one.method != "*"]
    assert sorted(known) == sorted(VENDOR.split("\n")[1:-1])


def test_secure_data_transfer_covers_what_the_vendor_names() -> None:
    """Rows 2.13 and 10.7 name these; pictures, forms and reports never are."""
    covered = [f"{one.method} {one.path}" for one in ENDPOINTS if one.covered]
    assert sorted(covered) == sorted(COVERED.split("\n")[1:-1])


def test_names_in_the_path_are_found() -> None:
    """A path gives the names of its endpoint."""
    found = find("GET", "/submission/aml/monitor/list/record")
    assert found is not None
    endpoint, names = found
    assert endpoint.path == "/submission/aml/monitor/{worklistId}/{recordId}"
    assert names == {"worklistId": "list", "recordId": "record"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/submission/aml/monitor/list"),
        ("GET", "/submission/aml/monitor//record"),
        ("get", "/submission"),
        ("GET", "submission"),
        ("GET", ""),
    ],
)
def test_other_paths_have_no_endpoint(method: str, path: str) -> None:
    """Another method or path has no endpoint."""
    assert find(method, path) is None
