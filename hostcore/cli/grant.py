"""``wasi-host grant``: shows what a plugin asked for, and writes into host.toml what a person grants."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hostcore.access.decisions import conflicts
from hostcore.access.requests import AccessRequest, load_requests
from hostcore.config.loading import find_config, load_config
from hostcore.config.reader import shown
from hostcore.errors import HostError
from hostcore.permissions import Permission, covers, parse_permission
from hostcore.reload import granting as grants
from hostcore.reload.discovery import find_plugins


def grant(config_file: Path | None, name: str, permissions: list[str], yes: bool) -> int:
    """Grant the plugin `name` the named permissions; without any, those that it asked for and a person agrees to.

    Args:
        config_file: the settings file that the person named, if any.
        name: the plugin.
        permissions: as host.toml writes them.
        yes: agree to everything.

    Returns:
        0; 1 when nobody could be asked.

    Raises:
        HostError: what was asked for cannot be done; nothing is written then.
    """
    path = find_config(config_file, Path.cwd())
    grants.require_own(path)
    present = grants.plugin_settings(load_config(path), name).permissions
    if permissions:
        chosen = [_permission(text) for text in permissions]
    else:
        requests = _requests(path, name, present)
        if not (yes or sys.stdin.isatty()):
            _refuse(requests)
            return 1
        chosen = [each.permission for each in requests if yes or _agreed(each)]
    _write(path, name, chosen)
    return 0


def _permission(text: str) -> Permission:
    try:
        return parse_permission(text)
    except ValueError as rule:
        raise HostError(f"found {shown(text)}, allowed is {rule}") from None


def _requests(path: Path, name: str, present: Sequence[Permission]) -> list[AccessRequest]:
    """What the plugin asked for and does not have by now."""
    asked = [each for each in load_requests(path) if each.plugin == name and not covers(present, each.permission)]
    if not asked:
        raise HostError(
            f"{name} asked for nothing that {path} does not grant; "
            f"name what it is to have, such as: wasi-host grant {name} i2c:1:0x77"
        )
    return asked


def _refuse(requests: Sequence[AccessRequest]) -> None:
    for each in requests:
        print(f"{each.plugin} asks for {each.permission} (denied {_often(each.count)})")
    print("wasi-host: nothing is granted, since nobody can be asked here; --yes grants all of that", file=sys.stderr)


def _often(count: int) -> str:
    """How often something was denied; a host that runs may not have written down the last times yet."""
    return "at least once" if count == 1 else f"at least {count} times"


def _agreed(request: AccessRequest) -> bool:
    """Ask the person."""
    try:
        answer = input(f"Grant {request.plugin} {request.permission} (denied {_often(request.count)})? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        print()
        raise HostError("stopped; nothing is granted") from None
    return answer.strip().lower() in {"y", "yes"}


def _write(path: Path, name: str, chosen: Sequence[Permission]) -> None:
    added = grants.grant(path, name, chosen)
    for each in added:
        print(f"{path}: {name} may use {each} now")
    if not added:
        print(f"{path}: nothing changed" + (f", {name} has that already" if chosen else ""))
    config = load_config(path)
    for conflict in conflicts(find_plugins(config), config.access.shared):
        if added and name in conflict.plugins:
            print(f"wasi-host: warning: {conflict}", file=sys.stderr)
