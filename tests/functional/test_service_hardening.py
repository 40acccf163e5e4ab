"""The hardening of a service of the computer holds, and a host runs under it: a real systemd tries both.

That systemd runs for one user, who is root here, so it can close devices and mount folders read-only. In its namespaces
it cannot protect /proc and the kernel's log, so these two settings are left out.
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hostcore.service.unit import NAME, UnitSettings, unit_text
from tests.command import PROGRAM
from tests.supervised import COUNTER
from tests.user_systemd import is_possible, run_with_systemd

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(os.geteuid() != 0 or not is_possible(), reason="only root can start such a systemd"),
    pytest.mark.skipif(
        any(each.is_relative_to("/tmp") for each in (Path.home(), PROGRAM)),
        reason="the program or the home folder is in /tmp, and a service has a /tmp of its own",
    ),
]

IMPOSSIBLE = ("ProtectKernelTunables=yes", "ProtectKernelLogs=yes")
PROBE = """
for file in /etc /usr /var/lib "$HOME" "$OWN"; do
    if touch $file/probe 2>/dev/null; then echo "writes $file"; rm $file/probe; else echo "may not write $file"; fi
done
for device in /dev/null /dev/kmsg /dev/fuse; do
    if head -c 0 $device 2>/dev/null; then echo "opens $device"; else echo "may not open $device"; fi
done
unshare --mount true 2>/dev/null && echo "makes namespaces"
python3 -c "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)" 2>/dev/null && echo "asks the kernel"
grep CapEff /proc/self/status
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder outside of /tmp, which is another one for the service."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        yield Path(name)


def _copy_if_there(file: str, to: str) -> None:
    """Copy a file. Tests beside this one remove what they no longer need."""
    with suppress(FileNotFoundError):
        shutil.copy2(file, to)


@pytest.fixture
def unit(home: Path, cache_folder: Path) -> str:
    """The unit of a host with its own folders in `home`."""
    unused = shutil.ignore_patterns("control")
    shutil.copytree(cache_folder, home / "cache" / "wasi-host", ignore=unused, copy_function=_copy_if_there)
    (home / "state").mkdir()
    (home / "plugins").mkdir()
    (home / "plugins" / "one.py").write_text(COUNTER, encoding="utf-8")
    config = home / "host.toml"
    config.write_text('[buses.system]\nbackend = "simulated"\n', encoding="utf-8")
    variables = tuple((f"XDG_{each.upper()}_HOME", str(home / each)) for each in ("cache", "state"))
    text = unit_text(
        UnitSettings(PROGRAM, config, home / "state", (home,), "root", (), (*variables, ("OWN", str(home))))
    )
    return "".join(line for line in text.splitlines(keepends=True) if line.strip() not in IMPOSSIBLE)


def oneshot(unit: str, script: Path, told: Path) -> str:
    """A unit like `unit` that runs a script once and writes what it says into a file."""
    changed = {
        "Type": "oneshot",
        "ExecStart": f"/bin/bash {script}",
        "Restart": "no",
        "WatchdogSec": "0",
        "StandardOutput": f"file:{told}",
        "StandardError": "null",
    }
    lines = [(line, line.partition("=")[0]) for line in unit.splitlines()]
    return "\n".join(f"{key}={changed[key]}" if key in changed else line for line, key in lines)


def test_it_may_do_what_it_needs_and_no_more(home: Path, unit: str) -> None:
    units = home / "configuration" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / NAME).write_text(unit, encoding="utf-8")
    (home / "probe.sh").write_text(PROBE, encoding="utf-8")
    (units / "probe.service").write_text(oneshot(unit, home / "probe.sh", home / "told"), encoding="utf-8")
    told = run_with_systemd(
        """
        systemctl --user start probe
        systemctl --user start wasi-host
        systemctl --user show wasi-host -p StatusText
        systemctl --user stop wasi-host
        """,
        home,
        {"XDG_CONFIG_HOME": str(home / "configuration")},
    )
    assert (home / "told").read_text(encoding="utf-8").splitlines() == [
        "may not write /etc",
        "may not write /usr",
        "may not write /var/lib",
        f"may not write {pwd.getpwuid(os.getuid()).pw_dir}",
        f"writes {home}",
        "opens /dev/null",
        "may not open /dev/kmsg",
        "may not open /dev/fuse",
        "CapEff:\t0000000000000000",
    ]
    assert told == "StatusText=1 running\n"
