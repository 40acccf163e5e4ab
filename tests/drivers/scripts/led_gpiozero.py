from gpiozero import LED
from time import sleep

led = LED(17)

while True:
    led.on()
    print("led:", led.value)
    sleep(1)
    led.off()
    print("led:", led.value)
    sleep(1)
