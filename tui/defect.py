"""A defect of the screen: its report in a file, and a sentence about it for a person."""

from __future__ import annotations

import platform
import traceback
from importlib.metadata import version
from pathlib import Path

from hostcore import __version__
from hostcore.config.finding import user_folder
from hostcore.files import make_folder, write_whole
from tui.text import safe

REPORT = "screen-defect.txt"
"""The file with the latest report, beside the folder of crash reports."""


HOST_ENDS = "The plugins are stopped in order. wasi-host run works without the screen."
"""What a person has to know whose host ends with its screen."""


def told(defect: Exception, after: str = HOST_ENDS) -> str:
    """Write the report of a defect, and return what to tell the person. Blocks as long as the disk does.

    Args:
        defect: the exception that ended the screen.
        after: what becomes of all else.
    """
    return f"{reported(defect)}\n{after}"


def reported(defect: Exception) -> str:
    """Write the report of a defect, and return two lines about it. Blocks as long as the disk does.

    Args:
        defect: the exception that ended a screen.
    """
    place = traceback.extract_tb(defect.__traceback__)[-1:]
    at = f" ({Path(place[0].filename).name}, line {place[0].lineno})" if place else ""
    return (
        f"wasi-host: the screen broke on a defect of its own, not on a plugin's: "
        f"{safe(_summary(defect), 300)}{at}\n"
        f"{_where_reported(defect)}"
    )


def _where_reported(defect: Exception) -> str:
    folder = user_folder("XDG_STATE_HOME", ".local/state")
    if folder is None:
        return "There is no report of it: the home folder is not known."
    path = folder / REPORT
    try:
        make_folder(folder)
        write_whole(path, _report(defect).encode(errors="backslashreplace"))
    except OSError as error:
        return f"Its report cannot be written to {safe(str(path))}: {error.strerror or error}."
    return f"Its full report is in {safe(str(path))}; please send it to the project."


def _summary(defect: Exception) -> str:
    return "".join(traceback.format_exception_only(defect)).strip()


def _report(defect: Exception) -> str:
    """The versions and the traceback. Each line is safe to show: an exception may quote a plugin."""
    trace = "".join(traceback.format_exception(defect)).splitlines()
    versions = f"wasi-host {__version__}, Python {platform.python_version()}, Textual {version('textual')}"
    return "\n".join(map(safe, [versions, platform.platform(), *trace])) + "\n"
