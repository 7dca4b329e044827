"""The studio: a web page on this machine with a database's rows, dead letters and schema.

Needs starlette and uvicorn: ``pip install "dualschema[studio]"``.
"""

from __future__ import annotations

from dualschema.errors import MissingExtraError

try:
    import starlette as _starlette
    import uvicorn as _uvicorn
except ImportError:
    raise MissingExtraError("the studio", "studio") from None

from dualschema.studio.app import create_app
from dualschema.studio.serving import serve

__all__ = ["create_app", "serve"]

del _starlette, _uvicorn
