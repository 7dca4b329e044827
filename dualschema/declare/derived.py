"""Request bodies derived from a table: ``insert_model`` and ``patch_model``.

They are made from the class alone, so they need no ``Schema``.
"""

from __future__ import annotations

import inspect
import sys
import threading
import types
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.errors import PydanticUndefinedAnnotation

from dualschema.declare.body_field import annotation_of, field_of
from dualschema.declare.column import ColumnOptions
from dualschema.declare.table import Table, column_options, options_of
from dualschema.declare.unset import UNSET
from dualschema.errors import DefinitionError, Problem
from dualschema.naming import snake_case

__all__ = ["InsertModel", "PatchModel", "insert_model", "patch_model"]

Row = TypeVar("Row", bound=Table)


if TYPE_CHECKING:

    class _Typed(BaseModel, Generic[Row]):
        # No checker can know the fields: it lets every name pass.
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...
else:

    class _Typed(BaseModel):
        def __class_getitem__(cls, table: Any) -> type[BaseModel]:
            """Return what an annotation ``PatchModel[Timer]`` says: the model of that table."""
            return cls if isinstance(table, TypeVar) else _derive(cls, table)


class _Derived(_Typed[Row]):
    """What both kinds of bodies have in common.

    Where a column has the name of a method, the attribute is the column's value; on the class it is
    still the method: ``type(body).given(body)``.
    """

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        validate_assignment=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    # A subclass may add fields that are no columns.
    __dualschema_table__: ClassVar[type[Table]]
    __dualschema_columns__: ClassVar[tuple[str, ...]] = ()
    __dualschema_dropped__: ClassVar[tuple[str, ...]] = ()

    def given(self) -> dict[str, Any]:
        """Return what was sent, by the columns' names in Python."""
        sent, values = self.__pydantic_fields_set__, self.__dict__
        return {
            name: values[name]
            for name in self.__dualschema_columns__
            if name in sent and values[name] is not UNSET
        }

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The class has no name to be found by, but can be made again.
        recipe = type(self).__dict__.get("__dualschema_recipe__")
        if recipe is None:
            return super().__reduce_ex__(protocol)
        return _new, recipe, self.__getstate__()


class InsertModel(_Derived[Row]):
    """The body of a request that makes a row: the base of what ``insert_model`` returns."""

    model_config = ConfigDict(validate_default=True)

    if TYPE_CHECKING:  # a checker makes up one for each class that has none

        def __init__(self, **values: Any) -> None: ...

    def values(self) -> dict[str, Any]:
        """Return all values, sent or default, as the table takes them: ``Timer(**body.values())``.

        A default is made once, so the row has the ``id`` that the body has.
        """
        names = (*self.__dualschema_columns__, *self.__dualschema_dropped__)
        return {name: self.__dict__[name] for name in names}


class PatchModel(_Derived[Row]):
    """The body of a request that changes a row: the base of what ``patch_model`` returns."""

    model_config = ConfigDict(validate_default=False)

    if TYPE_CHECKING:  # a checker makes up one for each class that has none

        def __init__(self, **values: Any) -> None: ...

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return (each for each in super().__repr_args__() if each[1] is not UNSET)


def insert_model(
    table: type[Row],
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    name: str | None = None,
) -> type[InsertModel[Row]]:
    """Return the pydantic model of a request that makes a row.

    It has the columns that a client may set, with their defaults; ``writable="server"`` leaves one
    out. The same arguments give the same class.

    Args:
        table: the table; it need not stand in a schema yet.
        include: the columns it has instead, by their names in Python or in the database.
        exclude: columns that it does not have, for example the owner, which the token tells.
        name: what the class is called, in OpenAPI for one; ``TimerInsert`` by default.

    Raises:
        DefinitionError: an option names what is no column, or an annotation what is not defined.
    """
    known = sys._getframe(1).f_locals
    return _derive(InsertModel, table, include=include, exclude=exclude, name=name, known=known)


def patch_model(
    table: type[Row],
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    name: str | None = None,
) -> type[PatchModel[Row]]:
    """Return the pydantic model of a request that changes a row.

    Every field may be left out, and is ``UNSET`` then; null is taken only where the column is
    nullable. It has the columns that a client may change: neither the key nor the owner, and none
    that is ``writable="create"`` or ``"server"``. The same arguments give the same class.

    Args:
        table: the table; it need not stand in a schema yet.
        include: the columns it has instead, by their names in Python or in the database.
        exclude: columns that it does not have.
        name: what the class is called, in OpenAPI for one; ``TimerPatch`` by default.

    Raises:
        DefinitionError: an option names what is no column, or an annotation what is not defined.
    """
    known = sys._getframe(1).f_locals
    return _derive(PatchModel, table, include=include, exclude=exclude, name=name, known=known)


def _derive(
    base: type[Any],
    table: type[Table],
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    name: str | None = None,
    known: Mapping[str, Any] | None = None,
) -> type[Any]:
    given: object = table
    if not (isinstance(given, type) and issubclass(given, Table)):
        raise DefinitionError((Problem(repr(table), None, "this is no table class"),))
    _complete(table, known or {})
    said = {each: column_options(table, each) for each in table.__pydantic_fields__}
    left_out = _named(table, said, exclude, "exclude")
    if include is None:
        owner = _owner(table, said) if base is PatchModel else None
        kept = {each for each in said if each != owner and _is_the_clients(base, said[each])}
    else:
        kept = _named(table, said, include, "include")
    columns = tuple(each for each in said if each in kept - left_out)
    suffix = "Insert" if base is InsertModel else "Patch"
    return _made(base, table, columns, name or table.__name__ + suffix)


def _complete(table: type[Table], names: Mapping[str, Any]) -> None:
    """See to it that annotations which are text are read, by names of where the model is made."""
    if table.__pydantic_complete__:
        return
    known = {**(table.__pydantic_parent_namespace__ or {}), **names}
    try:
        table.model_rebuild(_types_namespace=known)
    except PydanticUndefinedAnnotation as error:
        reason = f"an annotation names {error.name!r}, which is not defined"
        raise DefinitionError((Problem(_name_of(table), None, reason),)) from None


def _name_of(table: type[Table]) -> str:
    return options_of(table).name or table.__name__


def _named(
    table: type[Table], said: Mapping[str, ColumnOptions], given: Iterable[str], option: str
) -> set[str]:
    """Return the attributes of columns that are named as in Python or as in the database."""
    attributes = {options.name or snake_case(each): each for each, options in said.items()}
    attributes |= {each: each for each in said}
    names = list(given)
    if problems := tuple(
        Problem(_name_of(table), None, f"{option} names {each!r}, which is no column")
        for each in names
        if each not in attributes
    ):
        raise DefinitionError(problems)
    return {attributes[each] for each in names}


def _is_the_clients(base: type[Any], said: ColumnOptions) -> bool:
    if base is InsertModel:
        return said.writable != "server"
    return said.writable == "client" and not said.primary_key


def _owner(table: type[Table], said: Mapping[str, ColumnOptions]) -> str | None:
    """Return the attribute that says whose a row is: the owner's, or the first on the way to it.

    A client that could set it could give its rows away.
    """
    paths = [options_of(table).owner, *(options.owner for options in said.values())]
    declared = [path.partition(".") for path in paths if isinstance(path, str)]
    for attribute, options in said.items():
        if options.owner is True:
            return attribute
        names = {attribute, options.name or snake_case(attribute)}
        steps = names | {name.removesuffix("_id").removesuffix("Id") for name in names}
        for first, _, more in declared:
            if first in (steps if more else names) and (not more or options.foreign_key):
                return attribute
    return None


_LOCK = threading.RLock()


def _made(base: type[Any], table: type[Table], columns: tuple[str, ...], name: str) -> type[Any]:
    """Return the one class of these columns and this name, which the table keeps."""
    with _LOCK:
        # By `__dict__`: a table has not the models of the one that it inherits from.
        made: dict[Any, type[Any]] | None = table.__dict__.get("__dualschema_derived__")
        if made is None:
            made = table.__dualschema_derived__ = {}  # type: ignore[attr-defined]  # kept on the class
        key = (base, columns, name)
        if key not in made:
            made[key] = _make(base, table, columns, name)
        return made[key]


def _new(base: type[Any], table: type[Table], columns: tuple[str, ...], name: str) -> Any:
    """Return an instance without values, for pickle to fill."""
    _complete(table, {})
    return object.__new__(_made(base, table, columns, name))


def _make(base: type[Any], table: type[Table], columns: tuple[str, ...], name: str) -> type[Any]:
    config = {k: v for k, v in table.model_config.items() if k not in _OF_THE_TABLE}
    dropped = tuple(each for each in columns if column_options(table, each).dropped)
    # Each field has its `Field` in the class body, where it hides a method of its name.
    namespace: dict[str, Any] = {
        each: field_of(table, each, may_be_absent=base is PatchModel) for each in columns
    }
    namespace |= {
        "__module__": table.__module__,
        "__doc__": table.__dict__.get("__doc__"),
        "__annotations__": {each: annotation_of(table, each) for each in columns},
        "model_config": {**config, **base.model_config},
        "__dualschema_table__": table,
        "__dualschema_columns__": tuple(each for each in columns if each not in dropped),
        "__dualschema_dropped__": dropped,
        "__dualschema_recipe__": (base, table, columns, name),
    }
    with warnings.catch_warnings():
        # A column may be called `json` or `values`, as a method is: the column is meant.
        warnings.filterwarnings("ignore", r"Field name .* shadows an attribute")
        made = types.new_class(name, (base,), {}, lambda body: body.update(namespace))
    for each in columns:
        if isinstance(inspect.getattr_static(base, each, None), property):
            setattr(made, each, None)  # the property would hide what the instance holds
    return made


_OF_THE_TABLE = frozenset(
    {"title", "alias_generator", "json_schema_extra", "use_attribute_docstrings"}
)
"""What a table's configuration says of its own class body, or of whole rows."""
