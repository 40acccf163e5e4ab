"""``wasi-host service``: lets systemd run the host, from the start of the computer on."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hostcore.cli.question import agreed
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.control.holder import present_holder
from hostcore.errors import HostError
from hostcore.files import make_folder
from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import dataclass
from hostcore.service.belonging import systemctl_of
from hostcore.service.installing import (
    SYSTEM_FOLDER,
    UnitFile,
    device_groups,
    own_folders,
    program,
    user_unit_folder,
    workplace,
    writable_folders,
)
from hostcore.service.unit import NAME, UnitSettings, unit_text

BOOTED = Path("/run/systemd/system")
"""The folder that exists if systemd runs this computer: sd_booted(3)."""
WHOLE_HOME = (
    "wasi-host: the settings or plugins are in the home folder itself, so the service may write to all of it; "
    "better move them into a folder of their own first"
)
TEMPORARY = Path("/tmp")
"""The folder that a service of the computer has for itself (PrivateTmp=)."""
XDG = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
"""The variables that name the folders of a user. systemd does not know those of a shell."""
LINGER = ("loginctl", "enable-linger")
"""Lets a person's services run without a login, from the start of the computer on: loginctl(1)."""
SYSTEMCTL_SECONDS = 1900.0
"""Seconds that systemctl may take. It waits until the host is ready, and the first start compiles."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose systemd runs the service."""

    user: str | None
    """The user whose host the computer's systemd runs; None for the person's own systemd."""
    starts: bool = True
    """Whether systemd is told at once, and the service starts."""

    @property
    def file(self) -> UnitFile:
        """The unit file. Raises HostError if no home folder is known."""
        return UnitFile(SYSTEM_FOLDER if self.user else user_unit_folder())

    def systemctl(self, *arguments: str) -> tuple[str, ...]:
        """Return the command line of systemctl."""
        return ("systemctl", *(() if self.user else ("--user",)), *arguments)


def scope_of(*, system: bool, run_as: str | None, starts: bool) -> Scope:
    """Return the scope that the options mean. For another user's host, take that user's folders.

    Raises:
        HostError: the options contradict each other, or there is no such user.
    """
    if not system:
        if run_as is not None:
            raise HostError("--run-as names the user of a service of the computer; add --system")
        return Scope(None, starts)
    is_root = os.geteuid() == 0
    own = pwd.getpwuid(os.geteuid()).pw_name
    user = run_as or (os.environ.get("SUDO_USER", own) if is_root else own)
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        raise HostError(f"this computer has no user {user!r} to run the host as") from None
    os.environ["HOME"] = found.pw_dir  # as systemd will set it
    for name in XDG:
        os.environ.pop(name, None)
    return Scope(user, starts)


def show(config_file: Path | None, scope: Scope) -> int:
    """Print the unit file that `install` would write. Returns 0."""
    print(_text(_config(config_file), scope), end="")
    return 0


def install(config_file: Path | None, scope: Scope, *, is_agreed: bool) -> int:
    """Write the unit file and start the service, after a question. Blocks until the host is ready.

    Args:
        config_file: the settings file that the person named, if any.
        scope: whose systemd.
        is_agreed: do not ask.

    Returns:
        0; 1 if the person does not agree.

    Raises:
        HostError: it cannot be installed, or does not start.
        OSError: the unit file cannot be written.
    """
    config = _config(config_file)
    text = _text(config, scope)
    _require_right(scope, "install")
    _require_no_other(config)
    scope.file.require_own()
    steps, lingers = _steps(scope), scope.starts and not scope.user
    print(f"This writes {escaped(str(scope.file.path))}:\n\n{text}")
    _print_steps((*steps, LINGER) if lingers else steps)
    if scope.user and Path.home() in writable_folders(config):
        print(WHOLE_HOME, file=sys.stderr)
    if not (is_agreed or agreed("Install the service", "nothing was written")):
        return 1
    _make_folders(config, scope.user)
    scope.file.write(text)
    _run(steps)
    print("installed, and it runs" if steps else "installed; systemd does not know it yet")
    if lingers:
        _linger()
    return 0


def remove(scope: Scope, *, is_agreed: bool) -> int:
    """Stop the service and remove its unit file, after a question. The arguments and errors are those of `install`."""
    file = scope.file
    if file.content() is None:
        own = "To remove your own service: wasi-host service remove"
        computers = f"To remove that of the computer: sudo {program()} service remove --system"
        other = own if scope.user else computers
        raise HostError(f"the service is not installed: there is no {file.path}. {other}")
    file.require_own()
    _require_right(scope, "remove")
    before = (scope.systemctl("disable", "--now", NAME),) if scope.starts else ()
    after = (scope.systemctl("daemon-reload"),) if scope.starts else ()
    print(f"This removes {escaped(str(file.path))}.")
    _print_steps((*before, *after))
    if not (is_agreed or agreed("Remove the service", "nothing was removed")):
        return 1
    _run(before)
    file.remove()
    _run(after)
    print("The service is removed. Settings, plugins, logs and crash reports stay.")
    return 0


def _config(config_file: Path | None) -> Config:
    return load_config(find_config(config_file, Path.cwd()).absolute())


def _text(config: Config, scope: Scope) -> str:
    if scope.user and pwd.getpwnam(scope.user).pw_uid == 0:
        raise HostError("drivers need no root; name the user whose host it is: --run-as USER")
    if scope.user and TEMPORARY in config.path.parents:
        raise HostError(f"{config.path} is in a folder that a service cannot see and that is emptied; move it")
    variables = () if scope.user else tuple((name, os.environ[name]) for name in XDG if os.environ.get(name))
    groups = device_groups() if scope.user else ()
    place, folders = workplace(config), writable_folders(config)
    return unit_text(UnitSettings(program(), config.path, place, folders, scope.user, groups, variables))


def _steps(scope: Scope) -> tuple[tuple[str, ...], ...]:
    """Return the commands that start the service, and also at the next start of the computer."""
    if not scope.starts:
        return ()
    return scope.systemctl("daemon-reload"), scope.systemctl("enable", NAME), scope.systemctl("restart", NAME)


def _require_right(scope: Scope, what: str) -> None:
    if scope.starts and not BOOTED.is_dir():
        raise HostError("systemd does not run this computer; wasi-host up runs the host in the background without it")
    if scope.user and os.geteuid() != 0:
        command = f"sudo {program()} service {what} --system"
        raise HostError(f"only root can {what} a service of the computer: {command}; without --system, it is your own")


def _require_no_other(config: Config) -> None:
    holder = present_holder(config.path)
    if holder is not None and systemctl_of(holder.process) is None:
        raise HostError(f"{config.path} is in use by {holder}; stop it first: wasi-host down")


def _make_folders(config: Config, user: str | None) -> None:
    """Create the host's own folders, another user's with that user's rights: root must not follow that user's links.

    Raises:
        HostError: a folder cannot be created.
        OSError: likewise.
    """
    if user is None:
        for folder in own_folders(config):
            make_folder(folder)
        return
    found = pwd.getpwnam(user)
    command = ["mkdir", "-p", "--", *map(str, own_folders(config))]
    groups = os.getgrouplist(user, found.pw_gid)
    done = subprocess.run(
        command,
        user=found.pw_uid,
        group=found.pw_gid,
        extra_groups=groups,
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HostError(f"{user} cannot create the folders of the host: {done.stderr.strip()}")


def _linger() -> None:
    """Let the person's services run without a login. If that is not possible, say what it means; the service runs."""
    try:
        _run((LINGER,))
    except HostError as error:
        print(f"wasi-host: {escaped(str(error))}; without it, the service ends when you log out", file=sys.stderr)


def _print_steps(steps: Sequence[Sequence[str]]) -> None:
    if steps:
        print("and runs:\n")
        print(*(f"    {' '.join(step)}" for step in steps), sep="\n", end="\n\n")


def _run(steps: Sequence[Sequence[str]]) -> None:
    for step in steps:
        command = " ".join(step)
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=SYSTEMCTL_SECONDS, check=False)
        except FileNotFoundError:
            raise HostError(f"there is no {step[0]}, which comes with systemd, so `{command}` was not run") from None
        except subprocess.TimeoutExpired:
            raise HostError(f"`{command}` does not end; journalctl may say why") from None
        if done.returncode:
            raise HostError(f"`{command}` failed: {done.stderr.strip() or f'exit status {done.returncode}'}")
