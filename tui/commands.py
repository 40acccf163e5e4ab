"""Commands of ``wasi-host`` that show or do the same as something on the screen. Their words are in no other place.

The same words work on the ``:`` line, if an action has them.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from textual.binding import Binding

from hostcore.actuation import Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.events import Level, State
from hostcore.events.facts import HostFacts
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass
from hostcore.view.plugins import PluginStatus
from hostcore.view.problems import Problem, ProblemKind
from hostcore.view.readings import Path
from hostcore.view.scans import Scans
from tui.desk import Desk

Words = tuple[str, ...]
"""What follows ``wasi-host``, and its settings file."""

CRASHES: Words = ("crashes",)
DIAGNOSE: Words = ("diagnose",)
STATUS: Words = ("status",)
COPY = Binding("y", "copy_command", "Copy command", show=False)
"""The key of every list whose rows have a command. The help tells it, so that the key bar has room for others."""
FREE = "own"
"""What ``wasi-host world`` takes as the value that lets a quantity follow its own course."""


def history(path: Path) -> Words:
    """The past of a value, or of all values of a plugin."""
    return "history", ".".join(path)


def logs(name: str = "", level: Level | None = None) -> Words:
    """The log lines of a plugin, or of all; from a level up, or all."""
    return "logs", *(("--plugin", name) if name else ()), *(("--level", level.value) if level else ())


def grant(name: str, *permissions: Permission) -> Words:
    """What a plugin asks for, or these permissions."""
    return "grant", name, *map(str, permissions)


def fetch(name: str) -> Words:
    """The libraries of a plugin."""
    return "fetch", name


def scan(bus: BusName) -> Words:
    """A scan of an I2C bus."""
    return "scan", str(bus)


def unstick(bus: BusName) -> Words:
    """Nine clocks for a stuck I2C bus."""
    return "unstick", str(bus)


def dump(bus: BusName, address: int) -> Words:
    """The registers at an address of an I2C bus."""
    return "i2c", "dump", str(bus), f"0x{address:02x}"


def at_address(scans: Scans, bus: BusName, address: int) -> Words:
    """The registers at an address of an I2C bus; a scan if nothing is there, as far as is known."""
    is_empty = scans.of(bus) is None or scans.is_empty(bus, address)
    return scan(bus) if is_empty else dump(bus, address)


def read_register(bus: BusName, address: int, register: int, length: int) -> Words:
    """One register, or some."""
    return "i2c", "read", str(bus), f"0x{address:02x}", f"0x{register:02x}", str(length)


def new(wish: DriverWish) -> Words:
    """What writes a new driver; nothing for one of this project's own, which only the screen writes."""
    if wish.kind is DriverKind.EMPTY:
        return "new", wish.name or "driver"
    if wish.kind is DriverKind.OWN or wish.address is None:
        return ()
    return "new", *((wish.name,) if wish.name else ()), "--from", wish.source, "--address", f"0x{wish.address:02x}"


def of_plugin(status: PluginStatus) -> Words:
    """The command that says more about a plugin, or gives it what it lacks."""
    if status.lacks_libraries:
        return fetch(status.name)
    if status.requests:
        return grant(status.name)
    return CRASHES if status.state in (State.BACKOFF, State.QUARANTINED) else logs(status.name)


def drive(actuation: Actuation) -> Words:
    """What drives an output like this."""
    match actuation:
        case SwitchRelay(relay, is_on):
            return "relay", relay, "on" if is_on else "off"
        case SetPwm(line, duty, frequency_hz):
            return "pwm", str(line), f"{duty * 100:.10g}", f"{frequency_hz:.10g}"
        case LightLeds(color, first, last):
            digits = bytes(color).hex()
            return ("leds", digits) if last is None else ("leds", digits, f"{first}-{last}")


def hold(quantity: str, value: float | None) -> Words:
    """What holds a quantity of the simulated world at a value, or lets it go."""
    if value is None:
        return "world", quantity, FREE
    # Without an exponent, because argparse takes -1e-05 for an option.
    return "world", quantity, f"{value:.10f}".rstrip("0").rstrip(".")


_OF_PROBLEM: Mapping[ProblemKind, Words] = {
    ProblemKind.FINDING: DIAGNOSE,
    ProblemKind.QUARANTINED: CRASHES,
    ProblemKind.BACKOFF: CRASHES,
}
_OF_ITS_PLUGIN: Mapping[ProblemKind, Callable[[str], Words]] = {
    ProblemKind.LIBRARIES: fetch,
    ProblemKind.REQUEST: grant,
    ProblemKind.FAILING: logs,
    ProblemKind.OLD_VERSION: logs,
}


def of_problem(problem: Problem) -> Words:
    """The command that says more about a problem, or ends it."""
    if problem.kind is ProblemKind.BUS_STUCK and problem.bus is not None:
        return unstick(problem.bus)
    if problem.kind in _OF_ITS_PLUGIN:
        return _OF_ITS_PLUGIN[problem.kind](problem.plugin)
    return _OF_PROBLEM.get(problem.kind, STATUS)


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command for a person's shell."""

    command: str
    """One line; "" if no command does the same."""
    remark: str = ""
    """What to know about the command, or why there is none."""


def in_shell(words: Words, host: HostFacts, computer: str = "", remark: str = "") -> ShellCommand:
    """Return a command for a shell.

    Args:
        words: what follows ``wasi-host``.
        host: the host that it is for.
        computer: the computer of the host, as ssh takes it; "" for this one.
        remark: what to know about the command.
    """
    settings = () if host.is_shipped_config else ("--config", str(host.config_file))
    line = ("wasi-host", *settings, *words)
    if not all(word.isprintable() for word in line):  # quotes do not help: a terminal acts on it when it is pasted
        return ShellCommand("", "No command does this: a name or a path has a character that cannot be shown.")
    # -t: it may have to ask, and without a terminal there it could not.
    return ShellCommand(shlex.join(("ssh", "-t", computer, shlex.join(line)) if computer else line), remark)


class CommandSource:
    """Copies the command of the chosen item. A mix-in for lists and screens with the key `COPY`.

    Attributes:
        desk: the screen around it.
    """

    desk: Desk

    @property
    def command_words(self) -> Words:
        """The words of the command that shows or does the same as the chosen item; none if nothing is chosen."""
        return ()

    @property
    def shell_command(self) -> ShellCommand | None:
        """The command for a shell; None if nothing is chosen."""
        words, view = self.command_words, self.desk.view
        return in_shell(words, view.facts, view.connection.computer) if words else None

    def action_copy_command(self) -> None:
        """Copy the command, or say why there is none."""
        if (found := self.shell_command) is not None:
            copy_command(self.desk, found)


def copy_command(desk: Desk, found: ShellCommand) -> None:
    """Put a command into the clipboard, or say why there is none."""
    if desk.is_recorded:
        desk.say("This is a recording: there is no host that a command would reach.")
    elif found.command:
        desk.copy(found.command, f"the command {found.command}")
    else:
        desk.say(found.remark)
