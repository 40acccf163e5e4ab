"""A screen that is attached to a host in another process: what its person may do to the host itself."""

from __future__ import annotations

from hostcore.session import RemoteHost
from tui.desk import Desk
from tui.dialogs import Confirm

REASONS = (
    "All its drivers stop reading, for every screen that is attached to it. "
    "If a service manager runs it, it may be started again.",
    "To leave only this screen, press q.",
)


def ask_to_stop(desk: Desk, host: RemoteHost) -> None:
    """Stop the host, if the person confirms it."""

    def answered(yes: bool | None) -> None:
        if yes and desk.attempt(host.stop_host):
            desk.say(f"The host (PID {host.process}) was asked to stop")

    desk.open_sheet(Confirm(desk, f"Stop the host (PID {host.process})?", REASONS, "Stop it"), answered)
