"""A real sshd on the loopback, with keys of its own, and the person's ssh that knows it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.free_ports import free_ports
from tests.programs import require
from tests.waiting import until

COMPUTER = "pi"
"""The name by which the person's ssh knows the server."""
PATIENCE = 30.0
SBIN = "/usr/sbin"
"""Debian's folder of sshd. It is not on every person's path."""


@dataclass(frozen=True)
class SshServer:
    """A running sshd.

    Attributes:
        process: its PID.
        folder: its files and those of the person's ssh.
        programs: the folder with the ``ssh`` that knows it. Put it first on the PATH.
        port: the port on the loopback.
    """

    process: int
    folder: Path
    programs: Path
    port: int

    @property
    def children(self) -> list[int]:
        """The PIDs of its open connections."""
        return _children(self.process)

    def cut(self) -> None:
        """Kill what serves the open connections. Since OpenSSH 9.8, that is two processes for each."""
        for each in self.children:
            for part in (each, *(child for child in _children(each) if _is_of_sshd(child))):
                os.kill(part, signal.SIGKILL)

    def move_to(self, port: int) -> None:
        """Let the person's ssh go to another port, where a relay leads to the server."""
        for name in ("ssh_config", "known_hosts"):
            file = self.folder / name
            file.write_text(file.read_text().replace(str(self.port), str(port)))

    def forget_keys(self) -> None:
        """Let nobody in any more."""
        (self.folder / "authorized_keys").write_text("")


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _is_of_sshd(process: int) -> bool:
    return Path(f"/proc/{process}/comm").read_text().startswith("sshd")


@contextmanager
def ssh_server(folder: Path, path: str = str(Path(sys.executable).parent)) -> Iterator[SshServer]:
    """Run a server.

    Args:
        folder: a new folder for its files.
        path: the PATH of the commands that it runs, before those of the system.
    """
    search = f"{os.environ['PATH']}:{SBIN}"
    program = shutil.which("sshd", path=search)
    if program is None or shutil.which("ssh") is None:
        require("ssh", "sshd", packages="openssh-client openssh-server")
    assert program is not None
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # a service manager makes it otherwise
    folder.mkdir()
    for key in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    (port,) = free_ports(1)
    _write_settings(folder, port, path)
    process = subprocess.Popen([program, "-D", "-f", folder / "sshd_config", "-E", folder / "sshd.log"])
    server = SshServer(process.pid, folder, folder / "programs", port)
    try:
        until(lambda: _listens(port), PATIENCE)
        yield server
    finally:
        with suppress(OSError):
            server.cut()
        process.terminate()
        process.wait(PATIENCE)


def _write_settings(folder: Path, port: int, path: str) -> None:
    passed = " ".join(
        f'"{name}={os.environ[name]}"'
        for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        if name in os.environ
    )
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f'MaxStartups 100\nSetEnv "PATH={path}:/usr/bin:/bin" {passed}\n'
    )
    public = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}")
    (folder / "ssh_config").write_text(
        f"Host {COMPUTER}\n HostName 127.0.0.1\n Port {port}\n IdentityFile {folder}/user_key\n IdentitiesOnly yes\n"
        f" UserKnownHostsFile {folder}/known_hosts\n GlobalKnownHostsFile none\n"
    )
    programs = folder / "programs"
    programs.mkdir()
    (programs / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/ssh_config "$@"\n')
    (programs / "ssh").chmod(0o755)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
