import RPi.GPIO as GPIO
import time

LED = 17
BUTTON = 27
GPIO.setwarnings(False)
GPIO.setmode(GPIO.BCM)
GPIO.setup(LED, GPIO.OUT)
GPIO.setup(BUTTON, GPIO.IN, pull_up_down=GPIO.PUD_UP)

blinks = 0
try:
    while True:
        GPIO.output(LED, GPIO.HIGH)
        time.sleep(0.5)
        GPIO.output(LED, GPIO.LOW)
        time.sleep(0.5)
        blinks += 1
        print("blinks: %d, button: %d" % (blinks, GPIO.input(BUTTON)))
finally:
    GPIO.cleanup()
