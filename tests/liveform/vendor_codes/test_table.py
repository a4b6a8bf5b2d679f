"""Tests of the rows of liveform.vendor_codes, held to the vendor's lists."""

import subprocess
import sys
from collections import Counter

import pytest

from liveform import Certainty
from liveform.vendor_codes import CODE_FAMILIES, VENDOR_CODES, CodeKind, VendorCode

# vendor pages ERR, RET, QS, N-05; REJ; W-retry, GB, GET1; FAP, FAI; W-injection; POST, PIMG, TOK*, AML, MON*.
LISTED: dict[CodeKind, str] = {
    CodeKind.FORM: """
        TK-10001 PV-40018 DE-20000 DE-30000 DE-40000 SE-50020 SE-50021 SE-50022 SE-50030 SE-50031
        SE-50032 SE-50033 LO-30001 LO-30002 LO-30003 LO-30004 LO-30005 LO-99999 page-not-found
        service-blocked bad-path refresh invalid-browser hash_problem project-closed period
        expired-start-valid-until
    """,
    CodeKind.REJECT: """
        id_image_invalidImage id_image_invalidId id_image_error id_image_badImage id_info_dataMismatch
        id_info_blacklist id_info_notOfAge duplicate_user duplicated_user_PII_exact duplicated_face
        too_many_retry blacklistCountry under_ageLimit invalid_acceptedID no-date-of-birth expired_id
        automatic_verification_fail address_image_invalidImage address_image_error
        address_image_badImage other
    """,
    CodeKind.RETRY: """
        recognition_fail expired_id document_expired invalid_back_document invalid_dual_side
        document_country_mismatch glare_detected image_too_blurry recaptured_document screen_detected
        black_white_document mrz_protocol_fail barcode_protocol_fail document_name_mismatch
        document_dob_mismatch missing_expiry_date missing_issue_date missing_birth_date
        missing_document_number missing_personal_number missing_name liveness_error
        face_compare_underscore
    """,
    CodeKind.FACE_AUTH: "face_compare_underscore Face_Occluded_fail Face_cover_fail Head_cover_fail",
    CodeKind.INJECTION: "ipRisk_failCategory distanceChecks_ipGeo blackliskCountries blacklistCountries",
    CodeKind.API: """
        invalid_payload missing_data invalid_project invalid_admin invalid_parameter invalid_format
        processing_error invalid_submission invalid_data invalid_path internal_server_error
        invalid_token_id invalid_token_id_format invalid_token_id_length request_token_limit_exceeded
        token_limit_exceeded token_id_not_found token_not_found missing_parameter invalid_submissionId
        invalid_country request_failed invalid_aml_threshold invalid_worklist invalid_submissionIds
        missing_required_parameters all_submissions_failed processing_failed invalid_record
        invalid_data_format required_field_missing NOT_FOUND
    """,
}


@pytest.mark.parametrize("kind", CodeKind)
def test_table_has_the_codes_that_the_vendor_lists(kind: CodeKind) -> None:
    """The table has every code of the vendor's lists, and no other."""
    assert Counter(row.code for row in VENDOR_CODES if row.kind is kind) == Counter(LISTED[kind].split())


def test_families_are_those_of_the_vendor() -> None:
    """The families have the ten prefixes that the vendor documents."""
    assert {family.prefix for family in CODE_FAMILIES} == {
        *("NF", "QS", "QE", "ER", "PV"),
        *("SE", "RT", "TK", "DE", "LO"),
    }


@pytest.mark.parametrize("row", VENDOR_CODES, ids=lambda row: f"{row.kind} {row.code}")
def test_row_is_a_sentence_with_a_source(row: VendorCode) -> None:
    """Each row has one sentence, a source, and is documented or inferred."""
    assert row.about[0].isupper() or row.about.split()[0] in (
        "startValidUntil",
        "amlThreshold",
        "submissionIds",
    )
    assert row.about.endswith(".")
    assert row.source
    assert row.certainty in (Certainty.DOCUMENTED, Certainty.INFERRED)


def test_import_pulls_in_nothing_heavy() -> None:
    """The table imports neither msgspec nor an HTTP client, and ``import liveform`` does not import it."""
    code = (
        "import sys; from liveform import Project; before = set(sys.modules); import liveform.vendor_codes; "
        "print(*('liveform.vendor_codes' in before, *(set(sys.modules) - before)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    already, *modules = answer.stdout.split()
    assert already == "False"
    assert {name for name in modules if not name.startswith("liveform.vendor_codes")} == set()
