"""`wasi-host replay FILE --pytest` writes a test, and pytest runs it in a folder of its own, without hardware."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from hostcore.cli.main import main
from hostcore.errors import PluginCrashedError, PluginReportedError
from tests.replaying import Recorded
from tests.sandbox import Sandbox

pytest_plugins = ["pytester"]

LIGHT = '''\
"""A BH1750."""

import time

from host import i2c


def read() -> dict:
    i2c.write(0x23, b"\\x10")
    time.sleep(0.18)
    return {"illuminance": int.from_bytes(i2c.read(0x23, 2), "big") / 1.2}
'''


@pytest.fixture
def folder(pytester: pytest.Pytester, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of another project, on a computer whose cache has the Python runtime."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder.parent))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(pytester.path / "no-settings"))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    # A pytest in this process would put its handlers of SIGSEGV and SIGILL in the place of wasmtime's, for good: the
    # next trap of a sandbox would end the process.
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:faulthandler")
    return pytester.path


@pytest.fixture
def light(folder: Path, sandbox: Sandbox) -> Path:
    """A driver in that folder, with a recording of two readings beside it."""
    return recorded(folder, sandbox, LIGHT)


def recorded(folder: Path, sandbox: Sandbox, source: str, readings: int = 2) -> Path:
    """Write a driver and its recording, and return the driver's file."""
    driver, kept = folder / "light.py", Recorded(sandbox)
    driver.write_text(source)
    plugin = sandbox.load_file(driver, "i2c:1:0x23", record=kept.begin)
    for _ in range(readings):
        try:
            with suppress(PluginReportedError):
                plugin.read()
        except PluginCrashedError:
            break
        sandbox.clock.advance(1.0)
    (folder / "light.recording").write_bytes(kept.content)
    return driver


def written(*arguments: str) -> int:
    """Run ``wasi-host replay light.recording --pytest`` in this process."""
    return main(["replay", "light.recording", "--pytest", *arguments])


def test_a_test_from_a_recording_passes(pytester: pytest.Pytester, light: Path, capsys: pytest.CaptureFixture) -> None:
    assert written() == 0
    assert capsys.readouterr().out.splitlines() == [
        "test_light.py plays light.transcript: 3 calls with 4 transfers",
        "run it: pytest --wasi-host test_light.py",
    ]
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


def test_where_another_pytest_is_on_the_path_the_command_names_that_of_this_environment(
    light: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert written() == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"run it: {sys.executable} -m pytest --wasi-host test_light.py"


def test_a_test_for_a_folder_that_does_not_exist_is_refused(light: Path, capsys: pytest.CaptureFixture) -> None:
    assert written("-o", "elsewhere/test_light.py") == 1
    assert "elsewhere is no folder; make it first" in capsys.readouterr().err


AVERAGES = (
    LIGHT.replace('{"illuminance": int', '{"sum": total(int')
    .replace("/ 1.2}", ")}")
    .replace(
        "def read", "seen = []\n\n\ndef total(counts):\n    seen.append(counts)\n    return sum(seen)\n\n\ndef read"
    )
)


def test_a_value_of_more_calls_than_a_test_gets_by_itself_is_left_out_and_all_is_offered(
    folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture
) -> None:
    recorded(folder, sandbox, AVERAGES, readings=101)
    assert written() == 0
    out = capsys.readouterr().out
    assert "left out, because transfers alone do not decide them (earlier calls, time, chance, kept state): sum" in out
    assert "a test with the earlier calls, which may have them: --all" in out


def test_a_broken_driver_fails_with_both_sides_and_its_line(pytester: pytest.Pytester, light: Path) -> None:
    written()
    light.write_text(LIGHT.replace("x10", "x11"))
    result = pytester.runpytest("--wasi-host")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["light.transcript:1*: transfer 1: wrote 11, recorded wrote 10; light.py line 9"])


def test_another_value_fails_with_both(pytester: pytest.Pytester, light: Path) -> None:
    written()
    light.write_text(LIGHT.replace("/ 1.2", "* 1.0"))
    result = pytester.runpytest("--wasi-host")
    result.stdout.fnmatch_lines(["*: the read at * s has other values:", "  illuminance is *, recorded *"])


def test_a_moved_line_still_passes(pytester: pytest.Pytester, light: Path) -> None:
    written()
    light.write_text(f"# A comment\n\n{LIGHT}")
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


def test_a_mistake_in_the_transcript_is_told_with_its_line(pytester: pytest.Pytester, light: Path) -> None:
    written()
    transcript = light.with_name("light.transcript")
    transcript.write_text(transcript.read_text().replace("w 10", "w 1O", 1))
    result = pytester.runpytest("--wasi-host")
    result.stdout.fnmatch_lines(["light.transcript:*: found '1O'; allowed is a byte as two hexadecimal digits, *"])


def test_a_missing_driver_is_told(pytester: pytest.Pytester, light: Path) -> None:
    written()
    light.unlink()
    result = pytester.runpytest("--wasi-host")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*light.py*No such file*"])


def test_without_the_option_the_test_is_skipped_and_says_why(pytester: pytest.Pytester, light: Path) -> None:
    written()
    result = pytester.runpytest("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*needs: pytest --wasi-host*"])


def test_without_a_test_of_a_driver_the_plugin_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_other():
            assert not [name for name in sys.modules if name.startswith(("hostcore.", "wasmtime")) if name not in OWN]

        OWN = {"hostcore.pytest_plugin"}
    """)
    pytester.runpytest_subprocess("--wasi-host").assert_outcomes(passed=1)


def test_the_driver_may_lie_in_another_folder(pytester: pytest.Pytester, light: Path) -> None:
    (light.parent / "drivers").mkdir()
    (light.parent / "tests").mkdir()
    light.rename(light.parent / "drivers" / "light.py")
    written("-o", "tests/test_lamp.py", "--with", "drivers/light.py")
    assert 'replay("../drivers/light.py", "lamp.transcript")' in (light.parent / "tests" / "test_lamp.py").read_text()
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


def test_a_crash_becomes_a_test_that_fails_until_the_driver_is_repaired(
    pytester: pytest.Pytester, folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture
) -> None:
    light = recorded(folder, sandbox, LIGHT.replace("/ 1.2", "/ 0"))
    assert written() == 0
    assert "the test fails until the driver is repaired" in capsys.readouterr().out
    assert "  # the recorded driver crashed here" in light.with_name("light.transcript").read_text()
    result = pytester.runpytest("--wasi-host")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the read at * s crashed: *ZeroDivisionError*", '*File "light.py", line 11, in read'])
    light.write_text(LIGHT)
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


def test_values_of_chance_are_left_out(
    pytester: pytest.Pytester, folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture
) -> None:
    chance = LIGHT.replace('{"ill', '{"luck": __import__("random").random(), "ill')
    recorded(folder, sandbox, chance)
    assert written() == 0
    assert "left out, because transfers alone do not decide them (time, chance, kept state): luck" in (
        capsys.readouterr().out
    )
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


SETS_UP = LIGHT.replace(
    "def read() -> dict:\n", "calls = 0\n\n\ndef read() -> dict:\n    global calls\n    calls += 1\n"
)


def test_a_driver_that_sets_up_its_chip_in_its_first_call_gets_this_call_too(
    pytester: pytest.Pytester, folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture
) -> None:
    recorded(folder, sandbox, SETS_UP.replace('b"\\x10"', "bytes([0x10 if calls > 1 else 1])"), readings=8)
    assert written("--last", "2") == 0
    assert "4 calls with 6 transfers" in capsys.readouterr().out
    pytester.runpytest("--wasi-host").assert_outcomes(passed=1)


def test_a_driver_that_remembers_more_gets_all_its_calls(
    folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture
) -> None:
    recorded(folder, sandbox, SETS_UP.replace('{"ill', '{"calls": calls, "ill'), readings=8)
    assert written("--last", "2") == 0
    assert "9 calls with 16 transfers" in capsys.readouterr().out


def test_a_driver_that_chance_decides_is_refused(folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture) -> None:
    recorded(folder, sandbox, LIGHT.replace('b"\\x10"', '__import__("random").randbytes(8)'))
    assert written() == 1
    told = capsys.readouterr().err
    assert "its transfers alone do not make a test" in told and "chance" in told and "light.py line 9" in told
    assert not (folder / "test_light.py").exists()


def test_nothing_is_overwritten(light: Path, capsys: pytest.CaptureFixture) -> None:
    light.with_name("light.transcript").write_text("mine")
    assert written() == 1
    assert "light.transcript exists; remove it, or choose another name" in capsys.readouterr().err
    assert light.with_name("light.transcript").read_text() == "mine"
    assert not light.with_name("test_light.py").exists()


def test_a_name_that_pytest_does_not_find_is_refused(light: Path, capsys: pytest.CaptureFixture) -> None:
    assert written("-o", "light_test.txt") == 1
    assert "choose one such as test_light.py" in capsys.readouterr().err


def test_pytest_does_not_rewrite_the_host(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import hostcore.ring


        def test_the_host_is_as_it_is_outside():
            assert "Rewriting" not in type(hostcore.ring.__loader__).__name__
        """
    )
    pytester.runpytest_subprocess("-p", "no:xdist").assert_outcomes(passed=1)
