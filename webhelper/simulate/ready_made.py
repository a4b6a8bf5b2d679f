"""A project with generated keys, for a simulator whose user names none."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import choice, token_urlsafe
from string import ascii_lowercase, digits
from typing import Final

from liveform import Project

_PID_LENGTH: Final = 10  # as in the vendor's samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The texts of a project's ids and keys; the keys are not in the repr.

    Attributes:
        pid: the project id.
        key: encrypts URLs; at the vendor, the API key does unless a secretKey was issued.
        api_key: for the API.
        face_auth_pid, face_auth_key: of the FaceAuth add-on.
    """

    pid: str
    key: str = field(repr=False)
    api_key: str = field(repr=False)
    face_auth_pid: str
    face_auth_key: str = field(repr=False)

    def variables(self, base_url: str) -> dict[str, str]:
        """Return the environment variables of a project that uses the simulator at ``base_url``."""
        return {
            "LIVEFORM_PID": self.pid,
            "LIVEFORM_KEY": self.key,
            "LIVEFORM_CIPHER": "gcm",
            "LIVEFORM_API_KEY": self.api_key,
            "LIVEFORM_FACE_AUTH_PID": self.face_auth_pid,
            "LIVEFORM_FACE_AUTH_KEY": self.face_auth_key,
            **addresses(base_url),
        }


def addresses(base_url: str) -> dict[str, str]:
    """Return the environment variables that lead a project to the simulator at ``base_url``."""
    return {"LIVEFORM_BASE_URL": base_url, "LIVEFORM_API_URL": f"{base_url}/v3"}


def new_keys(pid: str | None = None) -> Keys:
    """Return new random keys."""
    return Keys(
        pid=_new_pid() if pid is None else pid,
        key=token_urlsafe(30),
        api_key=token_urlsafe(30),
        face_auth_pid=_new_pid(),
        face_auth_key=token_urlsafe(30),
    )


def _new_pid() -> str:
    return "".join(choice(ascii_lowercase + digits) for _ in range(_PID_LENGTH))


def project_of(keys: Keys, base_url: str, *, secure_data_transfer: bool = False) -> Project:
    """Return the project of these keys, which uses the simulator at ``base_url``."""
    return Project(
        keys.pid,
        key=keys.key,
        cipher="gcm",
        base_url=base_url,
        api_key=keys.api_key,
        api_url=f"{base_url}/v3",
        face_auth_pid=keys.face_auth_pid,
        face_auth_key=keys.face_auth_key,
        secure_data_transfer=secure_data_transfer or None,
    )
