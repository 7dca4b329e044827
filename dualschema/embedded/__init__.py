"""A throw-away PostgreSQL server for tests and demos, made out of any PostgreSQL programs.

It knows no driver and no schema: it starts a server, says its URL, and leaves nothing behind.
Linux and macOS are supported; on Windows it is untested.
"""

from dualschema.embedded.cluster import Cluster
from dualschema.embedded.programs import find_binaries
from dualschema.errors import EmbeddedPostgresError

__all__ = ["Cluster", "EmbeddedPostgresError", "find_binaries"]
