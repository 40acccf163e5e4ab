"""How a screen runs the person's ssh. What an sshd answers is in tests/functional/test_ssh.py."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.control.bridge import READY
from hostcore.control.ssh import FAR_SCRIPT, MOST_NOISE, SshLink, check_target, far_command, send_over_ssh
from hostcore.errors import HostError
from tests.command import PATIENCE, PROGRAM
from tests.waiting import soon


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def put_ssh(programs: Path, script: str) -> None:
    """Put an ``ssh`` there that runs this script and notes its arguments."""
    (programs / "ssh").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {programs}/arguments\n{script}\n')
    (programs / "ssh").chmod(0o755)


@pytest.mark.parametrize(
    "target", ["pi", "pi@raspberrypi", "pi@192.168.1.7", "ssh://pi@raspberrypi:2222", "pi@fe80::1"]
)
def test_a_computer_is_named_as_ssh_takes_it(target: str) -> None:
    assert check_target(target) == target


@pytest.mark.parametrize("target", ["", "-oProxyCommand=reboot", "-", "pi nano", "pi\n", "\x1b[2J"])
def test_what_ssh_would_take_for_something_else_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="such as pi@raspberrypi"):
        SshLink(target)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_any_name_of_a_settings_file_arrives_there_as_it_is(name: str) -> None:
    words = shlex.split(far_command(Path(name), "bridge"))
    assert words == ["exec", "sh", "-c", FAR_SCRIPT, "wasi-host", f"--config={Path(name)}", "bridge"]


def test_the_first_connection_may_ask_and_the_later_ones_may_not(programs: Path) -> None:
    put_ssh(programs, f"echo 'Welcome to Debian'; echo '{READY.decode()}'; cat")
    link = SshLink("pi")
    with link.connect() as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello", "what the login shell said does not arrive"
    first = (programs / "arguments").read_text().splitlines()
    assert "BatchMode=yes" not in first
    assert first[-3:] == ["--", "pi", far_command(None, "bridge")]
    link.connect().close()
    assert "BatchMode=yes" in (programs / "arguments").read_text().splitlines()
    link.stop()
    assert link.process == 0


def test_a_far_end_that_complains_without_end_delays_nothing(programs: Path) -> None:
    put_ssh(programs, f"echo '{READY.decode()}'; head -c 1000000 /dev/zero >&2; cat")
    link = SshLink("pi")
    with link.connect() as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
    link.stop()


def test_an_ssh_that_does_not_end_is_killed(programs: Path) -> None:
    put_ssh(programs, f"trap '' TERM; echo '{READY.decode()}'; while :; do sleep 0.05; done")
    link = SshLink("pi")
    with link.connect():
        process = link.process
        with soon():
            link.stop()
    assert not Path(f"/proc/{process}").exists()
    with pytest.raises(HostError, match="is being closed"):
        link.connect()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'ssh: Could not resolve hostname pi' >&2; exit 255", "ssh cannot connect to pi: ssh: Could not resolve"),
        ("exit 255", "it did not say why. Try: ssh pi"),
        ("exit 127", "there is no wasi-host on pi"),
        ("printf 'wasi-host: \\033[2Jno\\n' >&2; exit 1", r"on pi: wasi-host: \x1b[2Jno"),
        ("echo 'wasi-host: try: cp a b .' >&2; exit 1", "on pi: wasi-host: try: cp a b ."),
        ("exit 9", "on pi: wasi-host ended with status 9"),
        (f"head -c {2 * MOST_NOISE} /dev/zero; sleep 60", "on pi, something else than wasi-host answers"),
    ],
)
def test_a_person_reads_why_it_does_not_work(programs: Path, script: str, words: str) -> None:
    put_ssh(programs, script)
    link = SshLink("pi")
    with pytest.raises(HostError) as caught:
        link.connect()
    assert words in str(caught.value)
    link.stop()


def test_a_file_arrives_there_as_it_is(programs: Path) -> None:
    put_ssh(programs, f"cat > {programs}/arrived; head -c 1000000 /dev/zero >&2")
    send_over_ssh("pi", None, ("receive", "light.py"), b"x = 1\n" * 50_000)
    assert (programs / "arrived").read_bytes() == b"x = 1\n" * 50_000
    assert "BatchMode=yes" in (programs / "arguments").read_text().splitlines()


def test_a_person_reads_why_it_did_not_arrive(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_ssh(programs, "cat > /dev/null; echo 'wasi-host: the folder is full' >&2; exit 1")
    with pytest.raises(HostError, match="on pi: wasi-host: the folder is full"):
        send_over_ssh("pi", None, ("receive",), b"x")
    monkeypatch.setattr("hostcore.control.ssh.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("hostcore.control.ssh.SLOWEST_BYTES_PER_S", 1_000_000_000)
    put_ssh(programs, "sleep 60")
    with pytest.raises(HostError, match="pi did not answer within 0 s; it may have done it"):
        send_over_ssh("pi", None, ("receive",), b"x" * 1_000_000)


def test_without_ssh_a_person_reads_what_to_install(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(HostError, match="sudo apt install openssh-client"):
        SshLink("pi").connect()


def test_a_bridge_without_a_host_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [PROGRAM, "--config", tmp_path / "host.toml", "bridge"], input="", capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert f"no host runs with {tmp_path / 'host.toml'}" in done.stderr
