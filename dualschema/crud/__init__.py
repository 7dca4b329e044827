"""CRUD: typed statements that run unchanged on Postgres, on SQLite and on PowerSync's views."""

from __future__ import annotations

from dualschema.crud.async_database import AsyncDatabase, connect_async
from dualschema.crud.database import Database, connect
from dualschema.crud.delete import Delete, delete
from dualschema.crud.expressions import count, excluded, exists, param
from dualschema.crud.insert import Insert, insert, upsert
from dualschema.crud.select import Select, select
from dualschema.crud.source import alias, optional
from dualschema.crud.statement import Query, Statement
from dualschema.crud.update import Update, UpdateMany, update, update_many

__all__ = [
    "AsyncDatabase",
    "Database",
    "Delete",
    "Insert",
    "Query",
    "Select",
    "Statement",
    "Update",
    "UpdateMany",
    "alias",
    "connect",
    "connect_async",
    "count",
    "delete",
    "excluded",
    "exists",
    "insert",
    "optional",
    "param",
    "select",
    "update",
    "update_many",
    "upsert",
]
