"""The plugin of a recording, ready to run."""

from __future__ import annotations

from pathlib import Path

from hostcore.config.model import Limits
from hostcore.errors import ConfigError, RecordingError
from hostcore.quick_dataclass import fields, replace
from hostcore.recording.model import Header
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.prepared import Prepared
from hostcore.toml.reader import KeyPath, readers_of


def prepared_of(
    runtime: Runtime, header: Header, *, component: Path | None = None, source: str | None = None
) -> Prepared:
    """Prepare the plugin that a recording is of. Blocks like `Runtime.prepare`.

    Args:
        runtime: runs it.
        header: of the recording.
        component: the file of a plugin that is a component. A recording holds only its hash.
        source: another version of a .py; by default the recorded one.

    Raises:
        RecordingError: the component is needed, or it is not the recorded one.
        HostError: see `Runtime.prepare`.
    """
    path = Path(Path(header.file).name) if header.source is not None else component
    if path is None:
        raise RecordingError(
            f"{header.plugin}: the recording is of a component, {header.file} with the SHA-256 {header.component}; "
            "name that file: wasi-host replay FILE --component PATH"
        )
    spec = PluginSpec(header.plugin, path, limits=limits_of(header), settings=header.settings)
    return runtime.prepare(spec, source if source is not None else header.source, is_replay=True)


def limits_of(header: Header) -> Limits:
    """The recorded limits, each within what host.toml allows.

    Raises:
        RecordingError: they are outside, so this host has not written the recording.
    """
    readers, at = readers_of(Limits), KeyPath("the header", "")
    recorded = {each.name: getattr(header.limits, each.name) for each in fields(header.limits)}
    try:
        return replace(Limits(), **{name: readers[name](value, at / name) for name, value in recorded.items()})
    except ConfigError as problem:
        raise RecordingError(
            f"{header.plugin}: the recording has a limit that host.toml does not allow: {problem}"
        ) from None


def is_same_component(prepared: Prepared, header: Header) -> bool:
    """Whether the component is the recorded one. With another, such as another version's Python runtime, the replay is
    approximate until its crossings prove it right."""
    return prepared.compiled.source.sha256 == header.component
