"""The unit file that lets systemd run a host: systemd.service(5), systemd.exec(5), systemd.resource-control(5).

A user's own systemd may not close devices, mount folders read-only or drop capabilities. A unit for it leaves these
settings out, because systemd would ignore them in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from hostcore.errors import HostError
from hostcore.quick_dataclass import dataclass

NAME = "wasi-host.service"
"""The name of the unit."""
MARK = "# Written by `wasi-host service install`; `wasi-host service remove` removes it."
"""The first line of a unit file that this program may replace and remove."""
GROUPS = ("i2c", "spi", "gpio", "dialout")
"""The groups that own the devices of buses on Raspberry Pi OS and Debian."""
DEVICES = ("i2c", "spi", "gpiochip", "*gpiomem*", "ttyAMA", "ttyS", "ttyUSB", "ttyACM")
"""The device classes that a host uses, with the names that the kernel gives them in /proc/devices: I2C (i2c-dev), SPI
(spidev), GPIO lines, the registers of the pins (their name differs between kernels), with which the levels of SDA and
SCL are read and a stuck bus is freed, and serial ports: of the Pi (ttyAMA, ttyS), and of adapters on USB."""
WATCHDOG_SECONDS = 30
"""Seconds without a beat after which systemd restarts the host."""


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """The part of a unit that differs from computer to computer."""

    program: Path
    """The command ``wasi-host``, an absolute path."""
    config: Path
    """The settings file, an absolute path."""
    workplace: Path
    """The working directory, an absolute path."""
    writable: tuple[Path, ...]
    """The only folders to which the host may write."""
    user: str | None = None
    """The user whose host it is; None for a unit of the user's own systemd."""
    groups: tuple[str, ...] = ()
    """The groups of this computer that own devices of buses."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables and their values, beside those that systemd sets."""


def unit_text(settings: UnitSettings) -> str:
    """Return the content of the unit file.

    Raises:
        HostError: a path cannot stand in a unit file.
    """
    sections = (_unit(settings), _service(settings), _install(settings))
    return "\n\n".join("\n".join(lines) for lines in ((MARK,), *sections)) + "\n"


def _unit(settings: UnitSettings) -> Iterator[str]:
    yield "[Unit]"
    yield "Description=Sensor drivers, each in a WebAssembly sandbox"
    if settings.user:
        yield "# The modules of buses are loaded, and their devices have been announced."
        yield "After=systemd-modules-load.service systemd-udev-trigger.service"
    yield "# After five failures within two minutes it stays down: the settings are wrong."
    yield "StartLimitIntervalSec=120"
    yield "StartLimitBurst=5"


def _service(settings: UnitSettings) -> Iterator[str]:
    yield "[Service]"
    yield "Type=notify"
    yield "# Not before the devices of buses have their groups."
    yield "ExecStartPre=-/usr/bin/udevadm settle --timeout=10"
    yield f"ExecStart={_executable(settings.program)} --config {_argument(settings.config)} run"
    yield "ExecReload=/bin/kill -HUP $MAINPID"
    yield f"WorkingDirectory=-{_plain(str(settings.workplace))}"
    yield from (f"Environment={_word(f'{name}={value}')}" for name, value in settings.environment)
    yield "# Readings are for front ends; the journal gets the log."
    yield "StandardOutput=null"
    yield "StandardError=journal"
    yield "Restart=on-failure"
    yield "RestartSec=2"
    yield "# A host that is stuck writes where, and is replaced."
    yield f"WatchdogSec={WATCHDOG_SECONDS}"
    yield "WatchdogSignal=SIGQUIT"
    yield "# The first start compiles the Python of the sandbox, which takes minutes on a small Pi."
    yield "TimeoutStartSec=30min"
    yield "TimeoutStopSec=10"
    yield "KillMode=mixed"
    yield ""
    yield "# A compiler that takes too much memory ends alone."
    yield "MemoryMax=75%"
    yield "OOMPolicy=continue"
    yield "TasksMax=512"
    yield ""
    yield from _for_every_systemd()
    if settings.user:
        yield ""
        yield from _for_the_computers_systemd(settings)


def _for_every_systemd() -> Iterator[str]:
    yield "# MemoryDenyWriteExecute= is not possible: compiled WebAssembly is new code in memory."
    yield "NoNewPrivileges=yes"
    yield "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"
    yield "RestrictNamespaces=yes"
    yield "RestrictRealtime=yes"
    yield "RestrictSUIDSGID=yes"
    yield "LockPersonality=yes"
    yield "SystemCallArchitectures=native"
    yield "SystemCallFilter=@system-service"
    yield "SystemCallErrorNumber=EPERM"
    yield "UMask=0077"


def _for_the_computers_systemd(settings: UnitSettings) -> Iterator[str]:
    yield f"User={settings.user}"
    if settings.groups:
        yield f"SupplementaryGroups={' '.join(settings.groups)}"
    yield "# PrivateDevices= would hide the buses. These are the only devices besides /dev/null and the like."
    yield "DevicePolicy=closed"
    yield from (f"DeviceAllow=char-{name} rw" for name in DEVICES)
    yield "ProtectSystem=strict"
    yield "ProtectHome=read-only"
    yield from (f"ReadWritePaths={_word(f'-{path}')}" for path in settings.writable)
    yield "PrivateTmp=yes"
    yield "ProtectKernelTunables=yes"
    yield "ProtectKernelModules=yes"
    yield "ProtectKernelLogs=yes"
    yield "ProtectControlGroups=yes"
    yield "ProtectClock=yes"
    yield "ProtectHostname=yes"
    yield "ProtectProc=invisible"
    yield "KeyringMode=private"
    yield "RemoveIPC=yes"
    yield "CapabilityBoundingSet="
    yield "AmbientCapabilities="


def _install(settings: UnitSettings) -> Iterable[str]:
    return "[Install]", f"WantedBy={'multi-user' if settings.user else 'default'}.target"


def _executable(path: Path) -> str:
    """Return the path of a program. systemd replaces no variables in it, and allows fewer characters.

    Raises:
        HostError: it has one of the others.
    """
    if any(char in "'\"\\" for char in str(path)):
        raise HostError(
            f"systemd starts no program with a quote or a backslash in its path: {path}; install it elsewhere"
        )
    return _word(str(path))


def _argument(path: Path) -> str:
    """Return a path as an argument of a command line, in which also variables are replaced."""
    return _word(str(path)).replace("$", "$$")


def _word(text: str) -> str:
    """Return text as one word of a list."""
    escaped = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if any(char in " '\"\\;" for char in text) else escaped


def _plain(text: str) -> str:
    """Return text in which systemd replaces nothing.

    Raises:
        HostError: it has a character that a unit file cannot have.
    """
    if not text.isprintable():
        raise HostError(f"{text!r} has a character that cannot be shown, so it cannot stand in a unit file; rename it")
    return text.replace("%", "%%")
