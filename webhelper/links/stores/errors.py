"""Why a store as a whole cannot be used, or not for what was asked: errors of starts and of commands.

StoreError
├─ UpgradePendingError    the tables of the store are older than this version
├─ StoreInUseError        what changes the whole store finds another process at work in it
├─ StoreNotEmptyError     what needs an empty store finds something in it
├─ MovedStoreError        a file was used while it was moved to a database
├─ MovePendingError       a move to the database has not ended
├─ RefusedError           a start or a command met a database that is not as it must be
└─ WrongStoreError        the database is another program's, or of a version that cannot be read
   ├─ DamagedStoreError   the file is damaged, or not one of SQLite
   └─ NewerStoreError     the tables of the store are those of a later version
"""

from webhelper.errors import StoreError


class UpgradePendingError(StoreError):
    """The tables of the store are those of an earlier version, and can be brought to this one."""

    code = "upgrade_pending"
    text = "the store is of an earlier version; stop the web helper, and run `liveform store upgrade`"


class StoreInUseError(StoreError):
    """Another process has the store open, and what was asked for needs it alone."""

    code = "store_in_use"
    text = "another process has the store open; stop the web helper first"


class MovedStoreError(StoreError):
    """A file is not as it was when its move began, or its counts and those of the database differ."""

    code = "moved_store"
    text = "the file was used since its move began; empty the database, and move it again"


class MovePendingError(StoreError):
    """A file is being moved to the database, or its move was interrupted."""

    code = "move_pending"
    text = "a file is being moved to the database; run `liveform store move` again until all counts agree"


class StoreNotEmptyError(StoreError):
    """The store has something in it, and what was asked for needs an empty one."""

    code = "store_not_empty"
    text = "the store has something in it; name an empty one"


class WrongStoreError(StoreError):
    """The database is not a store, or one of a version that this one neither reads nor converts."""

    code = "wrong_store"
    text = "not a store of this version, nor one of an earlier version that can be upgraded"


class DamagedStoreError(WrongStoreError):
    """The file has pages that SQLite cannot read, or was never a database."""

    code = "damaged_store"
    text = "damaged, or not an SQLite file; `liveform store restore` puts a copy in the place of a store"


class NewerStoreError(WrongStoreError):
    """The tables of the store are those of a later version: ``version``, and ``newest`` is read."""

    code = "newer_store"

    def __init__(self, *, version: int = 0, newest: int = 0) -> None:
        super().__init__()
        self.version = version
        self.newest = newest

    def __str__(self) -> str:
        versions = f"version {self.version}, and this liveform reads {self.newest}"
        return f"the store is of {versions}; install a later one"


class RefusedError(StoreError):
    """The database lets nobody in, or is not as it must be.

    Args:
        reason: what is wrong and what to do. The server's own message is left out: it may contain data.
    """

    code = "store_refused"

    def __init__(self, *, reason: str = "the database cannot be used") -> None:
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
