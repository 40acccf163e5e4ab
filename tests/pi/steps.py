"""What the emulated Pi has to do, step by step. Each step returns what is worth a person's attention."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pi.emulated import EmulatedPi, StepFailedError, wait_until
from tests.tmux import ENDED, Tmux

ROUNDS = 3
SCREEN_SECONDS = 60.0
VALUE = re.compile(r"temperature +-?\d")
SETTINGS = """\
[host]
interval = 1.0

[limits]
call_seconds = 60.0

[buses.i2c-1]
backend = "simulated"

[[simulation.chips]]
chip = "bh1750"
bus = 1
address = 0x23

[plugins.light]
permissions = ["i2c:1:0x23"]
"""
LIGHT = """\
from host import i2c
import time


def read() -> dict:
    i2c.write(0x23, b"\\x20")
    time.sleep(0.18)
    return {"illuminance": int.from_bytes(i2c.read(0x23, 2), "big") / 1.2}
"""
SHAKY = """\
calls = 0


def read() -> dict:
    global calls
    calls += 1
    if calls == 3:
        raise LookupError("the third call is one too many")
    return {"calls": calls}
"""
VERSION = "def read() -> dict:\n    return {{'version': {version}}}\n"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the Pi has to do."""

    name: str
    do: Callable[[EmulatedPi], str]
    is_limited: bool = True
    """Whether it has to do it within the memory of a small Pi."""


def install(pi: EmulatedPi) -> str:
    """Install the wheel and what it requires into a fresh venv, without a network."""
    pi.empty()
    pi.run(pi.command(str(pi.machine.python), "-m", "venv", str(pi.venv)), pi.home)
    pip = [str(pi.venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pi.run(pi.command(*pip, "--no-index", f"--find-links={pi.machine.wheels}", pi.machine.wanted), pi.home)
    size = sum(each.lstat().st_size for each in pi.venv.rglob("*") if not each.is_symlink())
    return f"{size / 1e6:.0f} MB from {pi.machine.wheel.name}"


def compile_runtime(pi: EmulatedPi) -> str:
    """Compile the Python of the sandbox, which a wheel for any machine does not carry compiled."""
    folder = pi.folder("compile")
    _write_plugins(folder, light=LIGHT)
    pi.run(pi.host("run", "--rounds", "1"), folder)
    return "not within the limit: a platform wheel carries it compiled"


def doctor(pi: EmulatedPi) -> str:
    """Ask the doctor."""
    folder = pi.folder("doctor")
    report = json.loads(pi.run(pi.host("doctor", "--json"), folder))
    runtime = next(each for each in report["checks"] if each["name"] == "Python runtime")
    if "aarch64" not in report["system"] or not report["is_fine"]:
        raise StepFailedError(json.dumps(report, indent=1))
    return f"Python runtime: {runtime['text']}"


def first_reading(pi: EmulatedPi) -> str:
    """Start one driver, as at every start but the first."""
    folder = pi.folder("first")
    _write_plugins(folder, light=LIGHT)
    began = time.monotonic()
    running = pi.start(pi.host("run"), folder)
    running.until(lambda: _readings(running.output, "light"), "a reading of light")
    seconds = time.monotonic() - began
    if (status := running.stop()) != 0:
        raise StepFailedError(f"SIGTERM ended it with status {status}:\n{running.log}")
    return f"after {seconds:.1f} s"


def shipped_plugins(pi: EmulatedPi) -> str:
    """Read all shipped drivers for some rounds, on the built-in settings."""
    folder = pi.folder("shipped")
    rounds = [json.loads(line) for line in pi.run(pi.host("run", "--rounds", str(ROUNDS)), folder).splitlines()]
    last = {name: values for name, values in rounds[-1].items() if name != "timestamp"}
    failed = {name: values for name, values in last.items() if "error" in values}
    if failed or len(last) < 5:
        raise StepFailedError(json.dumps(rounds[-1], indent=1))
    return f"{len(rounds)} rounds of {', '.join(sorted(last))}"


def screen(pi: EmulatedPi) -> str:
    """Look at the screen for a minute."""
    folder = pi.folder("screen")
    command = pi.host()
    with Tmux(command, folder, TERM="xterm-256color") as terminal:
        began = time.monotonic()

        def until(condition: Callable[[str], object], what: str) -> None:
            wait_until(
                lambda: condition(terminal.text), what, lambda: ENDED not in terminal.text, lambda: terminal.text
            )

        until(lambda text: "SIMULATED" in text, "the screen")
        frame = time.monotonic() - began
        terminal.keys("1")  # it comes back with the pane that had the focus at its last end
        until(VALUE.search, "a temperature")
        reading = time.monotonic() - began
        shown = set[str]()
        while time.monotonic() < began + reading + SCREEN_SECONDS:
            until(lambda text: "SIMULATED" in text and VALUE.search(text), "a temperature")
            shown.add(terminal.text)
            time.sleep(1)
        terminal.keys("2")
        until(lambda text: "[2 Plugins]" in text and "running" in text, "the plugins")
        terminal.keys("q")
        wait_until(lambda: f"{ENDED} 0" in terminal.text, "the end", lambda: True, lambda: terminal.text)
    if len(shown) < 5:
        raise StepFailedError(f"it stood still: {len(shown)} different pictures in a minute")
    return f"drawn after {frame:.1f} s, readings after {reading:.1f} s, {len(shown)} different pictures in a minute"


def selftest(pi: EmulatedPi) -> str:
    """Test the machine itself."""
    folder = pi.folder("selftest")
    report = json.loads(pi.run(pi.host("selftest", "--json", "-y"), folder))
    plugins = next(each for each in report["results"] if each["step"] == "plugins")
    if plugins["verdict"] != "ok":
        raise StepFailedError(json.dumps(plugins))
    return str(plugins["text"])


def crash(pi: EmulatedPi) -> str:
    """Let a driver crash: it starts again, the other one keeps reading, and the report names the line."""
    folder = pi.folder("crash")
    _write_plugins(folder, light=LIGHT, shaky=SHAKY)
    running = pi.start(pi.host("run"), folder)
    running.until(lambda: "LookupError" in running.log, "the crash in the log")
    seen = len(_readings(running.output, "shaky"))
    running.until(lambda: len(_readings(running.output, "shaky")) > seen, "a reading after the crash")
    running.stop()
    light = _readings(running.output, "light")
    if failed := [each for each in light if "error" in each]:
        raise StepFailedError(f"the other driver failed, too: {failed[0]}")
    report = pi.run(pi.host("crashes", "1"), folder)
    if "shaky.py" not in report or "line 8" not in report:
        raise StepFailedError(f"the report does not name the line:\n{report}")
    return f"it starts again, the other driver made {len(light)} readings without an error"


def hot_reload(pi: EmulatedPi) -> str:
    """Save another version of a driver while it runs."""
    folder = pi.folder("reload")
    _write_plugins(folder, changing=VERSION.format(version=1))
    running = pi.start(pi.host("run"), folder)
    running.until(lambda: {"version": 1} in _readings(running.output, "changing"), "a reading of the first version")
    began = time.monotonic()
    _write_plugins(folder, changing=VERSION.format(version=2))
    running.until(lambda: {"version": 2} in _readings(running.output, "changing"), "a reading of the second version")
    seconds = time.monotonic() - began
    running.stop()
    return f"the new version reads after {seconds:.1f} s"


INSTALL = Step("install", install)
COMPILE = Step("compile", compile_runtime, is_limited=False)
STEPS = (
    Step("doctor", doctor),
    Step("first-reading", first_reading),
    Step("shipped-plugins", shipped_plugins),
    Step("screen", screen),
    Step("selftest", selftest),
    Step("crash", crash),
    Step("hot-reload", hot_reload),
)


def _write_plugins(folder: Path, **sources: str) -> None:
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "host.toml").write_text(SETTINGS, encoding="utf-8")
    for name, source in sources.items():
        (folder / "plugins" / f"{name}.py").write_text(source, encoding="utf-8")


def _readings(output: str, driver: str) -> list[dict[str, Any]]:
    """Return the readings of a driver in lines of JSON; the last line may not be complete yet."""
    lines = output.split("\n")[:-1]
    return [round_[driver] for round_ in map(json.loads, lines) if driver in round_]
