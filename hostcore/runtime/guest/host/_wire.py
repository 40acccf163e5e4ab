"""Calls the host through `python-wire`, and says which line of the plugin's file made the call."""

from collections.abc import Callable
from sys import _getframe
from typing import Any, TypeVar

from componentize_py_types import Err

from .errors import bus_error

T = TypeVar("T")

plugin_file = ""
"""The name that the plugin's code was compiled with. Set before the plugin runs."""


def ask(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function of `python-wire` for the plugin. Only a public function of this package may call it.

    Args:
        function: takes the line first.
        arguments: the others.

    Raises:
        BusError: the host answered with an error.
    """
    # The innermost frame of the file is the right one: a library, or sorted(), may lie between it and this package.
    frame = _getframe(2)
    while frame is not None and frame.f_code.co_filename != plugin_file:
        frame = frame.f_back
    try:
        return function((frame.f_lineno or 0) if frame is not None else 0, *arguments)
    except Err as err:
        raise bus_error(err) from None
