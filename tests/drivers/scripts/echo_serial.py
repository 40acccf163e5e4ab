import serial

ser = serial.Serial("/dev/serial0", 9600, timeout=1)
n = 0
while n < 3:
    n += 1
    ser.write(b"t=%d.5\n" % n)
    line = ser.readline().decode("ascii").strip()
    if line.startswith("t="):
        print("Temperature:", float(line[2:]), "C")
ser.close()
