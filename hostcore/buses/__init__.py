"""The machine's buses, shared by all plugins: their choice, locks, limits, probes and scans."""
