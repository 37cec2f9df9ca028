"""CircuitPython: a button decides, when the board starts, who may write to the drive.

Held down: the computer, to copy files. Not held: the program, so that it can keep the session over a restart.
"""

# What it imports is CircuitPython's, and not among the stubs of MicroPython:
# mypy: ignore-errors

import board
import digitalio
import storage

button = digitalio.DigitalInOut(board.BUTTON)  # or any pin with a button to GND: board.GP15
button.switch_to_input(pull=digitalio.Pull.UP)
storage.remount("/", readonly=not button.value)  # a pressed button reads False
