"""Plugins of both forms: what they provide, how they are called, and what is wrong with their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hostcore.errors import PluginCrashedError, PluginFileError, PluginReportedError
from hostcore.events import Level
from hostcore.hostcall import CrashKind
from hostcore.log.plugin_log import PluginLog
from hostcore.runtime import loader
from hostcore.runtime.boundary import GUESTS
from hostcore.runtime.instance import Instance
from hostcore.runtime.plugin import MAX_PAGE
from hostcore.runtime.plugin_file import MAX_SOURCE
from tests.sandbox import Sandbox

# A plugin's functions


def test_a_driver_reads(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        from host import i2c
        import time
        def read():
            i2c.write(0x23, b"\\x10")
            time.sleep(0.18)
            return {"illuminance": int.from_bytes(i2c.read(0x23, 2), "big") / 1.2}
        """,
        "i2c:1:0x23",
    )
    assert plugin.provides == {"driver"}
    assert plugin.read()["illuminance"] > 0


def test_one_plugin_can_be_driver_display_and_page(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        shown = []
        def read(): return {"shown": shown}
        def update(readings): shown.append(readings["n"])
        def render(readings): return f"<p>{readings['n']}</p>"
    """)
    assert plugin.provides == {"driver", "display", "page"}
    plugin.update('{"n": 1}')
    plugin.update('{"n": 2}')
    assert plugin.read() == {"shown": [1, 2]}
    assert plugin.render('{"n": "µ"}') == "<p>µ</p>"


def test_a_page_that_is_too_long_is_an_error_in_bytes_and_no_crash(sandbox: Sandbox) -> None:
    page = sandbox.load("def render(readings): return 'µ' * int(readings)")
    assert len(page.render(str(MAX_PAGE // 2))) == MAX_PAGE // 2
    with pytest.raises(PluginReportedError, match="the page has 1,048,578 bytes; 1,048,576 are allowed"):
        page.render(str(MAX_PAGE // 2 + 1))


def test_a_reading_arrives_as_it_was(sandbox: Sandbox) -> None:
    reading = {"text": "°C µ \U0001f321", "list": [1, 2.5, None, True], "nested": {"a": {"b": -1e-9}}, "big": 2**60}
    assert sandbox.load(f"def read(): return {reading!r}").read() == reading


def test_settings_reach_the_plugin_as_host_toml_has_them(sandbox: Sandbox) -> None:
    given = {"address": 0x76, "names": ["a", "µ"], "nested": {"on": True}}
    plugin = sandbox.load("import host\ndef read(): return host.settings()", settings=json.dumps(given))
    assert plugin.read() == given
    assert sandbox.load("import host\ndef read(): return host.settings()", name="other").read() == {}


def test_setup_runs_before_the_first_call_and_again_after_an_error(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        import host
        setups = calls = 0
        def setup():
            global setups
            setups += 1
        def read():
            global calls
            calls += 1
            if calls == 3:
                raise host.SensorError("checksum")
            return {"setups": setups}
    """)
    assert [plugin.read()["setups"] for _ in range(2)] == [1, 1]
    with pytest.raises(PluginReportedError, match="checksum"):
        plugin.read()
    assert [plugin.read()["setups"] for _ in range(2)] == [2, 2]


def test_a_setup_that_fails_runs_again(sandbox: Sandbox) -> None:
    plugin = sandbox.load("""
        import host
        attempts = 0
        def setup():
            global attempts
            attempts += 1
            if attempts < 3:
                raise host.NoAcknowledge("not yet")
        def read(): return {"attempts": attempts}
    """)
    for _ in range(2):
        with pytest.raises(PluginReportedError, match="not yet"):
            plugin.read()
    assert plugin.read() == {"attempts": 3}


def test_a_sensor_that_the_kernel_reads_is_measured(sandbox: Sandbox) -> None:
    source = """
    from host import iio
    def read():
        (device,) = iio.devices()
        return {channel: iio.read(device, channel) for channel in iio.channels(device)}
    """
    reading = sandbox.load(source, "iio:bme280").read()
    assert list(reading) == ["humidityrelative", "pressure", "temp"]
    assert reading["temp"] == sandbox.machine.iio().read("bme280", "temp")


# Errors and crashes


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("i2c.read(0x50, 1)", "NoAcknowledge"),
        ("i2c.read(0x51, 1)", "Denied"),
        ("i2c.read(0x23, 9000)", "BusError"),
        ("spi.transfer(b'x')", "Denied"),
        ("gpio.read(4)", "Denied"),
        ("uart.write(b'x')", "Denied"),
        ("iio.read('dht11@4', 'temp')", "Denied"),
        ("iio.read('bme280', 'voltage0')", "BusError"),
        ("system.status()", "Denied"),
    ],
)
def test_a_bus_error_reaches_the_plugin_as_an_exception_and_the_host_as_an_error(
    sandbox: Sandbox, call: str, error: str
) -> None:
    plugin = sandbox.load(
        f"""
        import host
        from host import gpio, i2c, iio, spi, system, uart
        asked = []
        def read():
            if not asked:
                asked.append(True)
                try:
                    {call}
                except host.Error as error:
                    return {{"caught": type(error).__name__}}
            {call}
        """,
        "i2c:1:0x50",
        "i2c:1:0x23",
        "iio:bme280",
    )
    assert plugin.read() == {"caught": error}
    with pytest.raises(PluginReportedError):
        plugin.read()


def test_an_exception_nobody_caught_is_a_crash_with_its_own_traceback(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        def helper(x):
            return 1 / x
        def read():
            return {"x": helper(0)}
        """,
        name="faulty",
    )
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    assert (crash.value.kind, crash.value.problem) == (CrashKind.EXCEPTION, "ZeroDivisionError: division by zero")
    lines = crash.value.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert '  File "faulty.py", line 5, in read' in lines
    assert "    return 1 / x" in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert not any("plugin_code" in line for line in lines), "the machinery around it is none of the author's business"


def test_after_a_crash_a_new_instance_starts_afresh(sandbox: Sandbox) -> None:
    source = "count = 0\ndef read():\n    global count\n    count += 1\n    assert count < 2\n    return {'n': count}"
    plugin = sandbox.load(source)
    assert plugin.read() == {"n": 1}
    with pytest.raises(PluginCrashedError):
        plugin.read()
    with pytest.raises(PluginCrashedError):
        plugin.read()
    assert sandbox.load(source).read() == {"n": 1}


def test_calling_what_a_plugin_does_not_define_is_an_error(sandbox: Sandbox) -> None:
    plugin = sandbox.load("def read(): return {}")
    with pytest.raises(PluginReportedError, match=r"probe\.py defines no update\(\)"):
        plugin.update("{}")
    assert plugin.read() == {}


# What is wrong with a .py


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"def read():\n    return {\n", r"bad\.py line 2: '\{' was never closed"),
        (b"x = 1\n\ndef read()\n    return {}\n", r"bad\.py line 3: expected ':'"),
        (b"def read():\nreturn {}\n", r"bad\.py line 2: expected an indented block"),
        (b"return 1\n", r"bad\.py line 1: 'return' outside function"),
        (b"x = '\xff'\n", r"bad\.py is not UTF-8 text \(byte 5\)"),
        (b"def read(): return {}\0\n", r"bad\.py: source code string cannot contain null bytes"),
        (b"", r"bad\.py defines none of read\(\), update\(readings\), render\(readings\)"),
        (b"x = 1\n", r"bad\.py defines none of read\(\)"),
        (b"read = 1\n", r"bad\.py defines none of read\(\)"),
        (b"#" * (MAX_SOURCE + 1), rf"bad\.py: it has more than {MAX_SOURCE:,} bytes"),
    ],
)
def test_what_is_wrong_with_a_source_is_told_in_one_line(
    sandbox: Sandbox, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(content)
    with pytest.raises(PluginFileError, match=words) as error:
        sandbox.load_file(path)
    assert len(str(error.value).splitlines()) == 1
    assert str(error.value).startswith("bad: ")


def test_a_source_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(PluginFileError, match=r"gone: .*/gone\.py: No such file or directory"):
        sandbox.load_file(tmp_path / "gone.py")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(PluginFileError, match=r"folder: .*/folder\.py: it is a folder, allowed is an ordinary file"):
        sandbox.load_file(tmp_path / "folder.py")


def test_a_source_may_have_a_byte_order_mark_and_end_lines_as_on_windows(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "marked.py"
    path.write_bytes("\ufeffdef read():\r\n    return {'unit': '°C'}\r\n".encode())
    assert sandbox.load_file(path).read() == {"unit": "°C"}


def test_a_source_of_the_longest_length_is_loaded(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    code = b"def read(): return {}\n"
    path.write_bytes(code + b"#" * (MAX_SOURCE - len(code)))
    assert sandbox.load_file(path).read() == {}


@pytest.mark.parametrize(
    ("source", "kind", "problem"),
    [
        ("1 / 0", CrashKind.EXCEPTION, "ZeroDivisionError: division by zero"),
        (
            "import numpy",
            CrashKind.EXCEPTION,
            "ModuleNotFoundError: probe.py line 2 imports numpy, which runs native code, and the sandbox does not "
            "allow that: use array, struct and statistics",
        ),
        ("raise SystemExit(2)", CrashKind.EXIT, "SystemExit: 2"),
    ],
)
def test_a_plugin_that_dies_while_it_loads_is_a_crash(
    sandbox: Sandbox, source: str, kind: CrashKind, problem: str
) -> None:
    with pytest.raises(PluginCrashedError) as crash:
        sandbox.load(f"print('loading')\n{source}\ndef read(): return {{}}")
    assert (crash.value.kind, crash.value.problem) == (kind, problem)
    assert 'File "probe.py", line 2, in <module>' in crash.value.traceback
    assert sandbox.logged == [(Level.INFO, "loading")]


def test_an_absent_sensor_that_a_plugin_asks_while_it_loads_is_an_error_that_advises_setup(sandbox: Sandbox) -> None:
    plugin = sandbox.load("from host import i2c\nfirst = i2c.read(0x50, 1)\ndef read(): return {}", "i2c:1:0x50")
    assert plugin.provides == {"driver"}
    for _ in range(2):  # the file is run again for each call, because the sensor may be back
        with pytest.raises(PluginReportedError, match=r"0x50: no device acknowledged.*use the sensor in setup\(\)"):
            plugin.read()


@pytest.mark.parametrize(
    ("owner", "name"), [(Instance, "invoke"), (PluginLog, "flush"), (loader, "polls")], ids=["invoke", "flush", "polls"]
)
@pytest.mark.parametrize("defect", [KeyError, KeyboardInterrupt])
def test_a_start_that_meets_a_defect_leaves_no_instance_behind(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, defect: type[BaseException]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise defect("defect")

    before = set(GUESTS)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, fail)
        with pytest.raises(defect):
            sandbox.load("def read(): return {}")
    assert set(GUESTS) == before
    assert sandbox.load("def read(): return {}").read() == {}


@pytest.mark.parametrize("arguments", [["x"], ["x"] * 100])
def test_a_call_with_too_many_arguments_leaves_the_instance_as_it_was(sandbox: Sandbox, arguments: list[str]) -> None:
    plugin = sandbox.load("def read():\n    return {'x': 1}")
    assert plugin.read() == {"x": 1}
    for _ in range(3):  # a forged recording has such calls
        with pytest.raises(ValueError, match="argument"):
            plugin._instance.invoke("driver#read", arguments)
    assert plugin.read() == {"x": 1}
