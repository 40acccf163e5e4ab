"""One zip file for an issue: the findings and everything that helps others to find the cause, without secrets."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from hostcore.cli.finding_text import Told
from hostcore.clock import NS_PER_S
from hostcore.config.model import Config
from hostcore.config.shareable import shareable
from hostcore.diagnosis.report import DiagnosisReport
from hostcore.errors import CrashStoreError, HostError
from hostcore.events import CrashReport, TransferCompleted
from hostcore.events.event_json import to_json
from hostcore.export.formats import Format, writer_of
from hostcore.files import write_whole
from hostcore.log.log_file import format_text
from hostcore.log.safe_text import escaped
from hostcore.log.secrets import Redactor, secrets_of
from hostcore.log.shareable import shareable_crash, without_serial_bytes
from hostcore.parts import crash_store
from hostcore.quick_dataclass import dataclass, replace

MOST_CRASHES = 10
"""Crash reports in a bundle, the newest ones."""
LONGEST_CRASH = 1 << 20
"""Bytes of the largest crash report that is taken into a bundle."""
WIDTH = 120
"""Characters of a line of text in a bundle."""
ABOUT = """This file was written by `wasi-host diagnose --bundle`. It is meant to be attached to an issue.

Left out: comments of host.toml, texts of plugins' settings, and tokens, passwords and keys wherever they were
recognized; the bytes of serial ports; the arguments of calls that crashed. Such places say "(left out)".
Still there: names of files and plugins, readings in the log, and all bytes on I2C and SPI buses and GPIO lines.
Look through the files before you show them to others.

"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle is made of."""

    told: Told
    """The report of the diagnosis, with traces."""
    config: Config
    doctor: tuple[str, ...]
    """The lines of ``wasi-host doctor``."""

    def files(self, environment: Mapping[str, str]) -> dict[str, bytes]:
        """Return the content of each file by name. Blocks while the crash reports are read.

        Args:
            environment: the variables of the environment, whose values are left out wherever they appear.

        Raises:
            ConfigError: host.toml can no longer be read.
        """
        settings = shareable(self.config.path)
        redactor = Redactor(settings.secrets | secrets_of(environment))
        place = Path(redactor.text(str(self.told.config)))
        told = replace(self.told, report=redactor.value(self.told.report), config=place)
        traces = told.report.traces
        transfers = [without_serial_bytes(each) for each in traces.transfers]
        files = {
            "findings.txt": _text(told.lines(WIDTH)),
            "findings.json": _json(told.json()),
            "doctor.txt": _text(map(redactor.text, self.doctor)),
            "host.toml": settings.toml(redactor),
            "plugins.json": _json(to_json(told.report.plugins)),
            "buses.json": _json(_buses(told.report)),
            "log.txt": _text(map(format_text, traces.lines)),
            **{f"crashes/{name}": text for name, text in self._crashes(redactor)},
        }
        exported = {
            f"transfers.{form}": _exported(form, self.told, transfers) for form in (Format.PCAPNG, Format.JSONL)
        }
        return {name: text.encode(errors="backslashreplace") for name, text in files.items()} | exported

    def _crashes(self, redactor: Redactor) -> Iterator[tuple[str, str]]:
        for name, report in islice(self._own_crashes(), MOST_CRASHES):
            yield name, _json(to_json(shareable_crash(redactor.value(report))))

    def _own_crashes(self) -> Iterator[tuple[str, CrashReport]]:
        """The reports of the plugins of these settings, the newest first.

        All hosts of a user share the usual folder for reports. The secrets of other settings are not known here.
        """
        store, settings = crash_store(self.config), self.config
        folder = settings.host.plugins_folder.absolute()
        files = {each.path.absolute() for each in settings.plugins if each.path}
        with suppress(CrashStoreError):
            for stored in store.reports():
                with suppress(CrashStoreError, OSError):
                    if stored.path.stat().st_size <= LONGEST_CRASH:
                        report = store.load(stored.path)
                        file = Path(report.path).absolute()
                        if file in files or file.parent == folder:
                            yield stored.path.name, report


def write_bundle(bundle: Bundle, path: Path, tell: Callable[[str], None]) -> None:
    """Tell what is in the bundle, then write it, completely or not at all. Blocks until it is on the disk.

    Args:
        bundle: what it is made of.
        path: the zip file. One that exists is replaced.
        tell: takes lines for the person.

    Raises:
        HostError: it cannot be written.
    """
    files = bundle.files(os.environ)
    listed = [f"{len(content):>9,} bytes  {name}" for name, content in files.items()]
    content = _zipped({"README.txt": (ABOUT + "\n".join(listed) + "\n").encode(), **files}, bundle.told)
    tell(f"wasi-host: {escaped(str(path))} will hold, without secrets as far as they can be recognized:")
    for line in listed:
        tell(line)
    try:
        write_whole(path.absolute(), content)
    except OSError as error:
        raise HostError(f"{path} cannot be written: {error.strerror or error}; nothing was written") from None
    tell(f"wasi-host: wrote {escaped(str(path))}. Look through it before you show it to others.")


def _buses(report: DiagnosisReport) -> dict[str, object]:
    return {
        "buses": to_json(report.buses),
        "health": to_json(report.health),
        "machine": to_json(report.machine),
        "scans": to_json(report.traces.scans),
        "identities": to_json(report.traces.identities),
    }


def _zipped(files: Mapping[str, bytes], told: Told) -> bytes:
    moment = datetime.fromtimestamp(told.report.time_ns / NS_PER_S, UTC)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _exported(form: Format, told: Told, transfers: Iterable[TransferCompleted]) -> bytes:
    writer = writer_of(form, told.report.buses)
    return b"".join([writer.begin(), *(writer.take(each) for each in transfers), writer.end()])


def _json(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
