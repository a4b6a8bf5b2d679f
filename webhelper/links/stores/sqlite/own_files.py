"""New files in the directory of a store, which belongs to the user that serves, also when root makes them.

Whoever owns a directory can put a symbolic link in the place of any file there, at any moment. A command that
root calls must not be led by one to a file of somebody else.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODE: Final = 0o600
_RIGHTS: Final = 0o777  # without those that make a program run as its owner
_UNREACHED: Final = "the owner of its directory cannot make files there; give it to the user that serves"
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_THERE: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK  # to open a named pipe would wait for another end


def make(path: Path) -> int:
    """Make a new file that its owner alone can use, and return its descriptor.

    Raises:
        OSError: there is something of this name, or no file can be made.
    """
    return os.open(path, _NEW, _MODE)


def open_or_make(path: Path, *, owner: Path) -> int:
    """Return a descriptor of a file that is there, or of a new one.

    Args:
        path: the file.
        owner: a file whose owner gets the new one, if root makes it. One that was there keeps its own.

    Raises:
        OSError: it cannot be opened, is not a regular file, or has another name and could be somebody else's.
    """
    try:
        descriptor = make(path)
    except FileExistsError:
        return _opened(path)
    if os.geteuid() == 0:  # SQLite gives the files that it makes away as well
        found = owner.stat()
        os.fchown(descriptor, found.st_uid, found.st_gid)
    return descriptor


def _opened(path: Path) -> int:
    """Return a descriptor of a regular file that nobody else can have put there."""
    try:
        descriptor = os.open(path, _THERE)
    except OSError as error:
        raise (not_regular(path) if error.errno == errno.ELOOP else error) from None
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and (found.st_nlink == 1 or _is_owners(found, path.parent.stat())):
        return descriptor
    os.close(descriptor)
    raise not_regular(path)


def _is_owners(found: os.stat_result, directory: os.stat_result) -> bool:
    """Return whether only the owner of a file can have given it names here, as a copy by hard links."""
    return found.st_uid == directory.st_uid and not directory.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def not_regular(path: Path) -> OSError:
    """Return the error about something else in the place of a file."""
    return OSError(0, f"{path.name} is not a regular file with one name", str(path))


def belong_as(path: Path, new: int) -> None:
    """Give the file of a descriptor the owner and the rights of another file.

    Raises:
        OSError: the other one is not a regular file, or this user cannot give files to its owner.
    """
    there, made = os.lstat(path), os.fstat(new)
    if not stat.S_ISREG(there.st_mode):
        raise not_regular(path)
    if (there.st_uid, there.st_gid) != (made.st_uid, made.st_gid):
        os.fchown(new, there.st_uid, there.st_gid)
    os.fchmod(new, there.st_mode & _RIGHTS)


def check_name(path: Path, descriptor: int) -> None:
    """Return if a name is still that of the file of a descriptor.

    Raises:
        OSError: somebody has put something else in its place.
    """
    if not os.path.samestat(os.lstat(path), os.fstat(descriptor)):
        raise OSError(0, "another program has put something else in its place", str(path))


@contextmanager
def as_owner_of(directory: Path) -> Iterator[None]:
    """Let root act as the owner of a directory until the block ends, so that no link in it leads further.

    Nothing changes for other users, in a directory of root's, and below one that root keeps the owner out of,
    such as that of a user whom systemd makes up (``DynamicUser``).

    Raises:
        OSError: this root may not act as another user, or that one cannot make files there.
    """
    found = directory.stat()
    if os.geteuid() != 0 or found.st_uid == 0 or _is_kept_out(found, directory):
        yield
        return
    group, groups = os.getegid(), os.getgroups()
    try:
        os.setgroups([])
        os.setegid(found.st_gid)
        os.seteuid(found.st_uid)
        if not os.access(directory, os.W_OK | os.X_OK, effective_ids=True):
            raise OSError(0, _UNREACHED, str(directory))
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def _is_kept_out(owner: os.stat_result, directory: Path) -> bool:
    """Return whether a directory of root's, above one of somebody else, lets that user not pass."""
    for above in Path(os.path.realpath(directory)).parents:
        found = above.stat()
        may_pass = stat.S_IXGRP if found.st_gid == owner.st_gid else stat.S_IXOTH
        if found.st_uid == 0 and not found.st_mode & may_pass:
            return True
    return False
