"""Finds out whether other users can change host.toml, or read the token in it and the password for the broker."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from hostcore.config.model import Config
from hostcore.config.mqtt import MqttSettings

_READ = stat.S_IRGRP | stat.S_IROTH
_WRITE = stat.S_IWGRP | stat.S_IWOTH


def exposures(config: Config) -> tuple[str, ...]:
    """Return a line for each way in which others can change the settings file or read its token, with the remedy.

    Others are all users but the owner and root. The bits of a group do not count if the group is the owner's own, as
    Debian makes one for each user. Access control lists are not considered. Reads no content of a file.
    """
    path = Path(os.path.realpath(config.path))
    try:
        file, folder = path.stat(), path.parent.stat()
    except OSError:  # it is gone; reading it again reports that
        return ()
    return (
        *_of_file(path, file, config.web.token is not None),
        *_of_folder(path, folder),
        *_of_secrets(config.mqtt),
    )


def _of_secrets(mqtt: MqttSettings) -> Iterator[str]:
    """Yield a line for each file with a secret of `[mqtt]` that others can read."""
    if not mqtt.enabled:
        return
    for key, path in (("password_file", mqtt.password_file), ("key_file", mqtt.key_file or mqtt.certificate_file)):
        try:
            found = path and path.stat()
        except OSError:  # the connection tells that
            continue
        if path and found and _others(found, _READ):
            yield f"{_named(path, found)}: others can read {key} of [mqtt]; run: chmod go-r {shlex.quote(str(path))}"


def _of_file(path: Path, found: os.stat_result, has_token: bool) -> tuple[str, ...]:
    can_write, can_read = _others(found, _WRITE), has_token and _others(found, _READ)
    problems = [
        *(["others can write it, and so grant anything to any plugin"] if can_write else []),
        *(["it holds the token of the web, and others can read it"] if can_read else []),
    ]
    if not problems:
        return ()
    bits = ("r" if can_read else "") + ("w" if can_write else "")
    return (f"{_named(path, found)}: {'; '.join(problems)}; run: chmod go-{bits} {shlex.quote(str(path))}",)


def _of_folder(path: Path, found: os.stat_result) -> tuple[str, ...]:
    if found.st_mode & stat.S_ISVTX or not _others(found, _WRITE):  # in a sticky folder, only the owner can replace it
        return ()
    folder = path.parent
    return (
        f"{_named(folder, found)}: others can replace {path.name} in it, and so grant anything to any plugin; "
        f"run: chmod go-w {shlex.quote(str(folder))}",
    )


def _named(path: Path, found: os.stat_result) -> str:
    return f"{path} has mode {stat.S_IMODE(found.st_mode):04o}"


def _others(found: os.stat_result, bits: int) -> bool:
    """Return whether the mode gives others one of the bits."""
    present = found.st_mode & bits
    return bool(present & stat.S_IRWXO or (present & stat.S_IRWXG and not _is_own_group(found.st_uid, found.st_gid)))


def _is_own_group(user: int, group: int) -> bool:
    """Return whether a group has the name of this user, and no other members."""
    import grp  # noqa: PLC0415 - most files give their group no rights
    import pwd  # noqa: PLC0415

    try:
        name, found = pwd.getpwuid(user).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == name and set(found.gr_mem) <= {name}
