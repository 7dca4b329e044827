"""``Table``: the class that is a row's type, its insert's type, and its columns' SQL."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack, cast

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo
from pydantic_core import SchemaError
from typing_extensions import dataclass_transform

from dualschema.declare.column import (
    Check,
    ColumnOptions,
    Index,
    StyleName,
    column,
    without_builds,
)
from dualschema.declare.options import FILLED, sound
from dualschema.declare.upload_rules import UploadRules
from dualschema.errors import DefinitionError, Problem, UnboundTableError
from dualschema.model import TableModel
from dualschema.naming import camel_case, snake_case

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    _FREE: Any = None
else:
    ModelMetaclass = type(BaseModel)

__all__ = ["Binding", "Table", "TableOptions", "binding_of", "options_of"]

SyncName = Literal["local_only", "insert_only"]

# What pydantic calls on a model by these names: a column of such a name would break it.
_PYDANTIC_NAMES = frozenset(
    name for name in dir(BaseModel) if name.startswith("model_") and name != "model_extra"
)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """All that stands in the class line: ``class Timer(Table, name="timers", ...)``.

    An option that was wrong has its default here, and ``faults`` tells of it.
    """

    name: str | None = None
    postgres: StyleName | None = None
    sync: bool | SyncName = True
    owner: str | None = None
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    view_name: str | None = None
    track_previous: bool | tuple[str, ...] = False
    track_previous_when_changed: bool = False
    track_metadata: bool = False
    ignore_empty_updates: bool = False
    was: str | None = field(default=None, metadata=FILLED)
    dropped: bool = False
    uploads: UploadRules | None = None
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class Binding:
    """What a ``Schema`` gives a table class: its model and its columns' expressions.

    Attributes:
        table: the table class; one that inherits from it has a binding of its own, or none.
        model: the table, resolved and checked.
        expressions: gives the columns as SQL expressions, by their names in Python.
        cache: what floors above compile once for the table.
    """

    table: type[Table]
    model: TableModel
    expressions: Callable[[], Mapping[str, Any]]
    cache: dict[Any, Any] = field(default_factory=dict)


class _ColumnAttribute:
    """What stands in the class for a column: its SQL expression, once there is a ``Schema``.

    It has no ``__set__``, so on a row Python finds the value in the row itself, at full speed.
    """

    __slots__ = ("attribute",)

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    def __get__(self, row: object, owner: type[Table]) -> Any:
        if row is not None:
            raise AttributeError(f"this {owner.__name__} has no {self.attribute}")
        return binding_of(owner).expressions()[self.attribute]


@dataclass_transform(kw_only_default=True, field_specifiers=(column,))
class TableMeta(ModelMetaclass):
    """Makes a table class: a pydantic model whose attributes on the class are SQL expressions."""

    if TYPE_CHECKING:
        # pyright takes a class under pydantic's metaclass for a dataclass, whose `__new__` it makes
        # up, unless there is an `__init__`; it checks the words of a class line by this `__new__`.
        def __init__(self, *args: Any, **keywords: Any) -> None: ...

        # mypy finds a metaclass's names before the class's own; Python finds a column first.
        mro = _FREE
        register = _FREE

    def __new__(
        mcs,
        class_name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        name: str | None = None,
        postgres: StyleName | None = None,
        sync: bool | SyncName = True,
        owner: str | None = None,
        indexes: Iterable[Index] = (),
        checks: Iterable[Check] = (),
        view_name: str | None = None,
        track_previous: bool | Iterable[str] = False,
        track_previous_when_changed: bool = False,
        track_metadata: bool = False,
        ignore_empty_updates: bool = False,
        was: str | None = None,
        dropped: bool = False,
        uploads: UploadRules | None = None,
        **config: Unpack[ConfigDict],
    ) -> type:
        """Define a table.

        Args:
            name: its name in both databases; without it the class is no table but a base.
            postgres: ``"portable"`` or ``"native"``, where it is not the schema's.
            sync: False for a table of the server alone, ``"local_only"`` for one of the client
                alone, ``"insert_only"`` for one that the client writes and never reads.
            owner: the path to the owner's user id: ``"user_id"`` or ``"category.user_id"``.
            indexes: indexes over several columns.
            checks: conditions over several columns.
            view_name: what the client calls the table, where that is another name.
            track_previous: have uploads carry previous values: of all columns, or of these.
            track_previous_when_changed: only of those that changed.
            track_metadata: have uploads carry a text of the application's.
            ignore_empty_updates: do not upload an update that changes nothing.
            was: the name it had before; old clients may still send it.
            dropped: it stands in no schema any more, but what old clients send is still taken.
            uploads: what the server does with a client's writes.
        """
        options, faults = sound(
            TableOptions(
                name=name,
                postgres=postgres,
                sync=sync,
                owner=owner,
                indexes=_listed(indexes),
                checks=_listed(checks),
                view_name=view_name,
                track_previous=_listed(track_previous),
                track_previous_when_changed=track_previous_when_changed,
                track_metadata=track_metadata,
                ignore_empty_updates=ignore_empty_updates,
                was=was,
                dropped=dropped,
                uploads=uploads,
            )
        )
        if name is not None and options.name is None:
            options = replace(options, name=snake_case(class_name))  # it is a table, and no base
        options = replace(options, faults=faults)
        names = _column_names(namespace)
        shown_as = options.name or class_name
        if problems := tuple(_body_problems(shown_as, names, namespace)):
            raise DefinitionError(problems)
        for each in names:
            namespace.setdefault(each, column())
        namespace.setdefault("__pydantic_parent_namespace__", _caller_locals())
        # Without a class statement there are no docstrings behind columns, for which pydantic
        # would look through the source of every caller: for 20 ms, under many.
        is_called = "__qualname__" not in namespace and "use_attribute_docstrings" not in config
        wanted = _wants_docstrings(bases, namespace)
        if is_called:
            config["use_attribute_docstrings"] = False
        with warnings.catch_warnings():
            # A column may be called `json` or `schema`, as the deprecated methods of pydantic
            # are: the column is meant.
            if any(hasattr(base, each) for base in bases for each in names):
                warnings.filterwarnings("ignore", r"Field name .* shadows an attribute")
            try:
                made = cast(
                    "type[Table]",
                    super().__new__(
                        mcs,
                        class_name,
                        bases,
                        namespace,
                        __pydantic_reset_parent_namespace__=False,
                        **config,
                    ),
                )
            except SchemaError as error:
                reason = f"pydantic refuses the class: {str(error).splitlines()[-1].strip()}"
                raise DefinitionError((Problem(shown_as, None, reason),)) from error
        if is_called:  # a class statement may inherit from it
            made.model_config["use_attribute_docstrings"] = wanted
        if made.__pydantic_complete__:
            without_builds(made.__pydantic_core_schema__)
        made.__dualschema_options__ = options
        for each in made.__pydantic_fields__:
            setattr(made, each, _ColumnAttribute(each))
        return made

    if not TYPE_CHECKING:  # a checker would let every name pass

        def __getattr__(cls, name: str) -> Any:  # noqa: N805  (of a metaclass)
            # Python comes here when a column's attribute has raised: say why, as it did.
            if isinstance(inspect.getattr_static(cls, name, None), _ColumnAttribute):
                raise _unbound(cls)
            return super().__getattr__(name)


def _body_problems(
    table: str, names: Iterable[str], namespace: Mapping[str, Any]
) -> Iterator[Problem]:
    for each in names:
        if each in _PYDANTIC_NAMES:
            reason = (
                f"pydantic needs {each!r} for itself: call the attribute {each + '_'!r} and say "
                f"column(name={snake_case(each)!r})"
            )
            yield Problem(table, each, reason)
        elif each in namespace and _options_in(namespace[each]) is None:
            yield Problem(table, each, "a default stands in column(): write column(default=...)")


def _wants_docstrings(bases: Iterable[type], namespace: Mapping[str, Any]) -> bool:
    """Return what pydantic makes of the setting: the last base's, or the class body's own."""
    own = namespace.get("model_config", {})
    given = [*(getattr(base, "model_config", {}) for base in bases), own]
    said = [each[key] for each in given if (key := "use_attribute_docstrings") in each]
    return bool(said and said[-1])


def _listed(given: Any) -> Any:
    """Return what was given as a list, or anything else as it is."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else given


def _options_in(value: object) -> ColumnOptions | None:
    metadata = value.metadata if isinstance(value, FieldInfo) else ()
    return next((item for item in metadata if isinstance(item, ColumnOptions)), None)


def _column_names(namespace: dict[str, Any]) -> list[str]:
    """Return the names that a class body annotates, but for class variables and private names."""
    annotations: Mapping[str, Any] = namespace.get("__annotations__", {})
    if sys.version_info >= (3, 14):
        import annotationlib

        if annotate := annotationlib.get_annotate_from_class_namespace(namespace):
            annotations = annotationlib.call_annotate_function(
                annotate, annotationlib.Format.STRING
            )
    return [
        name
        for name, annotation in annotations.items()
        if not name.startswith("_") and name != "model_config" and "ClassVar" not in str(annotation)
    ]


def _caller_locals() -> dict[str, Any] | None:
    """Return the local names where a class statement stands, for annotations that are text.

    pydantic looks for them one frame too near, for it does not count this metaclass.
    """
    frame = sys._getframe(2)
    return None if frame.f_code.co_name == "<module>" else dict(frame.f_locals)


def _json_name(attribute: str) -> str:
    return camel_case(snake_case(attribute))


class Table(BaseModel, metaclass=TableMeta):
    """The base of every table: ``class Timer(Table, name="timers")``.

    A class without ``name=`` is a base for others, which inherit its columns; it is no table.
    An instance is a row. It is checked when it is made and when it is changed, and holds what the
    databases will hold: an instant is in UTC and cut to its precision, for example.
    """

    model_config = ConfigDict(
        alias_generator=_json_name,
        validate_by_name=True,
        validate_by_alias=True,
        validate_assignment=True,
        validate_default=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        protected_namespaces=(),
        use_attribute_docstrings=True,
    )

    __dualschema_options__: ClassVar[TableOptions]
    __dualschema_binding__: ClassVar[Binding]

    if TYPE_CHECKING:
        # pydantic's own names, left to columns: without an annotation here, they are no fields,
        # and a subclass may declare them as it likes.
        construct = _FREE
        copy = _FREE
        dict = _FREE
        from_orm = _FREE
        json = _FREE
        parse_file = _FREE
        parse_obj = _FREE
        parse_raw = _FREE
        schema = _FREE
        schema_json = _FREE
        update_forward_refs = _FREE
        validate = _FREE
        model_extra = _FREE  # pyright: ignore[reportIncompatibleMethodOverride]  # a column may be called so


def options_of(table: type[Table]) -> TableOptions:
    """Return what stands in the class line."""
    return table.__dualschema_options__


def binding_of(table: type[Table]) -> Binding:
    """Return what the table's schema gave it.

    Raises:
        UnboundTableError: it stands in no schema, or is no table but a base.
    """
    try:
        binding = table.__dualschema_binding__
    except AttributeError:
        raise _unbound(table) from None
    if binding.table is not table:  # that of a base
        raise _unbound(table)
    return binding


def _unbound(table: type[Table]) -> UnboundTableError:
    return UnboundTableError(table.__name__, is_base=options_of(table).name is None)


def column_options(table: type[Table], attribute: str) -> ColumnOptions:
    """Return what ``column()`` was told of an attribute."""
    # A field of a base that is no table has none; reading the table reports it.
    return _options_in(table.__pydantic_fields__[attribute]) or ColumnOptions()
