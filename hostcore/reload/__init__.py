"""Notices what changed on disk, and says what follows from it."""
