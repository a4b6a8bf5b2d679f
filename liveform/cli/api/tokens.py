"""``liveform tokens``: token ids of private mode."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liveform.cli.api.confirm import add_yes, confirm
from liveform.cli.api.output import show
from liveform.cli.commands import CommandOutput
from liveform.errors import FieldError
from liveform.parameters.text_values import bare
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client
    from liveform.rest.values.token import Token, TokenDeletion


def add_commands(noun: Noun) -> None:
    """Add the commands below ``tokens``; their answers are about nobody."""
    _add_register(noun.command("register", register, "register token ids, random ones or those of a file"))
    sub = noun.command("get", get, "read one token id", takes="TOKEN_ID")
    sub.add_argument("token_id", metavar="TOKEN_ID", help="the token id")
    noun.listing("list", list_all, "list the registered token ids", personal=False)
    noun.command("count", count, "count the registered token ids")
    sub = noun.command("delete", delete, "delete token ids", takes="[TOKEN_ID...]")
    sub.add_argument("token_ids", metavar="TOKEN_ID", nargs="*", help="token ids; or --input")
    _add_input(sub)
    add_yes(sub)


def _add_input(sub: ArgumentParser) -> None:
    sub.add_argument("--input", metavar="FILE", help="token ids, one a line; - reads them from stdin")


def _add_register(sub: ArgumentParser) -> None:
    group = sub.add_mutually_exclusive_group(required=True)
    group.add_argument("--count", type=int, metavar="N", help="make N random token ids; needs --output")
    group.add_argument("--input", metavar="FILE", help="token ids, one a line; - reads them from stdin")
    sub.add_argument("--output", metavar="FILE", help="the registered token ids, one a line")
    sub.add_argument("--resume", action="store_true", help="go on where FILE of --output ends")
    sub.add_argument("--errors", metavar="FILE", help="token ids that are not registered, and why")
    sub.add_argument("--quiet", action="store_true", help="no progress")


def register(client: Client, arguments: Namespace) -> CommandOutput:
    """Register token ids; exit code 1 if the vendor refused some."""
    from liveform.cli.api.counter import counter
    from liveform.cli.api.token_run import TokenRun, random_ids

    count, output, errors = arguments.count, arguments.output, arguments.errors
    if count is not None and (count < 1 or output is None):
        raise FieldError("--count", "must be 1 or more, with --output for the token ids that are made")
    if arguments.resume and output is None:
        raise FieldError("--resume", "needs --output, where it goes on")
    run = TokenRun(client.tokens, output=_path(output), errors=_path(errors), resume=arguments.resume)
    token_ids = random_ids() if count is not None else read_ids(arguments.input)
    with counter(count, wanted=not (arguments.quiet or arguments.json)) as report:
        done = run.go(token_ids, count=count, report=report)
    lines = [f"{done.registered:,} registered{_in_file(output)}"]
    if done.failed:
        lines.append(f"{done.failed:,} refused ({done.reasons()}){_in_file(errors)}")
    data = {"registered": done.registered, "failed": done.failed, "output": output, "errors": errors}
    return CommandOutput("\n".join(lines), data, exit_code=1 if done.failed else 0)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


def _in_file(name: str | None) -> str:
    return "" if name is None else f": {printable(name)}"


def get(client: Client, arguments: Namespace) -> CommandOutput:
    """Read one token id."""
    return show(_members(client.tokens.get(arguments.token_id)), arguments)


def list_all(client: Client, _: Namespace) -> Iterator[Mapping[str, Any]]:
    """List token ids."""
    for one in client.tokens.list():
        yield _members(one)


def _members(token: Token) -> dict[str, Any]:
    """What is known of a token id, without the wrapping of the answer."""
    members = {"tokenId": token.token_id, "updateTime": token.updated_at, "expired": token.expired}
    return {name: value for name, value in members.items() if value is not None}


def count(client: Client, _: Namespace) -> CommandOutput:
    """Count token ids."""
    number = client.tokens.count()
    return CommandOutput(str(number), {"count": number})


def delete(client: Client, arguments: Namespace) -> CommandOutput:
    """Delete token ids; exit code 1 if some were not deleted."""
    if bool(arguments.token_ids) == (arguments.input is not None):
        raise FieldError("tokens delete", "needs token ids, or --input with a file of them")
    token_ids = arguments.token_ids or list(read_ids(arguments.input))
    confirm(arguments, f"Delete {len(token_ids):,} token ids?")
    counts = _counts(client.tokens.delete(token_ids))
    text = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
    return CommandOutput(text, counts, exit_code=1 if counts["failed"] else 0)


def _counts(done: TokenDeletion) -> dict[str, int]:
    """Return how many token ids were deleted, and how many were not.

    Raises:
        VendorError: it ended the deletion.
    """
    if done.error is not None:
        raise done.error
    return {"deleted": done.deleted, "not_found": done.not_found, "failed": len(done.failed)}


def read_ids(path: str) -> Iterator[str]:
    """Yield the token ids of a file, one a line, without what is invisible around it; an empty line is none.

    Raises:
        FieldError: the file cannot be read, or is not UTF-8.
    """
    try:
        if path == "-":
            yield from _stripped(sys.stdin.buffer)
            return
        with Path(path).open("rb") as file:
            yield from _stripped(file)
    except (AttributeError, OSError, ValueError):  # stdin may be closed
        raise FieldError("--input", "cannot be read as UTF-8") from None


def _stripped(lines: Any) -> Iterator[str]:  # noqa: ANN401 - any binary file
    for line in lines:
        text = bare(line.decode())
        if text:
            yield text
