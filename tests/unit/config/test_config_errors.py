"""What is wrong with a settings file, in one line: file, line, key, what was found and what is allowed."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from hostcore.config.loading import LARGEST_FILE, load_config
from hostcore.errors import ConfigError


def error_of(path: Path, content: str | bytes) -> ConfigError:
    """The error that loading `content` raises."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    return error.value


@pytest.mark.parametrize(
    ("text", "line", "key", "parts"),
    [
        # Keys and tables that there are not.
        (
            "colour = 1",
            1,
            "colour",
            [
                "unknown key",
                "compiling, supervisor, log, crashes, recording, state, history, libraries, access, web, mqtt, screen",
                "buses, leds, relays, alarms, plugins",
            ],
        ),
        ("[hosts]\n", 1, "hosts", ["unknown key", "did you mean 'host'?"]),
        ("[host]\n\nintervall = 2.0", 3, "host.intervall", ["did you mean 'interval'?", "plugins_folder"]),
        ('[host]\n"odd key\\n" = 1', 2, "host.'odd key\\n'", ["unknown key"]),
        ("[plugins.a]\nlimits.memory = 64", 2, "plugins.a.limits.memory", ["did you mean 'memory_mib'?"]),
        ("[simulation]\nnoise = 1", 2, "simulation.noise", ["allowed here: seed, chips, environment"]),
        ("[simulation.environment.temprature]", 1, "simulation.environment.temprature", ["'temperature'?"]),
        # Types.
        ("host = 1", 1, "host", ["found 1", "a table"]),
        ("plugins = [1]", 1, "plugins", ["found an array", "a table"]),
        ("[plugins]\na = true", 2, "plugins.a", ["found true", "a table"]),
        ('[host]\ninterval = "fast"', 2, "host.interval", ["found 'fast'", "a number from 0.05 to 3600 seconds"]),
        ("[host]\ninterval = true", 2, "host.interval", ["found true", "a number"]),
        ("[host]\ninterval = 2024-05-01", 2, "host.interval", ["found a date", "a number"]),
        ("[limits]\nmemory_mib = 64.0", 2, "limits.memory_mib", ["found 64.0", "whole number from 16 to 1024 MiB"]),
        ("[limits]\nmemory_mib = true", 2, "limits.memory_mib", ["found true", "whole number"]),
        ("[plugins.a]\nenabled = 1", 2, "plugins.a.enabled", ["found 1", "true or false"]),
        ("[host]\nplugins_folder = 3", 2, "host.plugins_folder", ["found 3", "path"]),
        ('[host]\nplugins_folder = ""', 2, "host.plugins_folder", ["found ''", "path"]),
        ('[host]\ncache_folder = "a\\u0000b"', 2, "host.cache_folder", ["path"]),
        ('[host]\ncache_folder = "~no-such-person/x"', 2, "host.cache_folder", ["home folder"]),
        ('[host]\nlog_level = "warn"', 2, "host.log_level", ["found 'warn'", "'warning' or 'error'", "did you mean"]),
        ("[host]\nlog_level = 3", 2, "host.log_level", ["found 3", "'debug', 'info'"]),
        ('[log]\nformat = "jsonl"', 2, "log.format", ["found 'jsonl'", "'text' or 'json'; did you mean 'json'?"]),
        ('[log]\nfile = ""', 2, "log.file", ["found ''", "path"]),
        ("[limits]\nlog_lines_per_second = 2.5", 2, "limits.log_lines_per_second", ["a whole number from 1 to 10000"]),
        ("[plugins.a]\nlimits = 64", 2, "plugins.a.limits", ["found 64", "a table"]),
        ('[plugins.a]\npermissions = "system"', 2, "plugins.a.permissions", ["found 'system'", "an array"]),
        # Ranges.
        ("[host]\ninterval = 0.049", 2, "host.interval", ["found 0.049", "0.05 to 3600"]),
        ("[host]\ninterval = 3601", 2, "host.interval", ["found 3601"]),
        ("[host]\ninterval = nan", 2, "host.interval", ["found nan"]),
        ("[host]\ninterval = inf", 2, "host.interval", ["found inf"]),
        (f"[host]\ninterval = 1{'0' * 400}", 2, "host.interval", ["found a number of 1329 bits"]),
        ("[limits]\nmemory_mib = 15", 2, "limits.memory_mib", ["found 15", "16 to 1024 MiB"]),
        (f"[limits]\nmemory_mib = 0x{'f' * 5000}", 2, "limits.memory_mib", ["20000 bits"]),
        ("[limits]\ncall_seconds = 0", 2, "limits.call_seconds", ["0.01 to 600 seconds"]),
        ("[plugins.a.limits]\ncall_seconds = 601", 2, "plugins.a.limits.call_seconds", ["0.01 to 600 seconds"]),
        ("[plugins.a.limits]\nbus_share = 0", 2, "plugins.a.limits.bus_share", ["found 0", "0.01 to 1"]),
        ("[limits]\nreading_bytes = 63", 2, "limits.reading_bytes", ["64 to 4194304 bytes"]),
        ("[supervisor]\nfirst_delay = 61", 2, "supervisor.first_delay", ["0.05 to 60 seconds"]),
        ("[supervisor]\nmax_crashes = -1", 2, "supervisor.max_crashes", ["0 to 1000"]),
        ("[crashes]\nkept = 0", 2, "crashes.kept", ["1 to 10000"]),
        ("[plugins.a]\ninterval = -1", 2, "plugins.a.interval", ["found -1", "0.05 to 3600"]),
        ("[simulation]\nseed = -1", 2, "simulation.seed", ["found -1", "0 to 4294967295"]),
        # Names.
        ("[plugins.timestamp]", 1, "plugins.timestamp", ["found 'timestamp'", "small letter"]),
        ("[plugins.BME680]", 1, "plugins.BME680", ["found 'BME680'", "small letter"]),
        ('[plugins."a b"]', 1, "plugins.'a b'", ["found 'a b'", "small letter"]),
        (f"[plugins.{'a' * 33}]", 1, f"plugins.{'a' * 33}", ["up to 31"]),
        ("[buses.i2c1]", 1, "buses.i2c1", ["found 'i2c1'", "i2c-N"]),
        ("[buses.i2c-256]", 1, "buses.i2c-256", ["N 0 to 255"]),
        ("[buses.i2c-01]", 1, "buses.i2c-01", ["i2c-N"]),
        ('[buses."uart-../mem"]', 1, "buses.'uart-../mem'", ["uart-PORT"]),
        ('[buses.i2c-1]\nbackend = "smbus"', 2, "buses.i2c-1.backend", ["found 'smbus'", "'auto', 'linux' or 'sim"]),
        # Permissions.
        ('[plugins.a]\npermissions = [\n"system",\n"i2c:1:0x99"]', 4, "plugins.a.permissions[1]", ["'i2c:1:0x99'"]),
        ('[plugins.a]\npermissions = ["root"]', 2, "plugins.a.permissions[0]", ["found 'root'", "spi:BUS", "system"]),
        ('[plugins.a]\npermissions = [""]', 2, "plugins.a.permissions[0]", ["found ''"]),
        ("[plugins.a]\npermissions = [4]", 2, "plugins.a.permissions[0]", ["found 4"]),
        (
            '[plugins.a]\npermissions = ["i2c:2:0x77"]',
            2,
            "plugins.a.permissions[0]",
            ["found the bus i2c-2", "i2c-1, spi-0, gpio", "add [buses.i2c-2]"],
        ),
        # What several plugins may use.
        ('[access]\nshared = ["i2c:1:0x99"]', 2, "access.shared[0]", ["found 'i2c:1:0x99'", "0x08 to 0x77"]),
        ('[access]\nshared = ["relay:fan"]', 2, "access.shared[0]", ["found 'relay:fan'", "belongs to one plugin"]),
        # Actuators.
        ("[leds]\ncount = 8", 1, "leds", ["missing here: spi"]),
        ('[leds]\nspi = "0.0"', 1, "leds", ["missing here: count"]),
        ('[leds]\nspi = "0"\ncount = 8', 2, "leds.spi", ["found '0'", "BUS.CHIP_SELECT such as '0.0'"]),
        ('[leds]\nspi = "0.0"\ncount = 321', 3, "leds.count", ["found 321", "from 1 to 320 LEDs"]),
        ('[leds]\nspi = "0.0"\ncount = 8\norder = "BGR"', 4, "leds.order", ["'GRB' or 'RGB'"]),
        ('[leds]\nspi = "0.0"\ncount = 8\nbrightness = 1.1', 4, "leds.brightness", ["found 1.1", "from 0 to 1"]),
        ('[leds]\nspi = "3.0"\ncount = 8', 2, "leds.spi", ["found the bus spi-3", "add [buses.spi-3]"]),
        ("[relays]\nFan = {line = 1}", 2, "relays.Fan", ["found 'Fan'", "small letters"]),
        ("[relays.fan]\nactive_low = true", 1, "relays.fan", ["missing here: line"]),
        ("[relays.fan]\nline = 54", 2, "relays.fan.line", ["found 54", "from 0 to 53"]),
        ("[relays.fan]\nline = 5\nactive_low = 1", 3, "relays.fan.active_low", ["found 1", "true or false"]),
        ("[relays.a]\nline = 5\n[relays.b]\nline = 5", 4, "relays.b.line", ["found line 5", "a has it"]),
        ("[buses.system]\n[relays.fan]\nline = 5", 3, "relays.fan.line", ["found the bus gpio", "add [buses.gpio]"]),
        (
            '[plugins.a]\npermissions = ["relay:Fan"]',
            2,
            "plugins.a.permissions[0]",
            ["found 'relay:Fan'", "relay:NAME"],
        ),
        ('[plugins.a]\npermissions = ["pwm:54"]', 2, "plugins.a.permissions[0]", ["found 'pwm:54'", "pwm:LINE"]),
        ('[plugins.a]\npermissions = ["leds:1"]', 2, "plugins.a.permissions[0]", ["found 'leds:1'", "allowed is leds"]),
        ('[access]\nshared = ["i2c:1:0x76:read"]', 2, "access.shared[0]", ["belongs to one plugin"]),
        ('[access]\nshared = ["spi:0.0",\n"system"]', 3, "access.shared[1]", ["found 'system'", "an SPI chip select"]),
        ('[access]\nshared = ["gpio:4:in"]', 2, "access.shared[0]", ["found 'gpio:4:in'"]),
        ('[access]\nshared = ["i2c:2:0x76"]', 2, "access.shared[0]", ["found the bus i2c-2", "add [buses.i2c-2]"]),
        # The hash of a plugin's file.
        ('[plugins.a]\nsha256 = "12ab"', 2, "plugins.a.sha256", ["found '12ab'", "64 hex digits"]),
        (f'[plugins.a]\nsha256 = "{"g" * 64}"', 2, "plugins.a.sha256", ["64 hex digits"]),
        # A plugin's own settings.
        ("[plugins.a.settings]\nx = nan", 2, "plugins.a.settings.x", ["found nan", "JSON"]),
        ("[plugins.a.settings]\nx = [1,\n -inf]", 3, "plugins.a.settings.x[1]", ["found -inf", "JSON"]),
        ("[plugins.a.settings]\nx = 2024-05-01T10:00:00Z", 2, "plugins.a.settings.x", ["found a datetime", "JSON"]),
        (f"[plugins.a.settings]\nx = 0x1{'0' * 16}", 2, "plugins.a.settings.x", ["64 bits"]),
        (f"[plugins.a.settings]\n{'.'.join('x' * 20)} = 1", 2, f"plugins.a.settings{'.x' * 16}", ["16 levels"]),
        ("[plugins.a]\nsettings = 1", 2, "plugins.a.settings", ["a table"]),
        # Chips.
        ("[[simulation.chips]]\nbus = 1", 1, "simulation.chips[0]", ["missing here: chip"]),
        ("[simulation]\nchips = [1]", 2, "simulation.chips[0]", ["found 1", "a table"]),
        ('[[simulation.chips]]\nchip = "bme860"', 2, "simulation.chips[0].chip", ["'bme860'", "mean 'bme680'?"]),
        ("[[simulation.chips]]\nchip = 680", 2, "simulation.chips[0].chip", ["found 680", "'bme680'"]),
        ('[[simulation.chips]]\nchip = "bme680"', 1, "simulation.chips[0]", ["missing here: bus, address"]),
        (
            '[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = 0x99',
            4,
            "simulation.chips[0].address",
            ["found 0x99", "0x76 or 0x77 for a bme680", "0x08 to 0x77"],
        ),
        (
            '[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = 0x50',
            4,
            "simulation.chips[0].address",
            ["found 0x50", "0x76 or 0x77"],
        ),
        (
            '[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = "0x77"',
            4,
            "simulation.chips[0].address",
            ["found '0x77'"],
        ),
        (
            '[[simulation.chips]]\nchip = "bme680"\nbus = 1\naddress = 0x77\nline = 4',
            5,
            "simulation.chips[0].line",
            ["unknown key", "chip, bus, address"],
        ),
        ('[[simulation.chips]]\nchip = "dht22"\nline = 54', 3, "simulation.chips[0].line", ["0 to 53"]),
        ('[[simulation.chips]]\nchip = "loopback-uart"\nport = "/x"', 3, "simulation.chips[0].port", ["serial0"]),
        (
            '[[simulation.chips]]\nchip = "ssd1306"\nbus = 1\naddress = 0x3c\nheight = 64.0',
            5,
            "simulation.chips[0].height",
            ["found 64.0", "64 or 32"],
        ),
        (
            '[[simulation.chips]]\nchip = "aht20"\nbus = 3\naddress = 0x38',
            1,
            "simulation.chips[0]",
            ["found the bus i2c-3", "add [buses.i2c-3]"],
        ),
        (
            '[[simulation.chips]]\nchip = "dht22"\nline = 4\n[[simulation.chips]]\nchip = "dht22"\nline = 4',
            4,
            "simulation.chips[1]",
            ["second chip on line 4", "simulation.chips[0], line 1"],
        ),
        (
            "[simulation]\nchips = [\n"
            '{ chip = "bme680", bus = 1, address = 0x77 },\n{ chip = "bme680", bus = 1, address = 0x77 }]',
            4,
            "simulation.chips[1]",
            ["second chip on address 0x77 of i2c-1", "simulation.chips[0], line 3"],
        ),
        # The room.
        (
            "[simulation.environment.humidity]\nnoise = 1",
            1,
            "simulation.environment.humidity",
            ["missing here: base"],
        ),
        (
            "[simulation.environment.humidity]\nbase = 101",
            2,
            "simulation.environment.humidity.base",
            ["found 101", "0 to 100"],
        ),
        (
            "[simulation.environment.humidity]\nbase = 50\npeak_hour = 25",
            3,
            "simulation.environment.humidity.peak_hour",
            ["0 to 24"],
        ),
        (
            "[simulation.environment.humidity]\nbase = 50\nsteps = [{ at = 1, to = 60 },\n{ at = -1, to = 60 }]",
            4,
            "simulation.environment.humidity.steps[1].at",
            ["found -1", "seconds"],
        ),
        # Not TOML.
        ("[host]\ninterval = \n", 2, "", ["not TOML", "column 12"]),
        ("[host]\n[host]\n", 2, "", ["not TOML"]),
        ("[plugins.a]\n[plugins.b]\n[plugins.a]", 3, "", ["not TOML"]),
        (b"[host]\n# caf\xe9\n", 2, "", ["0xe9", "UTF-8"]),
        ("[host]\ninterval = 2.0\n".encode("utf-16"), 1, "", ["UTF-8"]),
        (b"\x00" * 8, 1, "", ["not TOML"]),
        ("x = " + "[" * 5000, None, "", ["cannot be read"]),
        (f"x = {'1' * 5000}", None, "", ["cannot be read: an integer has more than 4300 digits"]),
        ("#" * (LARGEST_FILE + 1), None, "", ["1,048,576 bytes"]),
    ],
)
def test_an_error_names_file_line_and_key_and_what_is_allowed(
    tmp_path: Path, text: str | bytes, line: int | None, key: str, parts: list[str]
) -> None:
    file = tmp_path / "host.toml"
    error = error_of(file, text)
    assert (error.file, error.line, error.key) == (str(file), line, key)
    assert str(error).startswith(f"{file}:")
    assert "\n" not in str(error)
    for part in parts:
        assert part in error.problem


def test_the_file_is_named_as_the_person_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(error_of(Path("host.toml"), "[host]\ninterval = 0")).startswith("host.toml:2: host.interval: found 0,")


def test_a_long_value_is_cut_short(tmp_path: Path) -> None:
    assert len(str(error_of(tmp_path / "host.toml", f'[host]\ninterval = "{"x" * 100_000}"'))) < 400


class TestFilesThatCannotBeRead:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"none\.toml: no such file"):
            load_config(tmp_path / "none.toml")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"found a folder.*host\.toml"):
            load_config(tmp_path)

    def test_not_permitted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def forbidden(path: Path, _flags: int) -> None:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

        (tmp_path / "host.toml").touch()
        monkeypatch.setattr(os, "open", forbidden)
        with pytest.raises(ConfigError, match=r"host\.toml: cannot be read: Permission denied$"):
            load_config(tmp_path / "host.toml")

    def test_a_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").symlink_to(tmp_path / "host.toml")
        with pytest.raises(ConfigError, match="cannot be read: Too many levels"):
            load_config(tmp_path / "host.toml")

    def test_a_path_that_no_file_can_have(self) -> None:
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(Path("a\0b"))

    def test_a_large_one(self, tmp_path: Path) -> None:
        (tmp_path / "host.toml").write_bytes(b"#" * ((1 << 20) + 1))
        with pytest.raises(ConfigError, match=r"cannot be read: it has more than 1,048,576 bytes \(1,048,577\)$"):
            load_config(tmp_path / "host.toml")

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "host.toml")
        with pytest.raises(ConfigError, match=r"host\.toml: cannot be read: it is a pipe \(FIFO\), allowed is an ord"):
            load_config(tmp_path / "host.toml")

    def test_a_socket(self, tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tmp_path / "host.toml"))
            with pytest.raises(ConfigError, match=r"cannot be read: it is a socket, allowed is an ordinary file$"):
                load_config(tmp_path / "host.toml")

    def test_a_device_is_not_even_opened(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "open")
        with pytest.raises(ConfigError, match=r"/dev/zero: cannot be read: it is a character device, allowed is an"):
            load_config(Path("/dev/zero"))
