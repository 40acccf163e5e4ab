"""The host as a service: what it tells its service manager and the journal, and its unit for systemd."""
