"""Calls the host through `python-wire`, with the line of the plugin's file that made the call."""

from collections.abc import Callable
from sys import _getframe
from typing import Any, TypeVar

from componentize_py_types import Err

from .errors import bus_error

T = TypeVar("T")

plugin_file = ""
"""The file name in the plugin's compiled code. Set before the plugin runs."""


def ask(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function of `python-wire` for the plugin. Call this only from public functions of this package.

    Args:
        function: the function. Its first parameter is the line.
        arguments: the other arguments.

    Raises:
        BusError: the host returned an error.
    """
    # Take the innermost frame of the file: a library, or sorted(), may lie between the plugin and this package.
    frame = _getframe(2)
    while frame is not None and frame.f_code.co_filename != plugin_file:
        frame = frame.f_back
    try:
        return function((frame.f_lineno or 0) if frame is not None else 0, *arguments)
    except Err as err:
        raise bus_error(err) from None
