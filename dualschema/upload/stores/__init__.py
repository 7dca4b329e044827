"""What an upload asks of a database, and how each kind of database does it."""

from __future__ import annotations

from dualschema.upload.stores.store import Store, store_of

__all__ = ["Store", "store_of"]
