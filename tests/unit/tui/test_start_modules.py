"""What the first frame and the first reading wait for: the modules that a start may load. Others are loaded later."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from hostcore.cli.main import GROUPS, _groups_of, make_parser

START = "import tui.__main__, hostcore.cli.web, hostcore.config.loading, hostcore.host, tui.run"
"""What a screen with a host of its own imports before its first reading (`tui.__main__._made`)."""
LIBRARIES = {"msgpack", "platformdirs", "rich", "textual", "tomli", "typing_extensions"}
ROOMS = {
    "access", "actuation", "actuators", "adjustments", "alarms", "authoring", "backends", "broker", "buses", "by_hand",
    "chips", "cli", "clock", "compat", "config", "control", "decoding", "devices", "driver_wish", "errors",
    "events", "faults", "files", "hashes", "history", "host", "hostcall", "kept_state", "late_part", "late_pattern",
    "libraries", "local_session", "log", "parts", "permissions", "place", "plugin", "pulse", "quantities",
    "quick_dataclass", "quick_init", "rates", "read_only", "reasons", "recording", "reload", "replay", "ring",
    "round_size", "rounds", "runtime", "session", "settings_wish", "shipped", "strict_json", "supervisor", "threads",
    "told_progress", "toml", "view", "wasi", "web", "workshop",
}  # fmt: skip
"""The rooms of hostcore of which a start loads something."""
LATER = (
    "aiohttp", "email", "hashlib", "hostcore.broker.bodies", "hostcore.broker.connection",
    "hostcore.chips.reading", "hostcore.config.edit", "hostcore.control.attachments",
    "hostcore.control.messages", "hostcore.control.ssh", "hostcore.history.recorder", "hostcore.libraries.pip",
    "hostcore.libraries.resolving", "hostcore.selftest", "hostcore.session_file", "hostcore.stepping", "http",
    "multiprocessing", "paho", "sqlite3", "statistics", "textual.widgets._text_area", "tui.actions", "tui.browser",
    "tui.defect", "tui.dialogs", "tui.faults", "tui.fleet", "tui.help", "tui.new_driver", "tui.palette", "tui.played",
    "tui.plugins.detail", "tui.prompt", "tui.readings.charts", "tui.readings.curve", "tui.readings.graph",
    "tui.readings.picture", "tui.recording_copy", "tui.stepping", "tui.world", "watchfiles", "xml",
)  # fmt: skip
"""What only a part of the sessions needs, or the host after its start."""


RUN = "import tui.__main__, hostcore.cli.commands.plugins, hostcore.cli.run, hostcore.cli.web"
"""What ``wasi-host run`` imports before its first reading."""
RUN_ROOMS = ROOMS - {
    "authoring", "by_hand", "chips", "decoding", "driver_wish", "read_only", "replay", "ring", "settings_wish", "view",
    "web",
} | {"service"}  # fmt: skip
MOST_RUN_MODULES = 290
"""Each takes 0.2 ms on a laptop, and 1 ms on a Pi Zero 2 W."""
LATER_THAN_RUN = (
    *(each for each in LATER if not each.startswith(("textual", "tui"))),
    "ast", "dataclasses", "difflib", "hostcore.actuators.led_strip", "hostcore.alarms.watch",
    "hostcore.compat.demo.imports", "hostcore.diagnosis", "hostcore.faults.i2c", "hostcore.faults.site",
    "hostcore.libraries.metadata", "hostcore.runtime.contract_check", "hostcore.service.notify", "inspect", "logging",
    "platform", "shutil", "socket", "subprocess", "tempfile", "textual", "wasmtime",
)  # fmt: skip
"""What few hosts need, or none before its first reading."""
VERSION = "import tui.__main__, hostcore.cli.main; hostcore.cli.main.make_parser(False, ())"
"""What each command loads, and ``wasi-host --version`` alone."""
COMMAND_ROOMS = {"cli", "errors", "late_pattern", "place", "quick_dataclass", "quick_init"}


def modules_of(start: str) -> frozenset[str]:
    """The names of the modules that a start loads, in a process of its own."""
    program = f"import sys; before = set(sys.modules); {start}; print(*(set(sys.modules) - before))"
    return frozenset(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    )


def rooms_of(loaded: frozenset[str]) -> set[str]:
    return {name.split(".")[1] for name in loaded if name.startswith("hostcore.")}


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The modules of a start with a screen."""
    return modules_of(START)


@pytest.fixture(scope="module")
def loaded_to_run() -> frozenset[str]:
    """The modules of a start without a screen."""
    return modules_of(RUN)


def test_a_start_loads_few_libraries(loaded: frozenset[str]) -> None:
    packages = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    compiled = {name for name in packages if name.endswith("__mypyc") or "cython" in name}
    assert packages - compiled - {"hostcore", "tui"} <= LIBRARIES


def test_a_start_loads_only_these_rooms(loaded: frozenset[str]) -> None:
    assert rooms_of(loaded) <= ROOMS


@pytest.mark.parametrize("module", LATER)
def test_a_start_does_not_load(loaded: frozenset[str], module: str) -> None:
    assert find_spec(module), "there is no such module any more"
    assert not {name for name in loaded if name == module or name.startswith(f"{module}.")}


def test_a_run_loads_only_these_rooms_and_few_modules(loaded_to_run: frozenset[str]) -> None:
    assert rooms_of(loaded_to_run) <= RUN_ROOMS
    assert len([name for name in loaded_to_run if name.startswith("hostcore.")]) <= MOST_RUN_MODULES


@pytest.mark.parametrize("module", LATER_THAN_RUN)
def test_a_run_does_not_load(loaded_to_run: frozenset[str], module: str) -> None:
    assert find_spec(module), "there is no such module any more"
    assert not {name for name in loaded_to_run if name == module or name.startswith(f"{module}.")}


def test_the_command_itself_loads_no_part_of_the_host() -> None:
    assert rooms_of(modules_of(VERSION)) <= COMMAND_ROOMS


def test_each_command_is_in_the_group_that_is_loaded_for_it() -> None:
    for group, commands in GROUPS.items():
        parser = make_parser(False, (group,))
        action = next(each for each in parser._actions if each.dest == "==SUPPRESS==" and each.choices)
        assert tuple(action.choices or ()) == commands


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        ("", ()),
        ("--version", ()),
        ("--read-only --layout run", ()),
        ("run --rounds 1", ["plugins"]),
        ("--conf run status", ["services"]),
        ("--config=x run", ["plugins"]),
        ("-- run", ["plugins"]),
        ("frobnicate run", GROUPS),
        ("--help run", GROUPS),
        ("completion bash", GROUPS),
    ],
)
def test_a_command_line_loads_the_group_of_its_command(line: str, groups: object) -> None:
    assert _groups_of(line.split()) == groups


def test_the_first_frame_of_a_fleet_waits_for_no_host_and_for_nothing_of_an_opened_node() -> None:
    loaded = modules_of("import tui.fleet.run")
    later = {
        "hostcore.cli.fleet", "hostcore.control.remote_session", "hostcore.host", "hostcore.view.view", "tui.app",
        "tui.fleet.node_screen", "tui.fleet.visiting", "tui.readings.pane", "wasmtime",
    }  # fmt: skip
    assert later & loaded == set()
