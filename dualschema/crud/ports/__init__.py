"""The drivers, each behind the same few calls, on a connection that is open.

A port sends text and parameters that are ready, and gives rows as the driver reads them. It opens
no transaction by itself. Asynchronous drivers are waited for inside, so what stands above is
written once.
"""

from __future__ import annotations

from dualschema.crud.ports.logged import logged
from dualschema.crud.ports.port import Port, port_class, port_of

__all__ = ["Port", "logged", "port_class", "port_of"]
