"""No secret of the settings is in a session file, even if the plugin publishes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.events import (
    Counters,
    CrashReport,
    Event,
    Level,
    LogWritten,
    PluginCrashed,
    ReadingFailed,
    ReadingPublished,
    State,
    StateChanged,
)
from hostcore.log.secrets import LEFT_OUT
from hostcore.session_file.masking import Mask, names_of
from hostcore.session_file.model import Known
from hostcore.session_file.reading import SessionFile
from tests.session_files import BEGAN, KNOWN, S, content_of, opened, transfer

letters = st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_characters="~")
secrets = st.text(letters, min_size=4, max_size=30).map(lambda text: f"Zq{text}")


def everywhere(secret: str) -> list[Event]:
    """Events that have a secret wherever a plugin can put it."""
    report = CrashReport(
        BEGAN, "light", f"/srv/{secret}/light.py", "1", "exception", f"ValueError: {secret!r}", f"line {secret}", "",
        "read", secret, (transfer(1, data=secret.encode()),), (LogWritten(BEGAN, "light", Level.INFO, secret),),
        Counters(), "1",
    )  # fmt: skip
    return [
        LogWritten(BEGAN + S, "light", Level.INFO, f"I say {secret} and {json.dumps(secret)}"),
        ReadingPublished(BEGAN + 2 * S, "light", {"a": {secret: [secret, 1]}, "b": f"x{secret}"}, ()),
        ReadingFailed(BEGAN + 3 * S, "light", f"refused: {secret}"),
        StateChanged(BEGAN + 4 * S, "light", State.LOADING, State.BACKOFF, f"because of {secret}"),
        transfer(5, data=b"\0" + secret.encode() + b"\0"),
        PluginCrashed(BEGAN + 6 * S, "light", report, f"/srv/{secret}.json"),
    ]


def everything_in(file: SessionFile) -> str:
    """All entries, as text."""
    found = b"".join(raw for n, each in enumerate(file.parts) if each.is_keyframe for _, raw in file.raw_from(n))
    return "\n".join(str(json.loads(line)) for line in found.splitlines()) + "".join(each.text for each in file.marks)


@settings(deadline=None)
@given(secret=secrets)
def test_a_secret_of_the_settings_is_nowhere(tmp_path_factory, secret: str) -> None:  # type: ignore[no-untyped-def]
    mask = Mask({secret}, names_of(KNOWN), Path("/home/alice"))
    events = everywhere(secret)
    file = opened(tmp_path_factory.mktemp("s"), content_of(events, earlier=events, mask=mask))
    found = everything_in(file)
    for form in {secret, secret.encode().hex(), repr(secret)[1:-1], json.dumps(secret)[1:-1]}:
        assert form not in found.replace(LEFT_OUT, "").replace("\\\\", "\\"), form


def test_the_name_of_the_person_is_not_in_paths(tmp_path: Path) -> None:
    facts = replace(
        KNOWN.facts, config_file=Path("/home/alice/pi/host.toml"), plugins_folder=Path("/home/alice/pi/plugins")
    )
    known = Known(facts, tuple(replace(each, path=Path(f"/home/alice/pi/{each.name}.py")) for each in KNOWN.plugins))
    line = LogWritten(BEGAN, "light", Level.INFO, "cannot read /home/bob/x, /root/y or /home/alice")
    file = opened(tmp_path, content_of([line], known=known, mask=Mask((), (), Path("/home/alice"))))
    found = everything_in(file)
    assert "~/pi/host.toml" in found
    assert "~/x, ~/y or ~" in found
    assert not [name for name in ("alice", "bob", "/root") if name in found]


def test_the_bytes_of_serial_ports_and_the_address_of_the_web_are_left_out(tmp_path: Path) -> None:
    known = replace(KNOWN, facts=replace(KNOWN.facts, web_address="http://192.0.2.1:3000/"))
    file = opened(tmp_path, content_of([transfer(1, bus="uart-serial0", data=b"\xca\xfe")], known=known))
    found = everything_in(file)
    assert "uart-serial0" in found
    assert "cafe" not in found
    assert "192.0.2.1" not in found


def test_the_names_of_plugins_stay_although_a_setting_says_the_same() -> None:
    mask = Mask({"light", "i2c-1", "raspi", "topsecret"}, names_of(KNOWN))
    event = LogWritten(BEGAN, "light", Level.INFO, "light on i2c-1 of raspi: topsecret")
    assert mask.event(event) == replace(event, text=f"light on i2c-1 of raspi: {LEFT_OUT}")
