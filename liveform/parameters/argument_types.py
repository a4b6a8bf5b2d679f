"""The typed arguments of ``form_url``, ``knowledge_url``, ``injection_url`` and ``face_auth_url``.

An editor completes these. They repeat the names of the parameter table, because types cannot be
made at run time; a test holds the two together. None means: leave it out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, TypedDict

Names: TypeAlias = Sequence[str] | str
Moment: TypeAlias = datetime | timedelta | float | str


class AnywhereFields(TypedDict, total=False):
    """What every pipeline of the project itself takes."""

    userid: str | None
    cf1: str | None
    cf2: str | None
    cf3: str | None
    lang: str | None


class CommonFields(AnywhereFields, total=False):
    """What the ID-document form and the Knowledge form both take."""

    email: str | None
    token_id: str | None
    start_valid_until: Moment | None
    reject_duplicate_user: bool | None
    blacklist_countries: Literal[False] | None
    age_limit: Literal[False] | None
    projection_id: str | None
    projection_name: str | None
    allowed_countries: Names | None
    main_color: str | None
    inner_color: str | None


class FormFields(CommonFields, total=False):
    """What ``Project.form_url`` takes."""

    approve_period: Literal[False] | None
    reject_period: Literal[False] | None
    allowed_id_types: Names | None
    allowed_document_fields: Names | None
    selected_issuing_country: str | None
    selected_id_type: str | None
    auxid_field: Mapping[str, object] | str | None


class KnowledgeFields(CommonFields, total=False):
    """What ``Project.knowledge_url`` takes."""

    knowledge_field: Names | None
    knowledge_prefill: Mapping[str, object] | str | None


class InjectionFields(AnywhereFields, total=False):
    """What ``Project.injection_url`` takes; ``sid`` must be given."""

    sid: str | None
    action: Literal["addveri"] | None
    ip_risk_category: Names | None
    ip_risk_duration_hours: int | str | None
    distance_check_source: Literal["ipGeo"] | None
    distance_max_distance_km: int | str | None


class FaceAuthFields(TypedDict, total=False):
    """What ``Project.face_auth_url`` takes; ``sid`` must be given."""

    sid: str | None
    auth_user_id: str | None
    auth_cf1: str | None
    auth_cf2: str | None
    auth_cf3: str | None
    token_id: str | None
