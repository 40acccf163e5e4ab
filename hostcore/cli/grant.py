"""``wasi-host grant``: shows a plugin's requests, and writes the permissions that a person grants into host.toml."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from hostcore.access.decisions import conflicts
from hostcore.access.requests import AccessRequest, load_requests
from hostcore.cli.lines import say
from hostcore.cli.question import agreed
from hostcore.config.finding import find_config
from hostcore.config.loading import load_config
from hostcore.errors import HostError
from hostcore.permissions import Permission, covers, parse_permission
from hostcore.reload import granting
from hostcore.reload.discovery import find_plugins
from hostcore.reload.settings_file import require_own
from hostcore.toml.reader import shown


def grant(config_file: Path | None, name: str, permissions: list[str], *, yes: bool, as_json: bool = False) -> int:
    """Grant permissions to a plugin: those that are named, or those of its requests that the person agrees to.

    Args:
        config_file: the settings file that the person named, if any.
        name: the plugin's name.
        permissions: the permissions as text; none to ask about the plugin's requests.
        yes: agree to all requests.
        as_json: print one JSON object and ask nothing: without `permissions` and `yes`, only list the requests.

    Returns:
        0; 1 if standard input is not a terminal, so that the person cannot be asked.

    Raises:
        HostError: the permissions cannot be granted. Nothing was written.
    """
    path = find_config(config_file, Path.cwd())
    require_own(path)
    present = granting.plugin_settings(load_config(path), name).permissions
    if permissions:
        chosen = [_permission(text) for text in permissions]
    elif as_json and not yes:
        _list(name, _asked(path, name, present))
        return 0
    else:
        requests = _requests(path, name, present)
        if not (yes or sys.stdin.isatty()):
            _refuse(requests)
            return 1
        chosen = [each.permission for each in requests if yes or _agreed(each)]
    added = granting.grant(path, name, chosen)
    warnings = _warnings(path, name) if added else []
    if as_json:
        print(json.dumps({"plugin": name, "granted": [str(each) for each in added], "warnings": warnings}))
    else:
        _tell(path, name, added, warnings, has_that=bool(chosen))
    return 0


def _permission(text: str) -> Permission:
    try:
        return parse_permission(text)
    except ValueError as rule:
        raise HostError(f"found {shown(text)}, allowed is {rule}") from None


def _requests(path: Path, name: str, present: Sequence[Permission]) -> list[AccessRequest]:
    """Return the plugin's requests that are not granted yet."""
    asked = _asked(path, name, present)
    if not asked:
        raise HostError(
            f"{name} asked for nothing that {path} does not grant; "
            f"name a permission, such as: wasi-host grant {name} i2c:1:0x77"
        )
    return asked


def _asked(path: Path, name: str, present: Sequence[Permission]) -> list[AccessRequest]:
    return [each for each in load_requests(path) if each.plugin == name and not covers(present, each.permission)]


def _list(name: str, requests: Sequence[AccessRequest]) -> None:
    listed = [{"permission": str(each.permission), "denied": each.count} for each in requests]
    print(json.dumps({"plugin": name, "requests": listed}))


def _refuse(requests: Sequence[AccessRequest]) -> None:
    for each in requests:
        say(f"{each.plugin} asks for {each.permission} (denied {_often(each.count)})")
    print(
        "wasi-host: nothing is granted, because standard input is not a terminal; --yes grants all of these",
        file=sys.stderr,
    )


def _often(count: int) -> str:
    """Return how often something was denied. A running host may not have saved the last denials yet."""
    return "at least once" if count == 1 else f"at least {count} times"


def _agreed(request: AccessRequest) -> bool:
    asked = f"Grant {request.plugin} {request.permission} (denied {_often(request.count)})"
    return agreed(asked, "nothing is granted")


def _tell(path: Path, name: str, added: Sequence[Permission], warnings: Sequence[str], *, has_that: bool) -> None:
    for each in added:
        say(f"{path}: {name} may use {each} now")
    if not added:
        say(f"{path}: nothing changed" + (f", {name} has that already" if has_that else ""))
    for warning in warnings:
        say(f"wasi-host: warning: {warning}", is_result=False)


def _warnings(path: Path, name: str) -> list[str]:
    """Return a line for each other plugin that has the devices of this one."""
    config = load_config(path)
    found = conflicts(find_plugins(config), config.access.shared)
    return [str(conflict) for conflict in found if name in conflict.plugins]
