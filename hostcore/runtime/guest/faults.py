"""Tells the faults that a plugin reports from its crashes.

Libraries know no `host.Error`. They report a sensor that fails with the exceptions of Python: RuntimeError ("Checksum
did not validate"), ValueError ("No I2C device at address"), OSError. These are reported errors if a library raised
them. The same exception from the plugin's own code is a defect, and a crash.
"""

import traceback

import driver_modules
import host
from host import _wire

_HERE = __file__.rpartition("/")[0]
LONGEST = 10_000
"""Most characters of an exception's text that are reported. The host shows the first of them."""


def reported(error: BaseException, plugin_file: str) -> str | None:
    """Return the text for a person if the exception is a reported error; None if it is a crash.

    Args:
        error: an exception that the plugin did not catch.
        plugin_file: the file name in the plugin's own code.
    """
    if isinstance(error, host.Error):
        return _said(error) or type(error).__name__
    if not isinstance(error, OSError | RuntimeError | ValueError) or isinstance(error, RecursionError):
        return None
    file, line = _innermost(error, plugin_file)
    if file == plugin_file or not file:
        return None
    kind = type(error).__name__
    return f"{_said(error) or kind} ({kind} in {_short(file)} line {line})"


def is_library(file: str) -> bool:
    """Whether the code of this file is a library of the plugin, or a module that the host has in place of one."""
    return file in _wire.library_files or file.startswith(driver_modules.FOLDER)


def traceback_of(error: BaseException) -> str:
    """Format an exception and its causes, without the frames of the host, such as one for each import on the way."""
    whole = traceback.TracebackException.from_exception(error)
    report: traceback.TracebackException | None = whole
    while report is not None:
        others = [frame for frame in report.stack if frame.filename.rpartition("/")[0] != _HERE]
        report.stack[:] = others or report.stack
        report = report.__cause__ or report.__context__
    return "".join(whole.format())


def _said(error: BaseException) -> str:
    """Return the text of an exception. Its class may be the plugin's own, so `__str__` can do anything."""
    try:
        return str(error)[:LONGEST]
    except BaseException as another:  # noqa: BLE001 - SystemExit as well: the fault matters, not its text
        return f"{type(error).__name__}, whose text raises {type(another).__name__}"


def _innermost(error: BaseException, plugin_file: str) -> tuple[str, int]:
    """Return file and line of the innermost frame of the plugin or a library. Others, such as `json`, do as told."""
    file, line = "", 0
    place = error.__traceback__
    while place is not None:
        name = place.tb_frame.f_code.co_filename
        if name == plugin_file or is_library(name):
            file, line = name, place.tb_lineno
        place = place.tb_next
    return file, line


def _short(file: str) -> str:
    return file.removeprefix(driver_modules.FOLDER).lstrip("/")
