"""``Converter``: all conversions of one table on one side, compiled at first use."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from dualschema.column_type import Form
from dualschema.convert.cells import MISSING, decoder_of, default_of, encoder_of, reason_of
from dualschema.convert.source import Finish, compile_function, inlined
from dualschema.declare.table import Table, binding_of
from dualschema.errors import ConversionError, DecodeError, EncodeError
from dualschema.model import ColumnModel, Side, form_of

__all__ = ["Converter"]

Row = TypeVar("Row", bound=Table)
_DecodeRows = Callable[[Iterable[Any], list[Row]], None]

# The slots that hold a pydantic model's state. Filling them makes a row from checked values without
# checking them again, and costs a fraction of `model_construct`.
_SLOTS = {
    "set_values": BaseModel.__dict__["__dict__"].__set__,
    "set_names": BaseModel.__dict__["__pydantic_fields_set__"].__set__,
    "set_extra": BaseModel.__dict__["__pydantic_extra__"].__set__,
    "set_private": BaseModel.__dict__["__pydantic_private__"].__set__,
}


class Converter(Generic[Row]):
    """The conversions of one table on one side.

    Attributes:
        names: what the columns are called on this side, in column order.
        form: gives the form that a column's values have on this side; a driver may want another
            one than the side's own.
        finish: makes of a row's cells what ``encode_many`` gives; None for tuples and objects.
    """

    def __init__(
        self,
        table: type[Row],
        side: Side,
        *,
        form: Callable[[ColumnModel], Form] | None = None,
        finish: Finish | None = None,
    ) -> None:
        self.table = table
        self.side: Side = side
        self.form = form or (lambda column: form_of(column, side))
        self._finish = finish
        self.model = binding_of(table).model
        self.columns = self.model.columns
        self.names = tuple(c.json_name if side == "json" else c.name for c in self.columns)

    def encode(self, row: Row) -> dict[str, Any]:
        """Return one row as it is stored, by the columns' names on this side."""
        stored = self.encode_many([row])[0]
        return stored if self.side == "json" else dict(zip(self.names, stored, strict=True))

    def encode_many(self, rows: Sequence[Row]) -> list[Any]:
        """Return rows as they are stored: tuples in column order; for JSON, objects."""
        if any(kind is not self.table for kind in set(map(type, rows))):
            raise TypeError(f"encode_many takes rows of one table; this one is {self.model.name}")
        out: list[Any] = []
        left = iter(rows)
        while True:
            try:
                self._encode_rows(left, out)
            except Exception as error:  # noqa: BLE001  (whatever it is, the row explains it)
                # A rare shape, or a fault: take this one row cell by cell, and go on behind it.
                place = len(out) if len(rows) > 1 else None
                out.append(self._encode_slowly(rows[len(out)], place, error))
                continue
            return out

    def encode_one(self, row: Row) -> Any:
        """Return one row as ``encode_many`` gives it, at less cost."""
        try:
            return self._encode_row(row)
        except Exception as error:  # noqa: BLE001  (whatever it is, the row explains it)
            return self._encode_slowly(row, None, error)

    def decode_one(self, stored: Sequence[Any]) -> Row:
        """Return the row of one of a driver's, as ``decode_many`` does, at less cost."""
        try:
            return self._decode_row(stored)
        except Exception as error:  # noqa: BLE001  (whatever it is, the row explains it)
            return self._decode_slowly(stored, None, error)

    def decode_many(self, stored: Iterable[Any]) -> list[Row]:
        """Return the rows of a batch: all sequences in column order, or all mappings.

        Sequences are taken for a driver's rows, whose values were checked when they were written:
        their classes are checked, and what must be parsed. Mappings may be anybody's.
        """
        batch = stored if isinstance(stored, (list, tuple)) else list(stored)
        if not batch:
            return []
        out: list[Row] = []
        if isinstance(batch[0], Mapping):
            left, decode_rows = self._tuples(batch), self._decode_checked
        else:
            left, decode_rows = iter(batch), self._decode_trusted
        while True:
            try:
                decode_rows(left, out)
            except Exception as error:  # noqa: BLE001  (whatever it is, the row explains it)
                place = len(out) if len(batch) > 1 else None
                out.append(self._decode_slowly(batch[len(out)], place, error))
                continue
            return out

    def decode_cell(self, column: ColumnModel, value: Any) -> Any:
        """Return one stored value as Python's.

        Raises:
            DecodeError: it is no value of the column's.
        """
        try:
            return self._decoders[column.name](value)
        except ValueError as error:
            raise self._fault(DecodeError, column, value, error, None) from None

    def encode_cell(self, column: ColumnModel, value: Any) -> Any:
        """Check one Python value and return it as it is stored.

        Raises:
            EncodeError: the column does not take it.
        """
        try:
            return self._encoders[column.name](value)
        except ValueError as error:
            raise self._fault(EncodeError, column, value, error, None) from None

    @cached_property
    def _encoders(self) -> dict[str, Callable[[Any], Any]]:
        return {column.name: encoder_of(column, self.form(column)) for column in self.columns}

    @cached_property
    def _decoders(self) -> dict[str, Callable[[Any], Any]]:
        return {column.name: decoder_of(column, self.form(column)) for column in self.columns}

    @cached_property
    def _encode_rows(self) -> Callable[[Iterable[Row], list[Any]], None]:
        scope, lines, stored = self._encoding()
        body = [
            "append = out.append",
            f"for {self._targets} in map(read, map(vars, rows)):",
            *(f"    {line}" for line in lines),
            f"    append({stored})",
        ]
        return compile_function("encode_rows", "rows, out", body, scope)

    @cached_property
    def _encode_row(self) -> Callable[[Row], Any]:
        scope, lines, stored = self._encoding()
        body = [f"{self._targets} = read(vars(row))", *lines, f"return {stored}"]
        return compile_function("encode_row", "row", body, scope)

    def _encoding(self) -> tuple[dict[str, Any], list[str], str]:
        """Return the names, the lines before it, and the source of a row as it is stored."""
        scope: dict[str, Any] = {"read": _reader(tuple(c.attribute for c in self.columns))}
        cells = []
        for number, column in enumerate(self.columns):
            coder = column.type.encoder(self.form(column))
            whole = self._encoders[column.name]
            nullable = column.nullable
            cells.append(inlined(coder, number, scope, whole, nullable=nullable, guard=coder.guard))
        if self._finish is not None:
            scope |= self._finish.names
            lines = [f"c{number} = {cell}" for number, cell in enumerate(cells)]
            return scope, lines, self._finish.source
        if self.side == "json":
            pairs = zip(self.names, cells, strict=True)
            return scope, [], "{" + ", ".join(f"{name!r}: {cell}" for name, cell in pairs) + "}"
        return scope, [], "(" + "".join(f"{cell}, " for cell in cells) + ")"

    @cached_property
    def _finish_row(self) -> Callable[..., Any] | None:
        """Give the driver's form of a row's cells, for a row that went the long way."""
        if self._finish is None:
            return None
        cells = ", ".join(f"c{number}" for number in range(len(self.columns)))
        body = [f"return {self._finish.source}"]
        return compile_function("finish", cells, body, dict(self._finish.names))

    @property
    def _targets(self) -> str:
        return "".join(f"v{number}, " for number in range(len(self.columns)))

    @cached_property
    def _decode_checked(self) -> _DecodeRows[Row]:
        """Decode what anybody may have made."""
        return self._decode_rows(trusted=False)

    @cached_property
    def _decode_trusted(self) -> _DecodeRows[Row]:
        """Decode what a driver gives: it holds what was written, so classes tell enough."""
        return self._decode_rows(trusted=True)

    def _decode_rows(self, *, trusted: bool) -> _DecodeRows[Row]:
        scope, lines = self._decoding(trusted=trusted)
        body = [
            "append = out.append",
            f"for {self._targets} in rows:",
            *(f"    {line}" for line in lines),
            "    append(row)",
        ]
        return compile_function("decode_rows", "rows, out", body, scope)

    @cached_property
    def _decode_row(self) -> Callable[[Sequence[Any]], Row]:
        """Decode one row that a driver gives."""
        scope, lines = self._decoding(trusted=True)
        body = [f"{self._targets} = stored", *lines, "return row"]
        return compile_function("decode_row", "stored", body, scope)

    def _decoding(self, *, trusted: bool) -> tuple[dict[str, Any], list[str]]:
        """Return the names, and the lines that make ``row`` of a row's stored values."""
        scope, build = self._building()
        cells = {}
        for number, column in enumerate(self.columns):
            coder = column.type.decoder(self.form(column))
            whole = self._decoders[column.name]
            guard = (coder.trusted if trusted else None) or coder.guard
            cells[column.attribute] = inlined(
                coder, number, scope, whole, nullable=column.nullable, guard=guard
            )
        return scope, build(cells)

    def _building(self) -> tuple[dict[str, Any], Callable[[Mapping[str, str]], list[str]]]:
        """Return the names, and the lines that make ``row`` of each column's source."""
        # All rows share one set of the fields that are set: it has all of them, and pydantic only
        # ever adds to it. A set of its own would double the memory of a row.
        names = {c.attribute for c in chain(self.columns, self.model.dropped_columns)}
        scope: dict[str, Any] = {"cls": self.table, "new": self.table.__new__, "names": names}
        scope |= _SLOTS
        dropped = {}
        for number, column in enumerate(self.model.dropped_columns):
            scope[f"default{number}"] = default_of(column)
            dropped[column.attribute] = f"default{number}()"
        has_hook = self.table.__pydantic_post_init__ is not None

        def build(cells: Mapping[str, str]) -> list[str]:
            sources = {**cells, **dropped}
            # In the order of the class, which columns that were dropped interrupt.
            order = [name for name in self.table.__pydantic_fields__ if name in sources]
            values = ", ".join(f"{name!r}: {sources[name]}" for name in order)
            return [
                "row = new(cls)",
                f"set_values(row, {{{values}}})",
                "set_names(row, names)",
                "set_extra(row, None)",
                "set_private(row, None)",
                *(["row.model_post_init(None)"] if has_hook else []),
            ]

        return scope, build

    def _tuples(self, mappings: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
        count, get_all = len(self.names), _reader(self.names)
        for mapping in mappings:
            if len(mapping) == count:
                try:
                    cells = get_all(mapping)
                except KeyError:
                    cells = tuple(self._with_gaps(mapping))
            else:
                cells = tuple(self._with_gaps(mapping))
            yield cells

    def _with_gaps(self, mapping: Mapping[str, Any]) -> list[Any]:
        """Return a mapping's values in column order, ``MISSING`` where it has none."""
        given = dict(mapping)
        if self.side == "sqlite" and "id" not in self.names and self.model.key not in given:
            # What PowerSync calls every key; a table of the server alone may have another `id`.
            given[self.model.key] = given.pop("id", MISSING)
        cells = [given.pop(name, MISSING) for name in self.names]
        for column in self.model.dropped_columns:
            given.pop(column.json_name if self.side == "json" else column.name, None)
        if given:
            unknown = next(iter(given))
            near = difflib.get_close_matches(str(unknown), self.names, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise DecodeError(
                self.model.name,
                str(unknown),
                self.side,
                value_type=type(given[unknown]).__name__,
                reason=f"the table has no such column{hint}",
            )
        return cells

    def _encode_slowly(self, row: Row, place: int | None, error: Exception) -> Any:
        values = vars(row)
        stored: list[Any] = []
        for column in self.columns:
            if column.attribute not in values:
                raise self._fault(EncodeError, column, None, ValueError("it is missing"), place)
            value = values[column.attribute]
            try:
                stored.append(self._encoders[column.name](value))
            except (ValueError, TypeError) as fault:
                raise self._fault(EncodeError, column, value, fault, place) from error
        if self._finish_row is not None:
            return self._finish_row(*stored)
        if self.side == "json":
            return dict(zip(self.names, stored, strict=True))
        return tuple(stored)

    def _decode_slowly(self, stored: Any, place: int | None, error: Exception) -> Row:
        if isinstance(error, ConversionError):
            error.row = place
            raise error from None
        cells = self._with_gaps(stored) if isinstance(stored, Mapping) else stored
        if len(cells) != len(self.columns):
            raise ValueError(
                f"a row of {self.model.name} has {len(self.columns)} columns, not {len(cells)}"
            ) from None
        read: list[Any] = []
        for column, value in zip(self.columns, cells, strict=True):
            try:
                read.append(self._decoders[column.name](value))
            except (ValueError, TypeError) as fault:
                raise self._fault(DecodeError, column, value, fault, place) from None
        given = dict(zip((column.attribute for column in self.columns), read, strict=True))
        return self._new_row(given)

    @cached_property
    def _new_row(self) -> Callable[[dict[str, Any]], Row]:
        scope, build = self._building()
        cells = {column.attribute: f"given[{column.attribute!r}]" for column in self.columns}
        return compile_function("new_row", "given", [*build(cells), "return row"], scope)

    def _fault(
        self,
        kind: type[ConversionError],
        column: ColumnModel,
        value: Any,
        error: Exception,
        place: int | None,
    ) -> ConversionError:
        return kind(
            self.model.name,
            column.name,
            self.side,
            value_type=type(value).__name__,
            reason=reason_of(error),
            row=place,
        )


def _reader(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the function that gives a mapping's values of these names, as a tuple."""
    if len(names) == 1:
        only = names[0]
        return lambda mapping: (mapping[only],)
    return itemgetter(*names)
