"""Transcripts: the transfers of a recording as text that a person edits, played to a driver as its test."""
