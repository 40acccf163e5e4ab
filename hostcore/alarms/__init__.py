"""Alarms: conditions of host.toml, folded over events and time into what is raised.

The words are those that people know from elsewhere: `above`, `below` and `equals` of Home Assistant and ESPHome,
`hysteresis` of Home Assistant's threshold sensor, and `delay` and `clear_delay` for the on-delay and off-delay of
ISA-18.2 (Prometheus: ``for`` and ``keep_firing_for``). The states are inactive, pending, raised, acknowledged, cleared.
"""
