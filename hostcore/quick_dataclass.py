"""Frozen dataclasses that are made in a third of the time, for the modules that every start loads.

The standard library compiles six functions for each frozen dataclass, and a start makes 300 of them: a quarter of its
processor time. Here, only ``__init__`` is compiled. All classes share the other functions, which read the fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

C = TypeVar("C", bound=type)

__all__ = ["dataclass", "made_often"]

_become = object.__dict__["__class__"].__set__
"""Changes the class of an object, past the ``__setattr__`` of a frozen one."""

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, **options):
        """Do the same as `dataclasses.dataclass`. It is quick for ``frozen=True, slots=True``."""
        if options == {"frozen": True, "slots": True}:
            return _frozen
        return dataclasses.dataclass(cls, **options)


def made_often(cls: C) -> C:
    """Make the objects of a frozen dataclass with slots and many fields in two thirds of the time.

    The descriptor of a slot is called for each field, because nothing else sets a field of a frozen class. This
    ``__init__`` lets the object be one of a twin class meanwhile, which has the same slots and is not frozen: there,
    the interpreter itself sets a field. Classes with few fields gain nothing.
    """
    every = fields(cls)
    twin = type(cls.__name__, (), {"__slots__": tuple(each.name for each in every)})
    cls.__init__ = _init(cls, every, twin)  # type: ignore[misc]
    return cls


def _frozen(cls: type) -> type:
    if any(map(dataclasses.is_dataclass, cls.__bases__)):
        return dataclasses.dataclass(frozen=True, slots=True)(cls)
    own = cls.__dict__
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    parameters, every = made.__dataclass_params__, fields(made)
    parameters.init = parameters.repr = parameters.eq = parameters.frozen = True
    made.__compared__ = _values_of([each.name for each in every if each.compare])
    made.__hashed__ = _values_of([each.name for each in every if (each.compare if each.hash is None else each.hash)])
    functions: dict[str, object] = {
        "__init__": None if "__init__" in own else _init(made, every),
        "__repr__": _repr,
        "__eq__": _eq,
        "__getstate__": _getstate,
        "__setstate__": _setstate,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
    }
    for name, function in functions.items():
        if name not in own:
            setattr(made, name, function)
    if own.get("__hash__") is None:
        made.__hash__ = _hash
    return made  # type: ignore[no-any-return]


def _init(cls: type, every: Sequence[Field[Any]], twin: type | None = None) -> Callable[..., None]:
    """Compile ``__init__``. It sets each field by the descriptor of its slot, or as an object of `twin`."""
    scope: dict[str, Any] = {"MISSING": MISSING, "_become": _become, "_twin": twin}
    positional, named, body = ["self"], ["*"], []
    for each in every:
        name = each.name
        value, default = name, ""
        if each.default_factory is not MISSING:
            scope[f"_new_{name}"] = each.default_factory
            value = f"_new_{name}() if {name} is MISSING else {name}" if each.init else f"_new_{name}()"
            default = "=MISSING"
        elif each.default is not MISSING:
            scope[f"_default_{name}"] = each.default
            value = name if each.init else f"_default_{name}"
            default = f"=_default_{name}"
        elif not each.init:
            continue
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        body.append(f" _set_{name}(self, {value})" if twin is None else f" self.{name} = {value}")
        if each.init:
            (named if each.kw_only else positional).append(name + default)
    if twin is not None:
        body = [" own = type(self)", " _become(self, _twin)", *body, " _become(self, own)"]
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(positional + (named if len(named) > 1 else []))
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), scope)
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


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
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
