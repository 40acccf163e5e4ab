"""Keeps plugins alive: a thread for each, its state and restarts, and the evidence of its crashes."""
