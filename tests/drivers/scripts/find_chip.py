# Which of the two addresses has the BME680? A one-shot script that catches everything
import smbus2

bus = smbus2.SMBus(1)
for address in (0x76, 0x77):
    try:
        chip = bus.read_byte_data(address, 0xD0)
        print("Chip at %d: %d" % (address, chip))
    except Exception as e:
        print("0x%02x: %s" % (address, e))
bus.close()
