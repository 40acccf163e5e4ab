"""A calibration and an alarm are written into host.toml: as little as possible, and everything else stays."""

from __future__ import annotations

import difflib
from contextlib import suppress
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.alarms.model import Range
from hostcore.config.loading import load_config
from hostcore.errors import ConfigError
from hostcore.reload.wishes import fulfil
from hostcore.settings_wish import Calibration, RangeAlarm, SettingsWish

SHIPPED = (shipped.folder() / "host.toml").read_text(encoding="utf-8")
AIR = ("temperature",)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "light.py").touch()
    return tmp_path / "host.toml"


def changed(config: Path, before: str, *wishes: SettingsWish) -> list[str]:
    """The lines that wishes take away and add."""
    config.write_text(before, encoding="utf-8")
    for wish in wishes:
        fulfil(config, wish)
    after = config.read_text(encoding="utf-8")
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[:2] not in ("--", "++", "@@") and line.strip("+-")]


def refused(config: Path, before: str, wish: SettingsWish) -> str:
    """Why a wish is refused; the file is as it was."""
    config.write_text(before, encoding="utf-8")
    with pytest.raises(ConfigError) as refusal:
        fulfil(config, wish)
    assert config.read_text(encoding="utf-8") == before
    return str(refusal.value)


class TestCalibration:
    @pytest.mark.parametrize(
        ("before", "diff"),
        [
            (
                "[plugins.air]\nsettings = { x = 1 }\n\n# Others\n[web]\n",
                ["+[plugins.air.adjust.temperature]", "+filters = [{ offset = -1.5 }]"],
            ),
            (
                "[plugins.air.adjust.temperature]\nfilters = [{ offset = -0.1 }]  # mine\n",
                ["-filters = [{ offset = -0.1 }]  # mine", "+filters = [{ offset = -1.6 }]  # mine"],
            ),
            (
                "[plugins.air.adjust.temperature]\nfilters = [{ offset = 2 }, { median = 5 }]\n",
                [
                    "-filters = [{ offset = 2 }, { median = 5 }]",
                    "+filters = [{ offset = 2 }, { median = 5 }, { offset = -1.5 }]",
                ],
            ),
            (
                "[plugins.air.adjust.temperature]\nfilters = [\n  # of the heater\n  { scale = 2.0 },\n]\n",
                ["-  { scale = 2.0 },", "-]", "+  { scale = 2.0 }, { offset = -1.5 }]"],
            ),
            ("[plugins.air.adjust.temperature]\ndecimals = 1\n", ["+filters = [{ offset = -1.5 }]"]),
            ("[plugins.air.adjust]\n", ["+[plugins.air.adjust.temperature]", "+filters = [{ offset = -1.5 }]"]),
        ],
    )
    def test_the_offset_is_the_last_filter(self, config: Path, before: str, diff: list[str]) -> None:
        if "[plugins.air]" not in before:
            before = f"[plugins.air]\n{before}"
        assert changed(config, before, Calibration("air", AIR, -1.5)) == diff

    def test_two_in_a_row_are_one_offset(self, config: Path) -> None:
        wishes = Calibration("light", AIR, 0.1), Calibration("light", AIR, 0.2)
        assert changed(config, "", *wishes)[-1] == "+filters = [{ offset = 0.3 }]"

    def test_a_value_with_another_name_is_known_by_it(self, config: Path) -> None:
        before = '[plugins.air.adjust.temperature]\nrename = "warmth"\n'
        assert changed(config, before, Calibration("air", ("warmth",), 1.0)) == ["+filters = [{ offset = 1.0 }]"]

    def test_keys_below_each_other_stand_in_quotes(self, config: Path) -> None:
        wish = Calibration("light", ("air_quality", "index"), 1.0)
        assert changed(config, "", wish)[0] == '+[plugins.light.adjust."air_quality.index"]'

    @pytest.mark.parametrize("key", ["température", "🌡"])
    def test_a_key_that_is_not_ascii_is_written_as_the_driver_writes_it(self, config: Path, key: str) -> None:
        assert changed(config, "", Calibration("light", (key,), 1.0))[0] == f'+[plugins.light.adjust."{key}"]'

    @pytest.mark.parametrize("key", ["a\ud800b", "a\x1b[2Jb"])
    def test_a_key_that_no_file_can_have_as_it_is_never_gets_there(self, config: Path, key: str) -> None:
        with suppress(ConfigError):
            changed(config, "", Calibration("light", (key,), 1.0))
        assert key.encode(errors="surrogatepass") not in config.read_bytes()

    def test_what_cannot_be_edited_says_what_to_write_by_hand(self, config: Path) -> None:
        problem = refused(config, "plugins = { air = {} }\n", Calibration("air", AIR, 1.0))
        assert "add { offset = 1.0 } to filters in [plugins.air.adjust.temperature] by hand" in problem

    def test_a_plugin_that_is_not_there_is_named(self, config: Path) -> None:
        assert "no plugin" in refused(config, "", Calibration("nobody", AIR, 1.0))

    def test_a_key_with_a_point_has_no_name_in_host_toml(self, config: Path) -> None:
        assert "'a.b'" in refused(config, "", Calibration("light", ("a.b",), 1.0))


def test_a_host_for_looking_only_keeps_its_settings(config: Path) -> None:
    assert "read_only = true" in refused(config, "[screen]\nread_only = true\n", RangeAlarm("light", AIR, above=1.0))


class TestRangeAlarm:
    def test_the_first_one_gets_a_table_with_a_name(self, config: Path) -> None:
        assert changed(config, "", RangeAlarm("light", ("Air", "t"), below=5.0, above=30.0)) == [
            "+[alarms.light-air-t]",
            '+reading = "light.Air.t"',
            "+below = 5.0",
            "+above = 30.0",
        ]

    def test_another_one_stands_after_the_last(self, config: Path) -> None:
        before = '[alarms.x]\nreading = "light.x"\nabove = 1.0\n\n[web]\nport = 3001\n'
        changed(config, before, RangeAlarm("light", AIR, above=30.0))
        text = config.read_text(encoding="utf-8")
        assert text.index("[alarms.x]") < text.index("[alarms.light-temperature]") < text.index("[web]")

    def test_the_range_of_the_present_one_changes_and_the_rest_of_it_stays(self, config: Path) -> None:
        before = '[alarms.warm]\nreading = "light.temperature"\nabove = 30.0  # it melts\nbell = false\n'
        higher, lower = RangeAlarm("light", AIR, above=31.0), RangeAlarm("light", AIR, below=5.0)
        assert changed(config, before, higher) == ["-above = 30.0  # it melts", "+above = 31.0  # it melts"]
        assert sorted(changed(config, before, lower)) == ["+below = 5.0", "-above = 30.0  # it melts"]

    def test_without_limits_the_present_one_goes(self, config: Path) -> None:
        before = '# mine\n[alarms.warm]\nreading = "light.temperature"\nabove = 30.0\n\n# Others\n[web]\n'
        assert changed(config, before, RangeAlarm("light", AIR)) == [
            "-[alarms.warm]",
            '-reading = "light.temperature"',
            "-above = 30.0",
        ]

    def test_without_limits_and_without_an_alarm_it_says_so(self, config: Path) -> None:
        assert "no alarm watches the range of light.temperature" in refused(config, "", RangeAlarm("light", AIR))

    def test_a_name_that_is_taken_gets_a_number(self, config: Path) -> None:
        before = '[alarms.light-temperature]\nreading = "light.other"\nabove = 1.0\n'
        assert changed(config, before, RangeAlarm("light", AIR, above=1.0))[0] == "+[alarms.light-temperature-2]"

    def test_what_cannot_be_edited_says_all_that_its_table_needs(self, config: Path) -> None:
        problem = refused(config, "alarms = {}\n", RangeAlarm("light", ("lux",), above=30.0))
        assert 'write reading = "light.lux", above = 30.0 into [alarms.light-lux] by hand' in problem

    def test_limits_the_wrong_way_round_are_refused(self, config: Path) -> None:
        assert "more than below" in refused(config, "", RangeAlarm("light", AIR, below=30.0, above=5.0))


KEYS = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3).map(tuple)
NUMBERS = st.floats(-1e9, 1e9).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(keys=KEYS, number=NUMBERS, before=st.sampled_from(["", "# mine\r\n[plugins.light]\r\n", SHIPPED]))
def test_any_key_of_a_plugin_is_written_or_refused_and_nothing_else_changes(
    config: Path, keys: tuple[str, ...], number: float, before: str
) -> None:
    config.write_text(before, encoding="utf-8", newline="")
    expected = tomli.loads(before)
    try:
        fulfil(config, Calibration("light", keys, number))
        fulfil(config, RangeAlarm("light", keys, above=number))
    except ConfigError:
        return
    after = tomli.loads(config.read_text(encoding="utf-8"))
    loaded = load_config(config)
    assert loaded.alarms[-1].path == keys and loaded.alarms[-1].condition == Range(above=number)
    assert after["plugins"].pop("light")["adjust"].keys() == {".".join(keys)}
    expected.get("plugins", {}).pop("light", None)
    after.pop("alarms")
    others = [{key: each for key, each in found.items() if each} for found in (after, expected)]
    assert others[0] == others[1]
