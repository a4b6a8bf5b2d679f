"""What the vendor does not document, and what the sandbox does instead. The log of requests names these."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Name -> row of the vendor facts, and what the sandbox does.
DOUBTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "throttling": ("1.6", "429 with a message; Retry-After only if the dashboard's limits have one"),
        "too_large": ("4.6", "413 above 10 MB, as AWS API Gateway"),
        "unknown_route": ("1.5", "403 'Missing Authentication Token', as AWS API Gateway"),
        "face_auth_key": ("1.1", "a FaceAuth key opens FaceAuth and its own token ids only"),
        "item_times": ("1.11", "items have 2026-05-01-12-00-00-UTC"),
        "get_errors": ("2.1", "a wrong value is refused with {errorCode: invalid_parameter, message}"),
        "list_order": ("2.2", "lists begin with the newest submission"),
        "count_maximum": ("2.4", "a count above 2,000 is lowered to 2,000"),
        "list_members": ("2.7", "lists leave out ocr, OCR_raw and project_options"),
        "no_match": ("2.8", "{Items: []}"),
        "deleted_mark": ("2.9", "a deleted submission has 'Deleted Submission' as text of its memo"),
        "request_type": ("2.1", "kyc, aml and data give that member; others gives the rest"),
        "migration_event": (
            "3.4",
            "POST migration makes no event; without a credit: processing_error",
        ),
        "unknown_data": ("3.6", "PATCH and review ignore unknown members of data and updateFields"),
        "patch_errors": ("3.9", "unknown submissions and admins, and wrong values: Data Processing Error."),
        "delete_admin": ("3.12", "admin_name of a delete need not be a registered admin"),
        "partial_answer": ("3.16", "a partial delete answers like a delete and makes no event"),
        "partial_join": ("3.16", "fields and data_fields are joined by commas"),
        "review_error": ("1.9g", "errors of a review are {errorType, message}"),
        "review_events": ("3.19", "a review makes the event approved or rejected, also with updateFields"),
        "image_name": ("4.1", "GET image reads the name that image_id_name of the dashboard says"),
        "image_missing": ("4.2", "{errorCode: invalid_image, message}"),
        "image_event": ("4.4", "PUT image makes no event"),
        "token_failures": ("5.3", "malformed token ids fail one by one; if all fail, the request does"),
        "token_list": ("5.7", "{success, count, data: [{tokenId, updateTime, expired}], nextPageKeyId ...}"),
        "token_count": ("5.7", "type=count answers the bare number"),
        "token_paging": ("5.8", "request parameters nextPageKeyId and nextPageKeyTime"),
        "aml_result": ("6.2", "a name with RED FLAG is found; result is the currentstatus"),
        "monitor_errors": ("6.6", "{errorCode, errorMessage}"),
        "report_missing": ("6.4", "{errorCode: invalid_resourceId, message}"),
        "projection_errors": ("7.7", "{message}; 400 for a wrong name, mode or field"),
        "projection_created": ("7.5", "POST answers {item, message}, as GET of one"),
        "settings_errors": ("1.9e", "{traceId, errorCode, message}"),
        "face_auth_result": ("8.3", "a fail code as text inside the picture makes it fail"),
        "face_auth_days": ("8.4", "without startDate and endDate, all authentications are listed"),
        "face_auth_paging": ("8.4", "nextPage_key is beside faceAuth_projectId and data"),
        "face_auth_deleted": ("8.5", "a deleted authentication stays in lists, with delete_check"),
        "transfer_errors": ("10.3", "errors are not encrypted"),
        "transfer_face_auth": ("10.7", "FaceAuth's own project has no Secure Data Transfer"),
        "transfer_unnamed": ("10.7", "endpoints that no page names follow the request, if not set otherwise"),
    }
)
