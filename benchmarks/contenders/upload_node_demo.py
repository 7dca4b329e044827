"""PowerSync's own demo of a backend, on Node: its statements, operation by operation."""

from __future__ import annotations

from typing import Any

from benchmarks.lib.contender import Name
from benchmarks.lib.node_process import NodeProcess
from benchmarks.lib.timing import Timed
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_tables import TABLES, documents_of
from benchmarks.lib.upload_work import USER

__all__ = ["UploadNodeDemo"]


class UploadNodeDemo(UploadContender):
    """The bodies stay in Node; reading them is timed, sending them there is not."""

    name = Name.NODE_DEMO

    def __init__(self, url: str) -> None:
        self.node = NodeProcess("upload.mjs", url)

    def close(self) -> None:
        self.node.close()

    def wrap(self, bodies: list[bytes]) -> Any:
        documents = {table: documents_of(table) for table in TABLES}
        texts = [body.decode() for body in bodies]
        self.node.call(keep=texts, documents=documents, user=USER)

    def apply(self, bodies: Any) -> Any:
        return Timed(self.node.call(run=True)["seconds"], None)
