"""A host in the process of the tests, and commands to it in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hostcore.cli.main import main
from hostcore.config.loading import load_config
from hostcore.control.client import RunningHost, running_host_of
from hostcore.control.holder import only_host
from hostcore.host import Host
from tests.command import PATIENCE, Desk
from tests.waiting import until


def made_host(desk: Desk) -> Host:
    """Make the host of a desk's host.toml. It has not started."""
    return Host(load_config(desk.folder / "host.toml"))


@contextmanager
def reachable(host: Host) -> Iterator[None]:
    """Run a host that commands find."""
    with only_host(host.facts):
        host.start()
        until(lambda: isinstance(running_host_of(host.facts.config_file), RunningHost), PATIENCE)
        yield
        assert host.stop()


def here(desk: Desk, *arguments: str) -> int:
    """Run a command in this process; its exit status."""
    return main(["--config", str(desk.folder / "host.toml"), *arguments])
