"""Dataclasses that are made in a tenth of the time, for the modules that every start loads.

The standard library compiles up to eight functions for each dataclass, and loads Python's parser and disassembler for
it: a third of the processor time of a start, which makes 400 dataclasses and creates objects of 60 of them. Here, all
classes share their functions, and ``__init__`` is compiled when the first object is created. What the functions of
`dataclasses` look at is made when they ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

from hostcore.quick_init import late_init

__all__ = ["MISSING", "asdict", "dataclass", "field", "fields", "is_dataclass", "replace"]

if TYPE_CHECKING:
    from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass, replace
else:
    from hostcore.quick_init import MISSING

    def dataclass(cls=None, /, **options):
        """Do the same as `dataclasses.dataclass`: quickly for the options of `_quick`, and by that for others."""
        if cls is not None:
            return _quick(cls)
        if options.keys() <= {"frozen", "slots", "eq", "weakref_slot"}:
            return lambda each: _quick(each, **options)
        return _standard().dataclass(**options)

    def field(**options):
        """Do the same as `dataclasses.field`."""
        return _Field(**options)

    def fields(kind, /):
        """Do the same as `dataclasses.fields`. The default of a field that has none is `MISSING` of this module."""
        for each in (kind if isinstance(kind, type) else type(kind)).__mro__:
            if _FIELDS in each.__dict__:
                return each.__dict__[_FIELDS]
            if _STANDARD_FIELDS in each.__dict__:
                break
        return tuple(map(_field_of, _standard().fields(kind)))

    def is_dataclass(kind, /):
        """Do the same as `dataclasses.is_dataclass`."""
        cls = kind if isinstance(kind, type) else type(kind)
        return hasattr(cls, _FIELDS) or hasattr(cls, _STANDARD_FIELDS)

    def asdict(value, /):
        """Do the same as `dataclasses.asdict`, but without copies of what is no dataclass, list, tuple or dict."""
        if type(value) in {list, tuple}:
            return type(value)(map(asdict, value))
        if type(value) is dict:
            return {key: asdict(each) for key, each in value.items()}
        return (
            {each.name: asdict(getattr(value, each.name)) for each in fields(value)} if is_dataclass(value) else value
        )

    def replace(instance, /, **changes):
        """Do the same as `dataclasses.replace`."""
        for each in fields(instance):
            if not each.init:
                if each.name in changes:
                    raise ValueError(f"field {each.name} is declared with init=False, so it cannot be replaced")
            elif each.name not in changes:
                changes[each.name] = getattr(instance, each.name)
        return type(instance)(**changes)


_FIELDS, _STANDARD_FIELDS = "__quick_fields__", "__dataclass_fields__"


class _Field:
    __slots__ = ("compare", "default", "default_factory", "hash", "init", "kw_only", "metadata", "name", "repr", "type")

    def __init__(
        self,
        *,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        init: bool = True,
        repr: bool = True,  # noqa: A002 - as the standard library names it
        hash: bool | None = None,  # noqa: A002
        compare: bool = True,
        metadata: Any = None,
        kw_only: bool = False,
    ) -> None:
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata, self.kw_only = metadata, kw_only
        self.name = self.type = ""

    def options(self) -> dict[str, Any]:
        """Return the arguments of `field` that make it."""
        options = {name: getattr(self, name) for name in self.__slots__ if name not in {"name", "type"}}
        return {name: value for name, value in options.items() if value is not MISSING}


def _quick(
    cls: type, *, frozen: bool = False, slots: bool = False, eq: bool = True, weakref_slot: bool = False
) -> type:
    inherited: dict[str, _Field] = {}
    for base in cls.__mro__[-1:0:-1]:
        if _FIELDS in base.__dict__:
            inherited |= {each.name: each for each in base.__dict__[_FIELDS]}
        elif _STANDARD_FIELDS in base.__dict__:
            options = {"frozen": frozen, "slots": slots, "eq": eq, "weakref_slot": weakref_slot}
            return _standard().dataclass(**options)(cls)  # type: ignore[no-any-return]
    own = {
        name: _own_field(cls, name, annotation)
        for name, annotation in cls.__dict__.get("__annotations__", {}).items()  # noqa: RUF063 - `inspect` takes 9 ms
        if not annotation.startswith("ClassVar")
    }
    every = tuple((inherited | own).values())
    made: list[type] = []
    late = {} if "__init__" in cls.__dict__ else {"__init__": late_init(made, every, frozen=frozen, slots=slots)}
    parts = {each: _StandardPart(frozen=frozen, eq=eq) for each in (_STANDARD_FIELDS, "__dataclass_params__")}
    gets = _functions(cls, every, frozen=frozen, slots=slots, eq=eq) | late | parts
    made.append(_with_slots(cls, own, gets, weakref_slot=weakref_slot) if slots else _in_place(cls, own, gets))
    return made[0]


def _own_field(cls: type, name: str, annotation: str) -> _Field:
    given = cls.__dict__.get(name, MISSING)
    made = _field_of(given) if hasattr(given, "default_factory") else _Field(default=given)
    made.name, made.type = name, annotation
    return made


def _field_of(given: Any) -> _Field:
    """Return a field as this module keeps it. It may be one of the standard library."""
    if isinstance(given, _Field):
        return given
    nothing = _standard().MISSING
    options = {name: getattr(given, name) for name in _Field.__slots__ if name not in {"name", "type"}}
    made = _Field(**{name: value for name, value in options.items() if value is not nothing})
    made.name, made.type = given.name, given.type
    return made


def _functions(cls: type, every: Sequence[_Field], *, frozen: bool, slots: bool, eq: bool) -> dict[str, object]:
    """Return what a class gets, apart from what it defines itself."""
    hashed = [each.name for each in every if (each.compare if each.hash is None else each.hash)]
    gets: dict[str, object] = {
        _FIELDS: every,
        "__match_args__": tuple(each.name for each in every if each.init and not each.kw_only),
        "__compared__": _values_of([each.name for each in every if each.compare]),
        "__repr__": _repr,
        "__replace__": replace,
    }
    if eq:
        gets["__eq__"] = _eq
    if frozen:
        gets |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        if slots:
            gets |= {"__getstate__": _getstate, "__setstate__": _setstate}
    gets = {name: each for name, each in gets.items() if name not in cls.__dict__}
    if eq and cls.__dict__.get("__hash__") is None:  # Python sets None for a class that defines __eq__
        gets |= {"__hash__": _hash, "__hashed__": _values_of(hashed)} if frozen else {"__hash__": None}
    return gets


def _with_slots(cls: type, own: dict[str, _Field], functions: dict[str, object], *, weakref_slot: bool) -> type:
    """Return the class with a slot for each of its fields. It is another one, because slots are made with a class."""
    namespace = {name: each for name, each in cls.__dict__.items() if name not in own} | functions
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    taken = {name for base in cls.__mro__[1:-1] for name in getattr(base, "__slots__", ())}
    names = (*own, "__weakref__") if weakref_slot else tuple(own)
    namespace["__slots__"] = tuple(name for name in names if name not in taken)
    namespace["__qualname__"] = cls.__qualname__
    return type(cls)(cls.__name__, cls.__bases__, namespace)


def _in_place(cls: type, own: dict[str, _Field], functions: dict[str, object]) -> type:
    for name, each in own.items():
        if each.default is not MISSING:
            setattr(cls, name, each.default)
        elif name in cls.__dict__:
            delattr(cls, name)
    for name, function in functions.items():
        setattr(cls, name, function)
        getattr(type(function), "__set_name__", lambda *_: None)(function, cls, name)
    return cls


class _StandardPart:
    """What the standard library keeps at a dataclass. It is made when somebody looks at it."""

    def __init__(self, **options: bool) -> None:
        self._options = options

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls, self._name = cls, name

    def __get__(self, instance: object, _kind: type) -> Any:
        every = self._cls.__dict__[_FIELDS]
        namespace = {each.name: _standard().field(**each.options()) for each in every}
        annotations = {"__annotations__": {each.name: each.type for each in every}, "__module__": self._cls.__module__}
        twin = _standard().dataclass(**self._options)(type(self._cls.__name__, (), namespace | annotations))
        part = getattr(twin, self._name)
        setattr(self._cls, self._name, part)
        return part


def _standard() -> Any:
    import dataclasses  # noqa: PLC0415 - see the module's docstring

    return dataclasses


def _values_of(names: Sequence[str]) -> Callable[[Any], object]:
    """Return what reads these fields of an object, to compare them."""
    return attrgetter(*names) if names else type


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) == self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__hashed__(self))


def _getstate(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]


def _setstate(self: Any, state: Sequence[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    raise _standard().FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise _standard().FrozenInstanceError(f"cannot delete field {name!r}")
