"""Rows of the parameter table that only injection (vendor page INJ) or FaceAuth (FA) has."""

from __future__ import annotations

from typing import Final

from liveform.parameters.lists import Names
from liveform.parameters.model import Certainty, Parameter, Pipeline, Place
from liveform.parameters.values import Count, Identifier, Text

_FACE_AUTH_ENCRYPTED: Final = {Pipeline.FACE_AUTH: Place.ENCRYPTED}
_INJECTION_ENCRYPTED: Final = {Pipeline.INJECTION: Place.ENCRYPTED}
_NUMBER_OR_TEXT: Final = "Whether it is a number or a text is not documented; a number is sent."

INJECTION_ROWS: Final = (
    Parameter(
        name="sid",
        vendor_name="sid",
        group="Injection",
        places={Pipeline.INJECTION: Place.EITHER, **_FACE_AUTH_ENCRYPTED},
        value=Identifier(),
        about="The id of the submission that gets more data, or whose face is compared.",
        source="INJ, FA",
        note="Ids differ in length and characters, so they are not checked.",
    ),
    Parameter(
        name="action",
        vendor_name="action",
        group="Injection",
        places={Pipeline.INJECTION: Place.EITHER},
        value=Text("addveri", "addveri", "addveri"),
        about="What injection does; set by injection_url itself.",
        source="INJ",
    ),
    Parameter(
        name="ip_risk_category",
        vendor_name="ipRiskCategory",
        group="Injection",
        places=_INJECTION_ENCRYPTED,
        value=Names(
            "vpn, proxy and tor, as a list or joined by commas", "vpn,tor", choices=("vpn", "proxy", "tor")
        ),
        about="Which risks of the user's IP address are added.",
        source="INJ",
    ),
    Parameter(
        name="ip_risk_duration_hours",
        vendor_name="ipRiskDurationHours",
        group="Injection",
        places=_INJECTION_ENCRYPTED,
        value=Count(),
        about="For how many hours an IP address with such a risk is refused.",
        source="INJ",
        requires=("ip_risk_category",),
        certainty=Certainty.UNKNOWN,
        note=_NUMBER_OR_TEXT,
    ),
    Parameter(
        name="distance_check_source",
        vendor_name="distanceCheckSource",
        group="Injection",
        places=_INJECTION_ENCRYPTED,
        value=Text("ipGeo", "ipGeo", "ipGeo"),
        about="Where the user's position for the distance check comes from.",
        source="INJ",
        requires=("distance_max_distance_km",),
    ),
    Parameter(
        name="distance_max_distance_km",
        vendor_name="distanceMaxDistanceKm",
        group="Injection",
        places=_INJECTION_ENCRYPTED,
        value=Count(),
        about="How many kilometres the user may be away.",
        source="INJ",
        requires=("distance_check_source",),
        certainty=Certainty.UNKNOWN,
        note=_NUMBER_OR_TEXT,
    ),
)

FACE_AUTH_ROWS: Final = (
    Parameter(
        name="auth_user_id",
        vendor_name="authUserId",
        group="FaceAuth",
        places=_FACE_AUTH_ENCRYPTED,
        value=Identifier(),
        about="Your own id of the user; comes back in the faceAuth webhook.",
        source="FA",
    ),
    *(
        Parameter(
            name=f"auth_cf{number}",
            vendor_name=f"authCf{number}",
            group="FaceAuth",
            places=_FACE_AUTH_ENCRYPTED,
            value=Text(),
            about=f"{which} custom field of a face authentication; comes back in the faceAuth webhook.",
            source="FA",
            note="The longest allowed text is not documented.",
        )
        for number, which in enumerate(("First", "Second", "Third"), 1)
    ),
)
