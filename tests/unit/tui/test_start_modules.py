"""What the first frame waits for: the packages that a start of the screen may load. Anything else is loaded later."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

START = "import tui.__main__, hostcore.cli.web, hostcore.config.loading, hostcore.host, tui.run"
"""What a screen with a host of its own imports before its first frame (`tui.__main__._own`)."""
LIBRARIES = {"msgpack", "platformdirs", "rich", "textual", "tomli", "typing_extensions"}
ROOMS = {
    "access", "actuation", "actuators", "adjustments", "alarms", "authoring", "backends", "blake2", "buses", "by_hand",
    "chips", "cli", "clock", "compat", "config", "control", "decoding", "devices", "driver_wish", "errors",
    "events", "faults", "files", "history", "host", "hostcall", "kept_state", "late_part", "late_pattern",
    "libraries", "local_session", "log", "parts", "permissions", "place", "plugin", "pulse", "quantities",
    "quick_dataclass", "rates", "read_only", "reasons", "recording", "reload", "replay", "ring", "round_size",
    "rounds", "runtime", "session", "settings_wish", "shipped", "strict_json", "supervisor", "threads",
    "told_progress", "toml", "view", "wasi", "web", "workshop",
}  # fmt: skip
"""The rooms of hostcore of which a start loads something."""
LATER = (
    "aiohttp", "email", "hashlib", "hostcore.chips.reading", "hostcore.config.edit", "hostcore.control.attachments",
    "hostcore.control.messages", "hostcore.control.ssh", "hostcore.history.recorder", "hostcore.libraries.pip",
    "hostcore.libraries.resolving", "hostcore.selftest", "hostcore.session_file", "hostcore.stepping", "http",
    "multiprocessing", "sqlite3", "statistics", "textual.widgets._text_area", "tui.actions", "tui.browser",
    "tui.defect", "tui.dialogs", "tui.faults", "tui.help", "tui.new_driver", "tui.palette", "tui.played",
    "tui.plugins.detail", "tui.prompt", "tui.readings.charts", "tui.readings.curve", "tui.readings.graph",
    "tui.readings.picture", "tui.recording_copy", "tui.stepping", "tui.world", "watchfiles", "xml",
)  # fmt: skip
"""What only a part of the sessions needs, or the host after its start."""


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The names of the modules that a start loads, in a process of its own."""
    program = f"import sys; before = set(sys.modules); {START}; print(*(set(sys.modules) - before))"
    return frozenset(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    )


def test_a_start_loads_few_libraries(loaded: frozenset[str]) -> None:
    packages = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    compiled = {name for name in packages if name.endswith("__mypyc") or "cython" in name}
    assert packages - compiled - {"hostcore", "tui"} <= LIBRARIES


def test_a_start_loads_only_these_rooms(loaded: frozenset[str]) -> None:
    assert {name.split(".")[1] for name in loaded if name.startswith("hostcore.")} <= ROOMS


@pytest.mark.parametrize("module", LATER)
def test_a_start_does_not_load(loaded: frozenset[str], module: str) -> None:
    assert find_spec(module), "there is no such module any more"
    assert not {name for name in loaded if name == module or name.startswith(f"{module}.")}
