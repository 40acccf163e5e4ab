"""What the first frame of a screen waits for: the modules that are loaded before it is in sight, in a real start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.terminal_process import TerminalProcess

TO_THE_FIRST_FRAME = """
import sys
from pathlib import Path
from hostcore.errors import HostError
import tui.__main__ as screen

found = Path(sys.argv.pop())

def make(*_):
    found.write_text(" ".join(sys.modules))
    raise HostError("that was the first frame")

screen._made = make
sys.argv[1:] = ["--config", *sys.argv[1:]]
screen.main()
"""
"""A screen whose host is not made: it ends after its first frame, and writes what was loaded."""
LIBRARIES_OF_A_FRAME = {"platformdirs", "rich", "textual", "tomli", "typing_extensions"}
ROOMS_OF_A_FRAME = {
    "backends", "cli", "clock", "config", "control", "errors", "files", "late_pattern", "log", "place",
    "quick_dataclass", "quick_init", "shipped", "threads",
}  # fmt: skip
"""The rooms of hostcore of which something is loaded before the first frame."""
PARTS_OF_A_FRAME = {
    "__main__", "action_app", "app", "archive", "background", "closable", "command_app", "desk", "desk_app", "driver",
    "first_frame", "frugal",
    "kept_keys", "key_bar", "keyboard", "layout_app", "layouts", "lines", "live_screen", "look", "opening", "pump",
    "raster", "reality", "recording_app", "requests", "showing", "signals", "sizes", "terminal", "terminal_app", "text",
    "themes",
}  # fmt: skip
"""The same for the screen. There are no panes, and no words for what a host tells."""


@pytest.fixture(scope="module")
def loaded_for_a_frame(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the modules that are loaded when the first frame of a screen is in sight."""
    found = tmp_path_factory.mktemp("frame") / "modules"
    settings = Path(__file__).parents[3] / "host.toml"
    with TerminalProcess([sys.executable, "-c", TO_THE_FIRST_FRAME, str(settings), str(found)]) as process:
        process.read_until(b"starting ...", b"that was the first frame")
    return frozenset(found.read_text().split())


def test_a_first_frame_loads_fewer_libraries(loaded_for_a_frame: frozenset[str]) -> None:
    packages = {name.partition(".")[0] for name in loaded_for_a_frame} - set(sys.stdlib_module_names)
    ours = {"hostcore", "tui", "__main__", "_distutils_hack"}
    compiled = {name for name in packages if name.endswith("__mypyc")}
    assert packages - compiled - ours <= LIBRARIES_OF_A_FRAME


def test_a_first_frame_does_not_wait_for_the_host(loaded_for_a_frame: frozenset[str]) -> None:
    assert {name.split(".")[1] for name in loaded_for_a_frame if name.startswith("hostcore.")} <= ROOMS_OF_A_FRAME
    assert {name.split(".")[1] for name in loaded_for_a_frame if name.startswith("tui.")} <= PARTS_OF_A_FRAME
