#!/usr/bin/env python3
"""Print temperature and humidity of an AHT20 every few seconds."""
import argparse
import json
import signal
import sys
import time

from smbus2 import SMBus, i2c_msg

parser = argparse.ArgumentParser()
parser.add_argument("--bus", type=int, default=3)
parser.add_argument("--interval", type=float, default=5.0)
args = parser.parse_args()


def handler(signum, frame):
    print("bye")
    sys.exit(0)


signal.signal(signal.SIGINT, handler)

try:
    with SMBus(args.bus) as bus:
        bus.write_i2c_block_data(0x38, 0xBE, [0x08, 0x00])
        time.sleep(0.01)
        while True:
            bus.i2c_rdwr(i2c_msg.write(0x38, [0xAC, 0x33, 0x00]))
            time.sleep(0.1)
            answer = i2c_msg.read(0x38, 7)
            bus.i2c_rdwr(answer)
            b = list(answer)
            humidity = ((b[1] << 16) | (b[2] << 8) | b[3]) >> 4
            temperature = ((b[3] & 0x0F) << 16) | (b[4] << 8) | b[5]
            print(
                json.dumps(
                    {
                        "temperature": round(temperature * 200 / 1048576 - 50, 2),
                        "humidity": round(humidity * 100 / 1048576, 2),
                    }
                )
            )
            time.sleep(args.interval)
except KeyboardInterrupt:
    print("stopped")
