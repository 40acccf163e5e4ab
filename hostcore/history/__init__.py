"""Stored readings: the numbers of all readings in an SQLite file, which thins them as they grow old.

Each value is kept for a day, lowest, mean and highest of each minute for a month, and those of each hour for years
(``[history]`` in host.toml). One thread writes. Values wait in bounded memory for the next write, once a minute.
SQLite's write-ahead log (WAL) lets others read meanwhile.

What can be lost:

- If the host is killed, the values since the last write. The same is true of the readings that wait for an MQTT broker,
  of which the file has a copy while the broker is away (`hostcore/broker/unsent.py`): they are sent by the next run.
- If the power fails, what the kernel had not written to the disk either: with ``synchronous=NORMAL`` SQLite waits for
  the disk only at a checkpoint. Linux writes changed pages after 35 s at most (vm.dirty_expire_centisecs, 30 s, and
  vm.dirty_writeback_centisecs, 5 s). The file itself stays whole.

Times are those of the computer's clock. A Pi without a real-time clock starts with the time at which it was switched
off, until the network tells the time. Values of that moment keep the time that the clock showed. If the clock steps
back, values of both passes are counted in the minutes and hours that they claim. Nothing is deleted for its age until
the clock has run evenly for ten minutes.
"""
