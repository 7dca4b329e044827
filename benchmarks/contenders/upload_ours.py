"""This library's uploads, from the body of a request to the results of its transactions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import dualschema as ds
from benchmarks.lib.contender import Name
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_tables import upload_schema
from benchmarks.lib.upload_work import USER
from dualschema.upload import Success, Uploader
from dualschema.upload.wire import read_request

__all__ = ["UploadOurs"]


class UploadOurs(UploadContender):
    """All that an application gets: the ledger, dead letters, ownership and validation."""

    name = Name.OURS

    def __init__(self, url: str) -> None:
        self.db = ds.connect(url)
        self.uploader = Uploader(self.db, upload_schema)
        self.uploader.create_tables()
        self.limits = self.uploader.limits

    def close(self) -> None:
        self.db.close()

    def wrap(self, bodies: list[bytes]) -> Any:
        with self.db.engine.begin() as connection:
            connection.execute(sa.text("TRUNCATE dualschema_ledger"))
        return bodies

    def apply(self, bodies: Any) -> Any:
        apply = self.uploader.apply
        for body in bodies:
            results = apply(read_request(body, self.limits).batch, USER)
            assert all(isinstance(each, Success) for each in results), results
