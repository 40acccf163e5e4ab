"""The tree of errors in the docstring of hostcore.errors is complete."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module

import hostcore
from hostcore import errors
from hostcore.errors import HostError


def depth(kind: type) -> int:
    """How far the error is below `HostError`."""
    return kind.__mro__.index(HostError)


def all_errors(kind: type = HostError) -> set[type]:
    """The error and all that are made of it, in hostcore."""
    ours = {kind} if kind.__module__.startswith("hostcore.") else set()
    return ours.union(*(all_errors(each) for each in kind.__subclasses__()))


def test_the_tree_shows_every_error_at_its_place() -> None:
    for module in pkgutil.walk_packages(hostcore.__path__, "hostcore."):
        if not re.search(r"runtime\.guest|__main__|wheel_hook", module.name):
            import_module(module.name)
    shown = re.findall(r"^    ([│ ├└─]*)(\w+Error)\b", inspect.getdoc(errors) or "", re.MULTILINE)
    assert {(name, len(indent) // 4) for indent, name in shown} == {
        (kind.__name__, depth(kind)) for kind in all_errors()
    }
    assert all(kind.__module__.startswith("hostcore.errors.") for kind in all_errors())
    assert {kind.__name__ for kind in all_errors()} == set(errors.__all__)
