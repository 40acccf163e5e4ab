"""Transfers as files of other programs: pcapng, VCD, sigrok sessions, CSV and JSON lines."""
