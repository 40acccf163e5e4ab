"""The ``__init__`` of quick dataclasses, which is compiled when the first object is created."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final


class _Missing:
    """The default of a field that has none."""


MISSING: Final[Any] = _Missing()


def late_init(made: Sequence[type], every: Sequence[Any], *, frozen: bool, slots: bool) -> Callable[..., None]:
    """Return the ``__init__`` of the first object, which puts a compiled one into its place.

    `made` has the class as soon as it is made. A method that is set later would cost a search of all slots.
    """

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807 - a method of the class
        (cls,) = made
        compiled = _init(cls, every, frozen=frozen, slots=slots)
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *arguments, **named)

    return __init__


def _init(cls: type, every: Sequence[Any], *, frozen: bool, slots: bool) -> Callable[..., None]:
    """Compile ``__init__``. It sets each field by the descriptor of its slot, if it has one."""
    scope: dict[str, Any] = {"MISSING": MISSING, "_set": object.__setattr__}
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
        if slots:
            scope[f"_set_{name}"] = getattr(cls, name).__set__
            body.append(f" _set_{name}(self, {value})")
        else:
            body.append(f" _set(self, {name!r}, {value})" if frozen else f" self.{name} = {value}")
        if each.init:
            (named if each.kw_only else positional).append(name + default)
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    parameters = ", ".join(positional + (named if len(named) > 1 else []))
    exec(f"def __init__({parameters}):\n" + "\n".join(body or [" pass"]), scope)
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init
