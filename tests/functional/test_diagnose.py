"""``wasi-host diagnose``: of a host of its own, of a running one, as text, as JSON, and as a bundle for an issue."""

from __future__ import annotations

import json
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli

from tests.command import Desk, Outcome

SETTINGS = """
    [host]
    interval = 0.1
    plugins_folder = "plugins"
    [crashes]
    folder = "crashes"
    [buses.i2c-1]
    backend = "{backend}"
    [plugins.bme680]
    permissions = ["i2c:1:0x76-0x77"]
    {settings}
    [[simulation.chips]]
    chip = "bme680"
    bus = 1
    address = 0x76
"""
DRIVER = """
    from host import i2c
    def read():
        return {{"id": i2c.transfer({address}, "d0", 1)[0]}}
"""
CRASHES = """
    def read():
        raise KeyError("gain")
"""


@pytest.fixture
def desk(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A folder whose driver looks for its BME680 at the wrong address of a simulated bus."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "desk"
    folder.mkdir()
    made = Desk(folder, cache_folder)
    configure(made)
    drive(made, 0x77)
    return made


def configure(desk: Desk, *, backend: str = "simulated", settings: str = "") -> None:
    desk.write("host.toml", SETTINGS.format(backend=backend, settings=settings))


def drive(desk: Desk, address: int) -> None:
    desk.write("plugins/bme680.py", DRIVER.format(address=address))


def words(outcome: Outcome) -> str:
    return " ".join(outcome.out.split())


def told(outcome: Outcome) -> dict[str, Any]:
    found = json.loads(outcome.out)
    assert isinstance(found, dict)
    return found


def until_found(desk: Desk, *more: str) -> Outcome:
    """The first diagnosis that finds the silent address explained. A busy computer needs more seconds for that."""
    return until_told("wrong address", lambda seconds: desk.run("diagnose", "--seconds", str(seconds), *more), 6)


def until_told(text: str, diagnose: Callable[[int], Outcome], seconds: int) -> Outcome:
    """The first diagnosis with this text, of up to four, each of twice as many seconds as the one before."""
    for times in (1, 2, 4, 8):
        outcome = diagnose(times * seconds)
        if text in words(outcome):
            break
    return outcome


# A host of its own


def test_a_wrong_address_is_named_with_its_evidence_and_what_to_do(desk: Desk) -> None:
    outcome = until_found(desk)
    assert outcome.status == 1
    text = words(outcome)
    assert (
        "certain Nothing answers at 0x77 on i2c-1, where bme680 looks for its BME680. At 0x76, a chip answers that is "
        "a BME680: wrong address. (simulated)" in text
    )
    assert "bme680 line 4: wrote d0, no-acknowledge" in text
    assert "-> Change the address to 0x76 in bme680 and in host.toml" in text
    assert text.endswith("1 finding"), "the simulated bus was scanned by itself"
    assert "SIMULATED: i2c-1. No finding there is about a real chip." in text
    assert "watching the host" in outcome.err


def test_where_nothing_is_wrong_it_says_so_and_what_it_did_not_look_at(desk: Desk) -> None:
    drive(desk, 0x76)
    outcome = desk.run_here("diagnose", "--seconds", "2")
    assert outcome.status == 0
    assert "Nothing is wrong, as far as 2 s can tell." in words(outcome)
    assert "not looked at: i2c-1 was not scanned" in words(outcome)


@pytest.mark.thorough
def test_with_a_scan_that_is_looked_at_too(desk: Desk) -> None:
    drive(desk, 0x76)
    outcome = desk.run("diagnose", "--seconds", "3", "--scan", "--json")
    assert (outcome.status, told(outcome)["not_looked_at"]) == (0, [])


@pytest.mark.thorough
def test_json_has_the_same_for_programs(desk: Desk) -> None:
    outcome = until_found(desk, "--json")
    found = told(outcome)
    assert outcome.status == 1
    assert (found["process"], found["simulated"]) == (None, ["i2c-1"])
    (finding,) = found["findings"]
    assert finding["confidence"] in {"certain", "likely"}, "it is certain as soon as the chip was asked who it is"
    assert {key: finding[key] for key in ("kind", "plugin", "bus", "address", "is_simulated")} == {
        "kind": "wrong-address",
        "plugin": "bme680",
        "bus": "i2c-1",
        "address": 0x77,
        "is_simulated": True,
    }


@pytest.mark.thorough
def test_a_plugin_that_crashed_is_not_passed_over(desk: Desk) -> None:
    desk.write("plugins/bme680.py", CRASHES)
    outcome = until_told("read crashed", lambda seconds: desk.run_here("diagnose", "--seconds", str(seconds)), 2)
    assert outcome.status == 1
    assert "not looked at: bme680 crashed, and its state is backoff: read crashed: KeyError: 'gain'" in words(outcome)


def test_settings_that_cannot_be_used_are_told_with_a_status_of_their_own(desk: Desk) -> None:
    desk.write("host.toml", "[host]\nintervall = 1\n")
    outcome = desk.run_here("diagnose")
    assert (outcome.status, outcome.out) == (2, "")
    assert "intervall" in outcome.err and "Traceback" not in outcome.err


def test_a_wrong_option_has_the_same_status(desk: Desk) -> None:
    assert desk.run_here("diagnose", "--seconds", "0").status == 2


def test_a_person_who_does_not_want_to_wait_gets_no_all_clear(desk: Desk) -> None:
    with desk.running("diagnose", "--seconds", "60") as running:
        running.wait_for("watching the host for 60 s")
        outcome = running.stop(signal.SIGINT)
    assert (outcome.status, outcome.out) == (130, "")


# A running host


def test_a_running_host_is_asked_and_goes_on(desk: Desk) -> None:
    with desk.running("run") as running:
        running.wait_for("wrong address")
        outcome = desk.run_here("diagnose", "--seconds", "1", "--json")
        found = told(outcome)
        assert (outcome.status, found["process"]) == (1, running.process.pid)
        assert [each["kind"] for each in found["findings"]] == ["wrong-address"]
        assert running.process.poll() is None


@pytest.mark.thorough
def test_a_running_host_scans_when_a_person_wants_it(desk: Desk) -> None:
    drive(desk, 0x76)
    with desk.running("run") as running:
        assert any('"id"' in line for line in running.stdout), "the driver never read"
        before, after = (desk.run("diagnose", "--seconds", "1", "--json", *more) for more in ([], ["--scan"]))
        assert [each["kind"] for each in told(before)["not_looked_at"]] == ["bus-not-scanned"]
        assert (after.status, told(after)["not_looked_at"]) == (0, [])


@pytest.mark.thorough
def test_run_prints_findings_among_its_log_lines(desk: Desk) -> None:
    with desk.running("run") as running:
        running.wait_for("WARNING *host: certain: Nothing answers at 0x77 on i2c-1, where bme680 looks for its BME680.")


@pytest.mark.thorough
def test_run_prints_findings_as_json_if_the_log_is_json(desk: Desk) -> None:
    with (desk.folder / "host.toml").open("a", encoding="utf-8") as file:
        file.write('\n[log]\nformat = "json"\n')
    with desk.running("run") as running:
        running.wait_for("wrong address")
        lines = [json.loads(line) for line in "".join(running.err).splitlines() if "wrong address" in line]
    assert "Nothing answers at 0x77 on i2c-1" in lines[0]["text"]
    assert (lines[0]["level"], lines[0]["by_host"]) == ("warning", True)


# A bundle

SECRETS = """
    [plugins.bme680.settings]
    gain = 4
    broker = "mqtt://pi:url-hunter2@broker"
    name = "setting-hunter2"
    password = "named-hunter2"
    [web]
    token = "web-hunter2-web-hunter2"
    # commented-hunter2
"""
TALKATIVE = """
    import json
    from host import i2c, log, uart
    def init(settings):
        log.warning(f"settings are {settings}")
        log.warning("connecting to http://somebody:logged-hunter2@broker, token=printed-hunter2")
    def read():
        log.warning("the environment has environment-hunter2, the web has web-hunter2-web-hunter2")
        i2c.transfer(0x77, "d0", 1)
"""
DIES = """
    from host import log
    def read():
        password = "local-hunter2"
        log.error("setting-hunter2")
        raise ValueError(f"cannot log in with password={password}, or with setting-hunter2")
"""


def bundle(desk: Desk, seconds: str = "4") -> tuple[Outcome, dict[str, bytes]]:
    environment = {"SOME_SERVICE": "environment-hunter2"}
    outcome = desk.run_here("diagnose", "--seconds", seconds, "--bundle", "issue.zip", environment=environment)
    return outcome, unpacked(desk)


def unpacked(desk: Desk) -> dict[str, bytes]:
    with zipfile.ZipFile(desk.folder / "issue.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_has_everything_for_an_issue_and_lists_it_first(desk: Desk) -> None:
    outcome = until_found(desk, "--bundle", "issue.zip")
    files = unpacked(desk)
    assert outcome.status == 1
    assert [*files] == [
        "README.txt", "findings.txt", "findings.json", "doctor.txt", "host.toml", "plugins.json", "buses.json",
        "log.txt", "transfers.pcapng", "transfers.jsonl",
    ]  # fmt: skip
    assert all(f"bytes  {name}" in outcome.err for name in files if name != "README.txt")
    assert json.loads(files["findings.json"])["findings"][0]["kind"] == "wrong-address"
    assert b"wasi-host " in files["doctor.txt"] and b"Linux" in files["doctor.txt"], "versions and the kernel"
    assert tomli.loads(files["host.toml"].decode())["plugins"]["bme680"]["permissions"] == ["i2c:1:0x76-0x77"]
    assert json.loads(files["buses.json"])["scans"][0]["bus"] == "i2c-1"
    assert b"certain: Nothing answers at 0x77" in files["log.txt"]
    transfers = [json.loads(line) for line in files["transfers.jsonl"].splitlines()]
    assert {each["address"] for each in transfers} == {0x77}
    assert files["transfers.pcapng"].startswith(bytes.fromhex("0a0d0d0a"))


@pytest.mark.thorough
@pytest.mark.parametrize("driver", [TALKATIVE, DIES])
def test_no_planted_secret_is_in_a_bundle(desk: Desk, driver: str) -> None:
    configure(desk, settings=SECRETS)
    desk.write("plugins/bme680.py", driver)
    _, files = bundle(desk)
    assert any(name.startswith("crashes/") for name in files) == (driver is DIES)
    leaks = {name for name, content in files.items() if b"hunter2" in content}
    assert leaks == set()
    settings = tomli.loads(files["host.toml"].decode())["plugins"]["bme680"]["settings"]
    assert settings == {"gain": 4, "broker": "(left out)", "name": "(left out)", "password": "(left out)"}


@pytest.mark.thorough
def test_the_crashes_of_other_settings_are_not_in_a_bundle_because_their_secrets_are_not_known(desk: Desk) -> None:
    desk.write("plugins/bme680.py", DIES)
    desk.run("diagnose", "--seconds", "2")
    [report, *_] = (desk.folder / "crashes").glob("*.json")
    report.write_text(report.read_text().replace(str(desk.folder / "plugins"), "/elsewhere/plugins"))
    _, files = bundle(desk)
    assert f"crashes/{report.name}" not in files


@pytest.mark.thorough
def test_a_bundle_that_cannot_be_written_leaves_nothing_and_is_told(desk: Desk) -> None:
    outcome = desk.run_here("diagnose", "--seconds", "1", "--bundle", "no-folder/issue.zip")
    assert outcome.status == 2
    assert "issue.zip cannot be written" in outcome.err and "Traceback" not in outcome.err
    assert not (desk.folder / "no-folder").exists()


@pytest.mark.thorough
def test_a_bundle_of_a_running_host_has_its_transfers(desk: Desk) -> None:
    with desk.running("run") as running:
        running.wait_for("wrong address")
        outcome, files = bundle(desk, "1")
        assert (outcome.status, running.process.poll()) == (1, None)
    assert len(files["transfers.jsonl"].splitlines()) > 5
    assert b"simulated buses" in files["log.txt"] or b"certain" in files["log.txt"]
