#!/usr/bin/python3
# Light level of a BH1750, as from a tutorial of 2015
import smbus
import time

DEVICE = 0x23
ONE_TIME_HIGH_RES = 0x20

bus = smbus.SMBus(1)


def convert(data):
    return (data[1] + (256 * data[0])) / 1.2


def read_light(addr=DEVICE):
    bus.write_byte(addr, ONE_TIME_HIGH_RES)
    time.sleep(0.2)
    data = bus.read_i2c_block_data(addr, ONE_TIME_HIGH_RES, 2)
    return convert(data)


def main():
    while True:
        level = read_light()
        print("Light Level : " + format(level, ".1f") + " lx")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
