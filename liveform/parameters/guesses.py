"""Names that people guess for a parameter, such as ``customUserId`` -> the parameter that they meant.

The vendor's names are short and follow no one rule, so hand-made URLs are full of likely ones. The vendor
ignores them without a word. Case, ``_`` and ``-`` do not matter here: see ``compact``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from liveform.parameters.model import RESERVED
from liveform.parameters.spelling import compact

if TYPE_CHECKING:
    from liveform.parameters.lookup import ParameterTable
    from liveform.parameters.model import Parameter

# By argument, or by the name of what the project itself sets.
_GUESSES: Final = {
    "userid": "user uid usr customuserid customerid clientid clientuserid memberid externalid externaluserid "
    "accountid useridentifier userkey username",
    "email": "mail useremail emailaddress customeremail usermail",
    "lang": "language locale langcode languagecode hl",
    "cf1": "cf customfield customfield1 custom1 custom",
    "cf2": "customfield2 custom2",
    "cf3": "customfield3 custom3",
    "token_id": "tokenid tokenids accesstoken",
    "start_valid_until": "validuntil expires expiry expiresat expiresin expirydate expiration exp",
    "allowed_countries": "country countries allowedcountry countrycode countrycodes nationality",
    "selected_issuing_country": "issuingcountry",
    "selected_id_type": "idtype documenttype doctype",
    "allowed_id_types": "idtypes documenttypes alloweddocuments",
    "age_limit": "age minage minimumage",
    "blacklist_countries": "blacklist blockedcountries",
    "reject_duplicate_user": "rejectduplicate rejectduplicates duplicateuser",
    "sid": "submissionid submission",
    "pid": "project projectid projectkey projectcode",
    "encrypted": "encrypt encryption enc encrypteddata encryptedparams ciphertext",
}


def guessed(table: ParameterTable, name: str) -> Parameter | str | None:
    """Return the parameter that a guessed name means, ``pid`` or ``encrypted``; else None."""
    meant = _by_guess().get(compact(name))
    if meant is None or meant in RESERVED:
        return meant
    return table.by_name(meant)


def probably_meant(table: ParameterTable, name: str, *, vendor: bool) -> str | None:
    """Return the known name that ``name`` was probably meant to be: a vendor name or an argument."""
    meant = guessed(table, name)
    if meant is None:
        return table.meant_by(name, vendor=vendor)
    if isinstance(meant, str):
        return meant if vendor else None
    return meant.vendor_name if vendor else meant.name


@cache
def _by_guess() -> dict[str, str]:
    named = {compact(name): name for name in (*_GUESSES, *RESERVED)}
    return named | {guess: name for name, guesses in _GUESSES.items() for guess in guesses.split()}
