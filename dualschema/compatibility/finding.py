"""What is found: what a change does to old clients, and the safe way to make it, in two steps."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Finding", "FindingKind", "Severity"]


class Severity(enum.Enum):
    """Whether a change may be made while old clients are about."""

    ERROR = "error"
    """Old clients lose what they write, or what they had."""
    WARNING = "warning"
    """It harms none by itself; what is made of it may."""


class FindingKind(enum.Enum):
    """What a definition does to clients of the last release that they do not survive."""

    TABLE_REMOVED = "table_removed"
    TABLE_RENAMED = "table_renamed"
    NOT_SYNCED = "not_synced"
    NOT_SENT = "not_sent"
    OWNER_CHANGED = "owner_changed"
    KEY_CHANGED = "key_changed"
    COLUMN_REMOVED = "column_removed"
    COLUMN_DROPPED = "column_dropped"
    COLUMN_RENAMED = "column_renamed"
    COLUMN_REQUIRED = "column_required"
    DEFAULT_REMOVED = "default_removed"
    NOT_NULL = "not_null"
    NULL_REPLACED = "null_replaced"
    NARROWED = "narrowed"
    FORM_CHANGED = "form_changed"
    CREATE_ONLY = "create_only"
    SERVER_ONLY = "server_only"
    CHECK_ADDED = "check_added"
    UNIQUE_ADDED = "unique_added"
    FOREIGN_KEY_ADDED = "foreign_key_added"
    DELETES_REFUSED = "deletes_refused"
    VERSION_ASKED = "version_asked"
    COMPARED = "compared"
    SERVER_WINS = "server_wins"
    NULL_ADDED = "null_added"
    WIDENED = "widened"
    REFUSALS_CHANGED = "refusals_changed"

    @property
    def severity(self) -> Severity:
        """Whether the change may be made while old clients are about."""
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_WARNINGS: Final = frozenset(
    {FindingKind.NULL_ADDED, FindingKind.WIDENED, FindingKind.REFUSALS_CHANGED}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One change that clients of the last release do not survive, or may not.

    Attributes:
        kind: what the change is.
        table: the table's name, as it was released.
        column: the column's name, as it was released, or None where it is about the table.
        change: what changed: ``max_length: 80, now 40``.
    """

    kind: FindingKind
    table: str
    column: str | None
    change: str

    @property
    def severity(self) -> Severity:
        """Whether the change may be made while old clients are about."""
        return self.kind.severity

    @property
    def place(self) -> str:
        """The table, or ``table.column``."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def clients(self) -> str:
        """What old clients send or miss, in words."""
        return _TOLD[self.kind][0]

    @property
    def safe_way(self) -> str:
        """How the change is made without harm, in words."""
        return _TOLD[self.kind][1]


_STRICTER: Final = (
    "release clients that write only what the new rule allows, and put right the rows that are "
    "there; change the column when the old clients are gone"
)
_ANEW: Final = (
    "add a column or table beside it, and write both; give this one dropped=True when the old "
    "clients are gone"
)
_LEFT: Final = (
    "release clients that no longer write it; change who may set it when the old ones are gone"
)
_NULL_FIRST: Final = "give it | None, and release clients that can do with NULL"
_DROPPED: Final = (
    f"{_NULL_FIRST}; then give it dropped=True, and remove it when the old clients are gone"
)
_SEEN: Final = (
    "give the rule to the table when the old clients are gone; until then use resolve= of the "
    "uploader, which sees what a client sends"
)
_LATER: Final = "write none of it until the old clients are gone"
_NOT_STORED: Final = "what is sent is taken and not stored; remove it when the old clients are gone"

_TOLD: Final[Mapping[FindingKind, tuple[str, str]]] = {
    FindingKind.TABLE_REMOVED: (
        "old clients send rows of it, which are refused, and get none",
        f"give the table dropped=True: {_NOT_STORED}",
    ),
    FindingKind.TABLE_RENAMED: (
        "old clients send rows under the old name, which are refused",
        "give the new table was= with the old name; remove was= when the old clients are gone",
    ),
    FindingKind.NOT_SYNCED: (
        "old clients send writes to it that are refused, or miss the rows they had",
        "release clients that do not use it; change sync= when the old ones are gone",
    ),
    FindingKind.NOT_SENT: (
        "old clients get nothing of it any more",
        "keep the stream, as the options of sync-streams make it, until the old clients are gone",
    ),
    FindingKind.OWNER_CHANGED: (
        "old clients send rows that are another's by the new rule, and miss some of theirs",
        "fill in the new owner, too, while the old one rules; change owner= when they are gone",
    ),
    FindingKind.KEY_CHANGED: (
        "old clients name rows by the old key, which the server does not find",
        "give the key was= if only its name changed; else " + _ANEW,
    ),
    FindingKind.COLUMN_REMOVED: (
        "old clients send it, which is lost without a word, and find NULL in rows they get",
        _DROPPED,
    ),
    FindingKind.COLUMN_DROPPED: (
        "old clients find NULL in rows they get, where they know none",
        f"{_NULL_FIRST}; give it dropped=True when those without are gone",
    ),
    FindingKind.COLUMN_RENAMED: (
        "old clients send it under the old name, which is lost without a word",
        "give the new column was= with the old name; remove was= when the old clients are gone",
    ),
    FindingKind.COLUMN_REQUIRED: (
        "old clients do not send it, and their inserts are refused",
        "add it with a default, or with | None; require it when the old clients are gone",
    ),
    FindingKind.DEFAULT_REMOVED: (
        "old clients may leave it out, and their inserts are refused",
        "keep the default; remove it when the clients that need it are gone",
    ),
    FindingKind.NOT_NULL: ("old clients send NULL, and their writes are refused", _STRICTER),
    FindingKind.NULL_REPLACED: (
        "old clients leave out what is NULL, and the default takes its place",
        'say uploads=ds.UploadRules(absent="null"), which takes what is left out for NULL',
    ),
    FindingKind.NARROWED: (
        "old clients send values that are now refused",
        _STRICTER,
    ),
    FindingKind.FORM_CHANGED: (
        "old clients send the old form, and cannot read the new one",
        _ANEW,
    ),
    FindingKind.CREATE_ONLY: ("old clients update it, and those writes are refused", _LEFT),
    FindingKind.SERVER_ONLY: ("old clients set it, and those writes are refused", _LEFT),
    FindingKind.CHECK_ADDED: ("old clients send rows that do not meet it", _STRICTER),
    FindingKind.UNIQUE_ADDED: ("old clients send values that another row has", _STRICTER),
    FindingKind.FOREIGN_KEY_ADDED: ("old clients send values that name no row", _STRICTER),
    FindingKind.DELETES_REFUSED: (
        "old clients delete or change what other rows name, and those writes are refused",
        'give the foreign key "cascade" or "set null" until the old clients are gone',
    ),
    FindingKind.VERSION_ASKED: (
        "old clients do not say which version they saw, and their updates are refused",
        _SEEN,
    ),
    FindingKind.COMPARED: (
        "old clients change rows that others changed meanwhile, and those writes are refused",
        _SEEN,
    ),
    FindingKind.SERVER_WINS: (
        "old clients change it where the server's value stays, and their change is lost",
        _SEEN,
    ),
    FindingKind.NULL_ADDED: (
        "old clients may find NULL in rows they get, where they know none",
        _LATER,
    ),
    FindingKind.WIDENED: (
        "old clients may get values that they do not know, and write documents without new keys",
        _LATER,
    ),
    FindingKind.REFUSALS_CHANGED: (
        "old clients are told otherwise of a write that is refused",
        "see that they go on after such an answer, too",
    ),
}
