"""The machine's buses as all plugins share them: what backs each bus, locks, limits, probes and scans."""
