"""Which code is broken, and which tests must catch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LIB: Final = "tests/liveform"
_LINKS: Final = "tests/webhelper/links"
_REST: Final = f"{_LIB}/rest"
_CONFIRMATION: Final = "tests/webhelper/confirmation"
_SIMULATOR: Final = "tests/webhelper/simulator"

# A module or a folder -> the tests that mirror it, as paths or patterns of paths. A module's own line goes
# before its folder's.
TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "liveform/crypto/json_cipher.py": (f"{_LIB}/crypto/test_json_cipher.py",),
    "liveform/crypto/keys.py": (f"{_LIB}/crypto/test_keys.py",),
    "liveform/crypto/ciphers.py": (f"{_LIB}/crypto/test_ciphers.py",),
    "liveform/crypto/layouts.py": (f"{_LIB}/crypto/test_layouts.py",),
    "liveform/crypto/layout_text.py": (f"{_LIB}/crypto/test_layouts.py",),
    "liveform/crypto": (f"{_LIB}/crypto/test_engines.py",),
    "liveform/parameters/form.py": (f"{_LIB}/parameters/test_form.py",),
    "liveform/parameters/values.py": (f"{_LIB}/parameters/test_values.py", f"{_LIB}/parameters"),
    "liveform/parameters": (f"{_LIB}/parameters", "tests/test_docs.py"),
    "liveform/data_transfer.py": (f"{_LIB}/test_data_transfer.py",),
    "liveform/rest/check": (f"{_REST}/check",),
    "liveform/rest/operations": (f"{_REST}/operations",),
    "liveform/rest/sending": (f"{_REST}/sending",),
    "liveform/rest/values": (f"{_REST}/values", f"{_REST}/operations"),
    "liveform/rest": (f"{_REST}/test_c*.py", f"{_REST}/test_resources.py"),
    "liveform/returns.py": (f"{_LIB}/test_returns.py",),
    "liveform/state.py": (f"{_LIB}/test_state.py",),
    "liveform/vendor_codes/lookup.py": (f"{_LIB}/vendor_codes/test_lookup.py",),
    "liveform/vendor_times.py": (f"{_LIB}/test_vendor_times.py",),
    "liveform/vendor_values.py": (f"{_LIB}/test_vendor_values.py",),
    "liveform/webhooks": (f"{_LIB}/webhooks",),
    "webhelper/confirmation/calls.py": (f"{_CONFIRMATION}/test_calls.py",),
    "webhelper/confirmation/comparison.py": (f"{_CONFIRMATION}/test_reconcile.py",),
    "webhelper/confirmation/reconcile.py": (f"{_CONFIRMATION}/test_reconcile.py",),
    "webhelper/confirmation/reconcile_job.py": (f"{_CONFIRMATION}/test_reconcile_job.py",),
    "webhelper/confirmation/visit_check.py": (
        f"{_CONFIRMATION}/test_reconcile.py",
        f"{_CONFIRMATION}/test_visit_check.py",
    ),
    "webhelper/commands": ("tests/webhelper/commands",),
    **{
        f"webhelper/confirmation/{name}.py": (f"tests/webhelper/confirmation/test_{name}.py",)
        for name in ("asking", "confirming", "findings", "inbox", "matching", "refusals", "work")
    },
    **{
        f"webhelper/web/{name}.py": (f"tests/webhelper/web/test_{name}.py",)
        for name in ("json_lines", "metrics", "request_ids", "traces")
    },
    "webhelper/check": ("tests/webhelper/check",),
    "webhelper/gunicorn_worker.py": ("tests/webhelper/test_gunicorn_worker.py",),
    "webhelper/readiness.py": ("tests/webhelper/test_readiness.py",),
    "webhelper/client_address.py": (
        "tests/webhelper/inbox/test_sender_address.py",
        "tests/webhelper/test_client_address.py",
    ),
    "webhelper/config/limits.py": ("tests/webhelper/config/test_limits.py",),
    "webhelper/config/scopes.py": ("tests/webhelper/config/test_scopes.py",),
    "webhelper/sessions.py": ("tests/webhelper/test_sessions.py",),
    "webhelper/throttling": ("tests/webhelper/throttling",),
    "webhelper/inbox/sender_address.py": ("tests/webhelper/inbox/test_sender_address.py",),
    "webhelper/inbox": ("tests/webhelper/inbox/test_views.py",),
    "webhelper/links/signing/purposes.py": (f"{_LINKS}/signing", "tests/webhelper/staff/test_session.py"),
    "webhelper/links/signing": (f"{_LINKS}/signing",),
    "webhelper/links/outcomes.py": (f"{_LINKS}/test_outcomes.py",),
    "webhelper/links/waiting.py": (f"{_LINKS}/test_waiting.py",),
    "webhelper/links/stores/history.py": (f"{_LINKS}/stores/test_history.py",),
    "webhelper/links/stores/stateless.py": (f"{_LINKS}/stores/test_stateless.py",),
    "webhelper/links/stores/sqlite/connections.py": (f"{_LINKS}/stores/sqlite/test_connections.py",),
    "webhelper/links/stores/event_rows.py": (f"{_LINKS}/stores/contract/test_inbox.py",),
    "webhelper/links/stores/message_rows.py": (f"{_LINKS}/stores/contract/test_outbox.py",),
    "webhelper/links/stores/sqlite/inbox.py": (f"{_LINKS}/stores/contract/test_inbox.py",),
    "webhelper/links/stores/sqlite/leases.py": (f"{_LINKS}/stores/contract/test_leases.py",),
    "webhelper/links/stores/sqlite/outbox.py": (f"{_LINKS}/stores/contract/test_outbox.py",),
    "webhelper/links/stores/outcomes.py": (
        f"{_LINKS}/stores/contract/test_outcomes.py",
        f"{_LINKS}/stores/contract/test_store.py",
    ),
    "webhelper/links/stores/sqlite/refusals.py": (f"{_LINKS}/stores/contract/test_inbox.py",),
    "webhelper/links/stores/sqlite/retention.py": (
        f"{_LINKS}/stores/contract/test_retention.py",
        f"{_LINKS}/stores/contract/test_store.py",
    ),
    "webhelper/links/stores/sqlite/token_ids.py": (f"{_LINKS}/stores/contract/test_token_ids.py",),
    "webhelper/links/stores/sqlite/visits.py": (
        f"{_LINKS}/stores/contract/test_visits.py",
        f"{_LINKS}/stores/contract/test_store.py",
    ),
    "webhelper/links/stores/visit_buffer.py": (f"{_LINKS}/stores/contract/test_visit_buffer.py",),
    "webhelper/links/stores": (f"{_LINKS}/stores/contract/test_store.py", f"{_LINKS}/stores"),
    "webhelper/jobs.py": ("tests/webhelper/test_jobs.py",),
    "webhelper/token_pool": ("tests/webhelper/token_pool",),
    "webhelper/links/private_mode.py": (f"{_LINKS}/test_private_mode.py",),
    "webhelper/messages": ("tests/webhelper/messages",),
    "webhelper/simulator/rest": (f"{_SIMULATOR}/rest",),
    "webhelper/simulator/sandbox": (f"{_SIMULATOR}/sandbox",),
}

# A module or a folder -> the tests that run when the mirror tests have let a break pass. A break counts as
# survived only if these pass as well. They are quick ones, and the likeliest to catch something come first.
_QUICK: Final = (
    "tests/test_architecture.py",
    "tests/test_exported_members.py",
    "tests/test_secrecy.py",
    "tests/test_robustness.py",
    "tests/test_properties.py",
    "tests/regression",
)
# For what reads and writes the vendor's messages. rest/test_faults.py is left out: it waits for real
# timeouts, so that it may fail on a busy machine and count a break as caught.
_MESSAGES: Final = (
    f"{_REST}/operations",
    f"{_REST}/sending",
    f"{_REST}/values",
    f"{_REST}/check",
    f"{_REST}/test_[!f]*.py",
    f"{_LIB}/webhooks",
    f"{_LIB}/test_project.py",
    f"{_LIB}/explain/test_reader.py",
    *_QUICK,
)
WIDER: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "liveform/data_transfer.py",
            "liveform/rest",
            "liveform/vendor_codes",
            "liveform/vendor_times.py",
            "liveform/vendor_values.py",
            "liveform/webhooks",
        ),
        _MESSAGES,
    ),
    "liveform": (f"{_LIB}/test_*.py", f"{_LIB}/crypto", f"{_LIB}/parameters", *_QUICK, _LINKS),
    **dict.fromkeys(
        ("webhelper/confirmation", "webhelper/inbox"),
        ("tests/webhelper/api/test_[cv]*.py", "tests/test_attacks.py", *_QUICK),
    ),
    "webhelper/simulator": (f"{_SIMULATOR}/rest", f"{_SIMULATOR}/sandbox", f"{_SIMULATOR}/webhooks", *_QUICK),
    "webhelper": (_LINKS, *_QUICK, "tests/webhelper/test_architecture.py"),
}


# They hold types alone, which the type checker tests.
_TYPES: Final = ("liveform/parameters/argument_types.py",)


def listed(module: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tests of the first line of ``table`` that names ``module`` or a folder of it."""
    return next((tests for place, tests in table.items() if _within(module, place)), ())


def modules(root: Path, targets: Mapping[str, tuple[str, ...]], chosen: list[str]) -> list[str]:
    """Return the modules of ``targets``, in order: all, or those that ``chosen`` names by path or folder."""
    found = {
        path.relative_to(root).as_posix(): None
        for place in targets
        for path in ([root / place] if place.endswith(".py") else sorted((root / place).rglob("*.py")))
    }
    tested = [module for module in found if module not in _TYPES]
    return [module for module in tested if not chosen or any(_within(module, place) for place in chosen)]


def _within(module: str, place: str) -> bool:
    return module == place or module.startswith(place.rstrip("/") + "/")
