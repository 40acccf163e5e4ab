"""The machine's buses, which all plugins share: the backend of each bus, locks, limits, probes and scans."""
