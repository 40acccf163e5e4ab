"""A driver is put on another computer, with a real sshd on the loopback."""

from __future__ import annotations

import os
import signal

import pytest

from tests.command import Desk, Outcome, Running
from tests.ssh_server import COMPUTER, SshServer

pytest_plugins = ["tests.ssh_fixtures"]


class TestPush:
    def push(self, far_desk: Desk, source: str) -> Outcome:
        driver = far_desk.write("here/fresh.py", source)
        arguments = ["--config", far_desk.folder / "host.toml", "push", driver, "--on", COMPUTER]
        return far_desk.run(*arguments, environment={"PATH": os.environ["PATH"]})

    def test_a_driver_is_put_there_and_its_first_reading_is_printed_and_the_next_version_takes_over(
        self, far_desk: Desk, host: Running, server: SshServer
    ) -> None:
        settings = (far_desk.folder / "host.toml").read_text()
        for number in (1, 2, 1):
            source = f"def read():\n    return {{'n': {number}}}\n"
            outcome = self.push(far_desk, source)
            assert outcome.status == 0, outcome.err
            assert outcome.out.splitlines()[1:] == [f'{{"n": {number}}}']
            assert (far_desk.folder / "plugins/fresh.py").read_text() == source
        assert (far_desk.folder / "host.toml").read_text() == settings

    @pytest.mark.thorough
    def test_a_driver_with_permissions_in_host_toml_is_replaced(
        self, far_desk: Desk, host: Running, server: SshServer
    ) -> None:
        config = far_desk.folder / "host.toml"
        config.write_text(config.read_text() + '[plugins.fresh]\npermissions = ["system"]\n')
        outcome = self.push(far_desk, "def read():\n    return {'n': 1}\n")
        assert (outcome.status, outcome.out.splitlines()[1:]) == (0, ['{"n": 1}'])

    @pytest.mark.thorough
    def test_an_error_and_a_crash_are_printed_too(self, far_desk: Desk, host: Running, server: SshServer) -> None:
        failed = self.push(far_desk, "def read():\n    return {'n': 1 / 0}\n")
        assert failed.status == 1
        assert "ZeroDivisionError" in failed.out

    @pytest.mark.thorough
    def test_it_watches_the_file_and_puts_each_version_there(
        self, far_desk: Desk, host: Running, server: SshServer
    ) -> None:
        driver = far_desk.write("here/fresh.py", "def read():\n    return {'n': 1}\n")
        arguments = ["--config", far_desk.folder / "host.toml", "push", driver, "--on", COMPUTER, "--watch"]
        with far_desk.running(*arguments, environment={"PATH": os.environ["PATH"]}) as pushing:
            assert [pushing.stdout.readline() for _ in range(2)][1] == '{"n": 1}\n'
            far_desk.write("here/fresh.py", "def read(:\n")
            assert "is the plugin fresh" in pushing.stdout.readline()
            assert "the old one runs on: fresh: fresh.py line 1: invalid syntax" in pushing.stdout.readline()
            far_desk.write("here/fresh.py", "def read():\n    return {'n': 3}\n")
            assert [pushing.stdout.readline() for _ in range(2)][1] == '{"n": 3}\n'
            outcome = pushing.stop(signal.SIGINT)
        assert outcome.status == 130
        assert outcome.err == ""

    @pytest.mark.thorough
    def test_a_component_is_put_there_whole(self, far_desk: Desk, host: Running, server: SshServer) -> None:
        component = far_desk.write("here/sealed.wasm", b"\0asm\x0d\0\x01\0" + bytes(2 << 20))
        arguments = ["--config", far_desk.folder / "host.toml", "push", component, "--on", COMPUTER]
        outcome = far_desk.run(*arguments, environment={"PATH": os.environ["PATH"]})
        assert outcome.status == 1, "it is none that could run"
        assert "sealed.wasm is the plugin sealed on" in outcome.out
        assert (far_desk.folder / "plugins/sealed.wasm").read_bytes() == component.read_bytes()

    def test_what_is_no_plugin_is_refused_before_the_network_is_asked(self, far_desk: Desk) -> None:
        outcome = far_desk.run_here("push", far_desk.write("here/notes.txt", "hello"), "--on", COMPUTER)
        assert outcome.status == 2
        assert "notes.txt: found the suffix '.txt'; allowed are drivers in Python (.py) and components" in outcome.err

    @pytest.mark.thorough
    def test_a_host_that_only_looks_takes_none(self, far_desk: Desk, server: SshServer) -> None:
        config = far_desk.folder / "host.toml"
        config.write_text(config.read_text() + "[screen]\nread_only = true\n")
        with far_desk.running("run") as host:
            host.stdout.readline()
            outcome = self.push(far_desk, "def read():\n    return {}\n")
        assert outcome.status == 1
        assert "read_only = true" in outcome.err
        assert not (far_desk.folder / "plugins/fresh.py").exists()

    @pytest.mark.parametrize(
        ("name", "digest", "words"),
        [
            ("../count", "0" * 64, "no plugin can have the name"),
            ("../count.wasm", "0" * 64, "no plugin can have the name"),
            ("count.wasm", "0" * 64, "count.py already; give your file another name"),
            ("other.wasm", "0" * 64, "other.wasm: it did not arrive whole"),
            ("count", "0" * 64, "it did not arrive whole"),
        ],
    )
    def test_what_is_no_whole_driver_changes_nothing(self, far_desk: Desk, name: str, digest: str, words: str) -> None:
        before = sorted(far_desk.folder.rglob("*"))
        outcome = far_desk.run("receive", name, digest)
        assert outcome.status == 1
        assert words in outcome.err
        assert sorted(far_desk.folder.rglob("*")) == before
        assert "n += 1" in (far_desk.folder / "plugins/count.py").read_text()
