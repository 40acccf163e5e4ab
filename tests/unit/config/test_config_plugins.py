"""What becomes of each plugin: its table, its file, and the defaults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hostcore.config.loading import load_config, merge_plugins
from hostcore.config.model import Config, Limits
from hostcore.errors import ConfigError
from hostcore.permissions import GpioMode, GpioPermission, I2cPermission


def load(tmp_path: Path, text: str) -> Config:
    (tmp_path / "host.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "host.toml")


class TestPlugins:
    def test_a_file_without_a_table_has_the_defaults_and_may_touch_nothing(self, tmp_path: Path) -> None:
        config = load(tmp_path, "[host]\ninterval = 7.0\n[limits]\nmemory_mib = 32")
        (plugin,) = merge_plugins(config, [tmp_path / "plugins" / "mine.wasm"])
        assert (plugin.name, plugin.path) == ("mine", tmp_path / "plugins" / "mine.wasm")
        assert plugin.enabled
        assert plugin.interval == 7.0
        assert plugin.permissions == ()
        assert plugin.limits == Limits(memory_mib=32, call_seconds=5.0)
        assert plugin.settings == "{}"
        assert plugin.sha256 is None

    def test_a_table_overrides_what_it_names_and_nothing_else(self, tmp_path: Path) -> None:
        config = load(
            tmp_path,
            """
            [limits]
            call_seconds = 9.0
            [plugins.mine]
            enabled = false
            interval = 0.5
            permissions = ["i2c:1:0x77", "gpio:4:pulses"]
            limits = { memory_mib = 128, bus_share = 1 }
            """,
        )
        (plugin,) = merge_plugins(config, [tmp_path / "plugins" / "mine.py"])
        assert not plugin.enabled
        assert plugin.interval == 0.5
        assert plugin.permissions == (I2cPermission(1, 0x77, 0x77), GpioPermission(4, GpioMode.PULSES))
        assert plugin.limits == Limits(memory_mib=128, call_seconds=9.0, bus_share=1.0)

    def test_its_own_settings_reach_it_as_json(self, tmp_path: Path) -> None:
        text = (
            '[plugins.a.settings]\nname = "Büro"\nlist = [1, 2.5, true, [], {}]\n[plugins.a.settings.deep.er]\nx = -1'
        )
        (plugin,) = merge_plugins(load(tmp_path, text), [])
        expected = {"name": "Büro", "list": [1, 2.5, True, [], {}], "deep": {"er": {"x": -1}}}
        assert json.loads(plugin.settings) == expected

    def test_its_file_can_be_pinned_by_its_hash_in_any_case(self, tmp_path: Path) -> None:
        (plugin,) = merge_plugins(load(tmp_path, f'[plugins.a]\nsha256 = "{"0123456789abcDEF" * 4}"'), [])
        assert plugin.sha256 == "0123456789abcdef" * 4

    def test_tables_come_first_in_their_order_then_files_by_name(self, tmp_path: Path) -> None:
        config = load(tmp_path, "[plugins.z]\n[plugins.m]")
        found = [tmp_path / "plugins" / name for name in ("c.py", "z.py", "b.wasm", "m.py")]
        assert [plugin.name for plugin in merge_plugins(config, found)] == ["z", "m", "b", "c"]
        assert merge_plugins(config, reversed(found)) == merge_plugins(config, found)

    def test_a_table_without_a_file_points_to_where_it_should_lie(self, tmp_path: Path) -> None:
        (plugin,) = merge_plugins(load(tmp_path, "[plugins.lost]"), [])
        assert plugin.path == tmp_path / "plugins" / "lost.py"

    def test_one_file_can_be_two_plugins_and_is_then_none_of_its_own(self, tmp_path: Path) -> None:
        text = '[plugins.left]\npath = "plugins/bh1750.py"\n[plugins.right]\npath = "./other/../plugins/bh1750.py"'
        plugins = merge_plugins(load(tmp_path, text), [tmp_path / "plugins" / "bh1750.py"])
        assert [plugin.name for plugin in plugins] == ["left", "right"]

    def test_two_files_of_one_name_are_an_error_that_says_what_to_do(self, tmp_path: Path) -> None:
        config = load(tmp_path, "[plugins.bme680]")
        found = [tmp_path / "plugins" / "bme680.wasm", tmp_path / "plugins" / "bme680.py"]
        with pytest.raises(ConfigError) as error:
            merge_plugins(config, found)
        assert error.value.key == "plugins.bme680"
        assert all(str(file) in error.value.problem for file in found)
        assert 'path = "plugins/bme680.py" in [plugins.bme680]' in error.value.problem

    def test_a_path_chooses_between_them(self, tmp_path: Path) -> None:
        config = load(tmp_path, '[plugins.bme680]\npath = "plugins/bme680.wasm"')
        found = [tmp_path / "plugins" / "bme680.py", tmp_path / "plugins" / "bme680.wasm"]
        (plugin,) = merge_plugins(config, found)
        assert plugin.path == tmp_path / "plugins" / "bme680.wasm"

    @pytest.mark.parametrize("name", ["timestamp.py", "host_.wasm", "My Sensor.py", "2.py", f"{'a' * 33}.py"])
    def test_a_file_that_cannot_be_a_plugin_for_its_name_is_an_error(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ConfigError) as error:
            merge_plugins(load(tmp_path, ""), [tmp_path / "plugins" / name])
        assert name in error.value.problem
        assert "small letter" in error.value.problem
