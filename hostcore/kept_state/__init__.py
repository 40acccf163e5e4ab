"""What plugins keep across restarts: a value for each in memory, and a file for each, which is written seldom."""
