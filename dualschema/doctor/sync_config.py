"""PowerSync's sync config, as it stands in its file, compared with the one that is generated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dualschema.codegen import Output, plan_files
from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped
from dualschema.doctor.sync_queries import Query, SyncConfig, read_sync_config
from dualschema.errors import ConfigurationError
from dualschema.generator import streamed_tables
from dualschema.model import SchemaModel, TableModel
from dualschema.targets.sync_streams import EDITION, SYNC_STREAMS

__all__ = ["SYNC_CONFIG", "check_sync_config"]

SYNC_CONFIG: Final = "sync config"

_CODEGEN: Final = f"`dualschema codegen {SYNC_STREAMS.name}`"
_BY_HAND: Final = f"write it as {_CODEGEN} does"


@dataclass(frozen=True, slots=True)
class _File:
    """A sync config's file, and what is wanted of it.

    Attributes:
        name: how the file is called to the user.
        found: what stands there, or None.
        wanted: what is generated.
        fix: what brings it there.
    """

    name: str
    found: bytes | None
    wanted: str
    fix: str


def check_sync_config(patient: Patient) -> Iterator[Finding]:
    """Read the file that the target ``sync-streams`` makes, and one that is written by hand."""
    if not streamed_tables(patient.schema.model):
        yield skipped(SYNC_CONFIG, "no table is synced")
        return
    files = [*_generated(patient), *_by_hand(patient)]
    if not files:
        reason = f"[tool.dualschema.targets] has no {SYNC_STREAMS.name}; or --sync-config FILE"
        yield skipped(SYNC_CONFIG, reason)
    for file in files:
        if file.found is None:
            yield fault(SYNC_CONFIG, f"there is no {file.name}", file.fix)
            continue
        found = read_sync_config(file.found.decode("utf-8", "replace"))
        texts = list(_faults(file.name, found, read_sync_config(file.wanted), patient.schema.model))
        if not texts:
            text = f"{file.name} has edition {EDITION} and all synced tables"
            yield fine(SYNC_CONFIG, text)
        for text in texts:
            yield fault(SYNC_CONFIG, text, file.fix)


def _outputs(patient: Patient) -> list[Output]:
    outputs = patient.configuration.outputs
    return [each for each in outputs if each.target == SYNC_STREAMS.name]


def _generated(patient: Patient) -> Iterator[_File]:
    root = patient.configuration.root
    for file in plan_files(patient.schema, _outputs(patient), root):
        yield _File(file.name, file.found, file.data.decode(), _CODEGEN)


def _by_hand(patient: Patient) -> Iterator[_File]:
    file = patient.sync_config
    if file is None:
        return
    # A table without an owner is the target's to refuse, where there is one.
    outputs = _outputs(patient)
    options = outputs[0].options if outputs else {"without_owner": "everyone"}
    (wanted,) = SYNC_STREAMS.run(patient.schema.model, None, options)
    yield _File(str(file), _bytes(file), wanted.text, _BY_HAND)


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def _faults(name: str, found: SyncConfig, wanted: SyncConfig, model: SchemaModel) -> Iterator[str]:
    if found.is_of_rules:
        yield f"{name} has sync rules of the old form (bucket_definitions), and streams are wanted"
        return
    if found.edition != EDITION:
        has = "names no edition" if found.edition is None else f"has edition {found.edition}"
        yield f"{name} {has}, and {EDITION} is wanted"
    if found.precision != wanted.precision:
        yield (
            f"{name} says timestamp_max_precision: {found.precision or 'nothing'}, and "
            f"{wanted.precision or 'nothing'} is wanted"
        )
    there: dict[str, list[Query]] = {}
    for query in found.queries:
        there.setdefault(query.name, []).append(query)
    sent = {query.name: query for query in wanted.queries}
    missing = [table for table in sent if table not in there]
    if missing:
        yield f"no stream of {name} has {few(missing)}"
    unsent = [
        f"{table}.{column}"
        for table, query in sent.items()
        if table in there
        for column in _unsent(query, there[table])
    ]
    if unsent:
        yield f"no stream of {name} sends {few(unsent)}"
    open_to_all = [
        table
        for table, query in sent.items()
        if query.has_condition and not all(each.has_condition for each in there.get(table, ()))
    ]
    if open_to_all:
        yield f"{name} sends everybody all rows of {few(open_to_all)}, which have an owner"
    unknown = list(dict.fromkeys(_unknown(found, model)))
    if unknown:
        yield f"{name} names what the definition has not: {few(unknown)}"


def _unsent(wanted: Query, there: list[Query]) -> list[str]:
    """Return the columns that a query lacks; of several, the one that lacks fewest counts."""
    lacking = [
        [
            column
            for column in wanted.columns
            if column not in each.columns and not (each.sends_all and column in wanted.plain)
        ]
        for each in there
    ]
    return min(lacking, key=len)


def _unknown(config: SyncConfig, model: SchemaModel) -> Iterator[str]:
    tables: dict[str, TableModel] = {}
    for table in model.tables:
        tables |= {name: table for name in (table.name, table.was) if name is not None}
    for query in config.queries:
        yield from (name for name in query.others if name not in tables)
        if query.source not in tables:
            yield query.source
            continue
        table = tables[query.source]
        columns = {"id", *table.by_name, *(column.was for column in table.columns)}
        columns |= {column.name for column in table.dropped_columns}
        yield from (f"{query.source}.{name}" for name in query.columns if name not in columns)
