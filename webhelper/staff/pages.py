"""The pages for staff, by their endpoints: what each needs, and where a form belongs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from webhelper.config.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

# The scope that a page needs beside that of the console; None for no other. A page that is missing here opens
# for nobody.
SCOPES: Final[Mapping[str, Scope | None]] = MappingProxyType(
    {
        "console.home": None,  # the list in it needs READ
        "console.link_states": Scope.READ,
        "console.sign_out": None,
        "sign_ins.page": None,
        "sign_ins.end": None,
        "sign_ins.end_all": None,
        "new_link.show": Scope.CREATE,
        "new_link.create": Scope.CREATE,
        "link_page.show": Scope.READ,
        "link_page.revoke": Scope.REVOKE,
        "link_page.ask_vendor": Scope.RESULTS,
        "console_webhooks.page": Scope.READ,
        "console_webhooks.event": Scope.READ,
        "console_webhooks.replay": Scope.RESULTS,
        "kiosk_setup.start": Scope.CREATE,
    }
)
# What a page asks by itself: it gets 401 in place of the sign-in page, and keeps no session from its end.
FOR_SCRIPTS: Final = frozenset({"console.link_states"})
# The page of a form that was sent, by the endpoint of the form.
PAGE_OF_FORM: Final[Mapping[str, str]] = MappingProxyType(
    {
        "new_link.create": "new_link.show",
        "link_page.revoke": "link_page.show",
        "link_page.ask_vendor": "link_page.show",
        "console_webhooks.replay": "console_webhooks.event",
        "sign_ins.end": "sign_ins.page",
        "sign_ins.end_all": "sign_ins.page",
        "kiosk_setup.start": "console.home",
    }
)
# The query of a page that shows something else without it.
QUERY_OF_PAGE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "console.home": ("search", "label", "state", "unopened", "cursor"),
        "console_webhooks.page": ("project", "state", "before"),
    }
)
