"""``wasi-host state``: what plugins keep across restarts (``host.state``), and how to let one begin without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from hostcore.cli.lines import local_time, say
from hostcore.cli.question import confirm
from hostcore.cli.statuses import ExitStatus
from hostcore.clock import RealClock
from hostcore.config.loading import find_and_load
from hostcore.config.model import Config
from hostcore.control.awaited import awaited_host
from hostcore.control.client import RunningHost
from hostcore.control.holder import present_holder
from hostcore.control.messages import KeptStateReport, KeptStateRequest
from hostcore.errors import CommandLineError, HostError
from hostcore.kept_state.folder import state_folder_of
from hostcore.kept_state.state import KeptValue, StateKeeper
from hostcore.kept_state.store import StateStore
from hostcore.log.safe_text import counted
from hostcore.quick_dataclass import asdict, dataclass
from hostcore.strict_json import value_of

ANSWER_SECONDS = 10.0
"""Seconds that a running host may take. It reads or deletes one small file."""


@dataclass(frozen=True, slots=True)
class StatesOfHost:
    """Those of a running host, which has values that are not on the disk yet."""

    host: RunningHost

    def kept(self) -> tuple[KeptValue, ...]:
        return self._asked(KeptStateRequest()).kept

    def text(self, plugin: str) -> str | None:
        return self._asked(KeptStateRequest(plugin)).text

    def clear(self, plugin: str) -> None:
        self._asked(KeptStateRequest(plugin, clears=True))

    def _asked(self, request: KeptStateRequest) -> KeptStateReport:
        return self.host.ask(request, KeptStateReport, ANSWER_SECONDS)


def show_state(config_file: Path | None, plugin: str, *, as_json: bool) -> int:
    """Print how much each plugin keeps, or what one keeps.

    Args:
        config_file: the settings file that the person named, if any.
        plugin: the plugin's name; "" for all.
        as_json: print one JSON object.

    Returns:
        0.

    Raises:
        CommandLineError: the plugin keeps nothing.
        HostError: the settings are unusable, the running host does not answer, or a file cannot be read.
    """
    states = _states(find_and_load(config_file))
    if not plugin:
        _list(states.kept(), as_json=as_json)
        return ExitStatus.DONE
    text = states.text(plugin)
    if text is None:
        raise _nothing(plugin, states)
    value = value_of(text)
    print(json.dumps({"plugin": plugin, "state": value}) if as_json else json.dumps(value, indent=1))
    return ExitStatus.DONE


def clear_state(config_file: Path | None, plugin: str, *, as_json: bool, yes: bool) -> int:
    """Delete what a plugin keeps, after a question. A running host restarts the plugin.

    Args:
        config_file: the settings file that the person named, if any.
        plugin: the plugin's name.
        as_json: print one JSON object.
        yes: do not ask.

    Returns:
        0.

    Raises:
        CommandLineError: the plugin keeps nothing.
        HostError: as for `show_state`, or the file cannot be deleted, or the person says no or cannot be asked.
    """
    states = _states(find_and_load(config_file))
    found = next((each for each in states.kept() if each.plugin == plugin), None)
    if found is None:
        raise _nothing(plugin, states)
    amount = counted(found.size_bytes, "byte")
    confirm(f"Delete what {plugin} keeps, {amount}, for ever", "nothing was deleted", yes=yes)
    states.clear(plugin)
    restarted = isinstance(states, StatesOfHost)
    if as_json:
        print(json.dumps({"plugin": plugin, "cleared_bytes": found.size_bytes, "running": restarted}))
    else:
        say(f"{plugin}: {amount} deleted" + ("; if it runs, it begins again without them" if restarted else ""))
    return ExitStatus.DONE


def _states(config: Config) -> StateKeeper:
    """Return the states of these settings: those of the running host, or the files if there is none.

    Raises:
        HostError: a host runs, but does not answer, or there is no folder.
    """
    if (host := awaited_host(config.path)) is not None:
        return StatesOfHost(host)
    if (holder := present_holder(config.path)) is not None:
        raise HostError(f"{holder} has what the plugins of {config.path} keep, but does not answer")
    folder = state_folder_of(config)
    if folder is None:
        raise HostError("no home folder is known for what plugins keep; set folder in [state] of host.toml")
    return StateStore(folder, RealClock(), lambda _event: None, lambda text: say(text, is_result=False))


def _nothing(plugin: str, states: StateKeeper) -> CommandLineError:
    names = ", ".join(each.plugin for each in states.kept())
    return CommandLineError(f"{plugin} keeps nothing; " + (f"these do: {names}" if names else "no plugin does"))


def _list(kept: Sequence[KeptValue], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"kept": [asdict(each) for each in kept]}))
    elif kept:
        for line in _lines(kept):
            say(line)
    else:
        say("no plugin keeps anything")


def _lines(kept: Sequence[KeptValue]) -> Iterator[str]:
    width = max(len("PLUGIN"), *(len(each.plugin) for each in kept))
    yield f"{'PLUGIN':<{width}}  {'BYTES':>6}  WRITTEN"
    for each in kept:
        written = "never" if each.written_ns is None else local_time(each.written_ns)
        newer = "" if each.is_on_disk else "; a newer value is not on the disk yet"
        yield f"{each.plugin:<{width}}  {each.size_bytes:>6,}  {written}{newer}"
