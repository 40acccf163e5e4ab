"""Calls the host through `python-wire`, with the lines of the plugin and of its library that made the call."""

from collections.abc import Callable
from sys import _getframe
from typing import Any, TypeVar

from componentize_py_types import Err

from .errors import bus_error

T = TypeVar("T")

plugin_file = ""
"""The file name in the plugin's compiled code. Set before the plugin runs."""
library_files: dict[str, int] = {}
"""The place of each file of a library among those that were found, from 1; 0 for one that only passes calls on."""


def ask(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function of `python-wire` for the plugin. Call this only from public functions of this package.

    Args:
        function: the function. Its first parameter is `called-from` of wit/python.wit.
        arguments: the other arguments.

    Raises:
        BusError: the host returned an error.
    """
    # Take the innermost frame of the file: a library, or sorted(), may lie between the plugin and this package.
    frame, place = _getframe(2), 0
    while frame is not None and (file := frame.f_code.co_filename) != plugin_file:
        if not place and (number := library_files.get(file)):
            place = number << 48 | (frame.f_lineno or 0) << 24
        frame = frame.f_back
    if frame is not None:
        place |= frame.f_lineno or 0
    try:
        return function(place, *arguments)
    except Err as err:
        raise bus_error(err) from None
