import spidev
import time

spi = spidev.SpiDev()
spi.open(0, 0)
spi.max_speed_hz = 500000
spi.mode = 0b00


def read_channel(channel):
    answer = spi.xfer2([1, (8 + channel) << 4, 0])
    return ((answer[1] & 3) << 8) + answer[2]


for i in range(3):
    print("Channel 5 = {}".format(read_channel(5)))
    time.sleep(0.1)
spi.close()
