"""One host for each settings file: a second one says who holds it, and refuses."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from hostcore.backends.base import BackendKind
from hostcore.control.holder import only_host, present_holder
from hostcore.errors import HostError
from hostcore.events.facts import BusFacts, HostFacts
from hostcore.place import BusName

STARTED_NS = 1_769_846_400_123_000_000


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the lock files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "wasi-host" / "running"


def facts(config: Path, *real_buses: str, host_name: str = "pi") -> HostFacts:
    buses = tuple(BusFacts(BusName(name), BackendKind.LINUX, "") for name in real_buses)
    return HostFacts("1", host_name, config, False, config.parent, 1.0, buses, STARTED_NS)


def test_a_second_host_names_the_file_and_its_holder_and_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "host.toml"
    with only_host(facts(config)) as warnings:
        assert warnings == ()
        with pytest.raises(HostError) as refused, only_host(facts(config)):
            pass
    assert str(refused.value) == (
        f"{config} is in use by a running host (PID {os.getpid()}, since 2026-01-31T08:00:00.123Z); "
        f"stop it first (wasi-host --config {config} down), or start with other settings: wasi-host --config FILE. "
        "wasi-host scan, i2c and grant work beside a running host"
    )


def test_the_next_host_starts_when_the_first_has_ended(tmp_path: Path) -> None:
    for _ in range(3):
        with only_host(facts(tmp_path / "host.toml")) as warnings:
            assert warnings == ()


def test_a_link_to_the_settings_is_the_same_settings(tmp_path: Path) -> None:
    (tmp_path / "host.toml").touch()
    (tmp_path / "link.toml").symlink_to("host.toml")
    refused = pytest.raises(HostError, match="in use")
    with only_host(facts(tmp_path / "host.toml")), refused, only_host(facts(tmp_path / "link.toml")):
        pass


def test_a_path_that_is_too_long_for_a_name_is_locked_all_the_same(tmp_path: Path) -> None:
    host = facts(tmp_path / ("x" * 200) / ("y" * 200) / "host.toml")
    refused = pytest.raises(HostError, match="in use")
    with only_host(host) as warnings, refused, only_host(host):
        pass
    assert warnings == ()


def test_hosts_with_other_settings_or_on_other_computers_run_beside_it(tmp_path: Path) -> None:
    config, other = tmp_path / "host.toml", tmp_path / "other.toml"
    with only_host(facts(config)), only_host(facts(other)), only_host(facts(config, host_name="pi2")) as warnings:
        assert warnings == ()


def test_a_host_with_other_settings_on_the_same_real_bus_is_refused(tmp_path: Path) -> None:
    config, other = tmp_path / "host.toml", tmp_path / "other.toml"
    first, second = facts(config, "i2c-1", "gpio", "system"), facts(other, "system", "gpio", "i2c-1", "spi-0")
    with only_host(first):
        with pytest.raises(HostError) as refused, only_host(second):
            pass
        assert present_holder(other) is None
    process, since = os.getpid(), "2026-01-31T08:00:00.123Z"
    assert str(refused.value) == (
        f"i2c-1: in use by a running host (PID {process}, since {since}), with the settings {config}; two hosts "
        f"disturb each other's transfers. Stop it first (wasi-host --config {config} down), or leave i2c-1 out of "
        f"[buses] of {other}, or set share_buses = true in [access] there"
    )


def test_a_person_who_wants_two_hosts_on_a_bus_gets_a_warning(tmp_path: Path) -> None:
    config, other = tmp_path / "host.toml", tmp_path / "other.toml"
    first, second = facts(config, "i2c-1", "gpio"), replace(facts(other, "i2c-1", "spi-0"), shares_buses=True)
    with only_host(first), only_host(second) as warnings:
        [warning] = warnings
    assert warning == (
        f"a running host (PID {os.getpid()}, since 2026-01-31T08:00:00.123Z), with the settings {config}, "
        "uses i2c-1, too; the two disturb each other"
    )


def test_gpio_is_no_reason_to_refuse_since_the_kernel_gives_each_line_to_one_program(tmp_path: Path) -> None:
    first, second = facts(tmp_path / "host.toml", "gpio"), facts(tmp_path / "other.toml", "gpio", "system", "iio")
    with only_host(first), only_host(second) as warnings:
        assert warnings == ()


def test_a_bus_that_is_missing_is_disturbed_by_nobody(tmp_path: Path) -> None:
    missing = BusFacts(BusName("i2c-1"), BackendKind.LINUX, "no /dev/i2c-1", is_usable=False)
    first = replace(facts(tmp_path / "host.toml"), buses=(missing,))
    with only_host(first), only_host(facts(tmp_path / "other.toml", "i2c-1")) as warnings:
        assert warnings == ()


def test_the_locks_of_hosts_that_have_ended_are_removed(tmp_path: Path, state: Path) -> None:
    for name in ("a.toml", "b.toml"):
        with only_host(facts(tmp_path / name)):
            pass
    with only_host(facts(tmp_path / "c.toml")):
        assert len(list(state.iterdir())) == 1


def test_a_lock_that_does_not_tell_its_holder_holds_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    host, refused = (
        facts(tmp_path / "host.toml"),
        pytest.raises(HostError, match="by a running host; stop it first, or"),
    )
    with only_host(host), refused, only_host(host):
        pass


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EMFILE])
def test_where_no_lock_can_be_made_the_host_starts_and_says_so(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    opened = os.open

    def refused(name: str | Path, flags: int, *arguments: int, **options: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(code, os.strerror(code), str(name))
        return opened(name, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", refused)
    with only_host(facts(tmp_path / "host.toml")) as warnings:
        [warning] = warnings
    assert warning.startswith(f"cannot tell whether another host runs with {tmp_path}/host.toml: {state}")
    assert warning.endswith(os.strerror(code))


def test_a_pipe_in_place_of_the_lock_is_not_waited_for(tmp_path: Path, state: Path) -> None:
    with only_host(facts(tmp_path / "host.toml")):
        (lock,) = state.iterdir()
    lock.unlink()
    os.mkfifo(lock)
    with only_host(facts(tmp_path / "host.toml")) as warnings:
        assert "it is a pipe (FIFO), allowed is an ordinary file" in warnings[0]


def test_who_asks_learns_which_host_runs_with_a_settings_file_and_changes_nothing(tmp_path: Path, state: Path) -> None:
    config, other = tmp_path / "host.toml", tmp_path / "other.toml"
    name = os.uname().nodename
    assert present_holder(config) is None
    assert not state.exists()
    with only_host(facts(config, "i2c-1", host_name=name)):
        holder = present_holder(config)
        assert holder is not None
        assert (holder.process, holder.since, holder.buses) == (os.getpid(), "2026-01-31T08:00:00.123Z", ("i2c-1",))
        assert present_holder(other) is None
    before = sorted(path.name for path in state.iterdir())
    assert present_holder(config) is None
    assert sorted(path.name for path in state.iterdir()) == before


def test_a_folder_of_locks_that_cannot_be_read_is_not_taken_for_no_host(tmp_path: Path, state: Path) -> None:
    state.parent.mkdir(parents=True)
    state.write_text("no folder", encoding="utf-8")
    with pytest.raises(HostError, match="cannot tell whether a host runs"):
        present_holder(tmp_path / "host.toml")
