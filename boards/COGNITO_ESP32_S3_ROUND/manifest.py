# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# What MicroPython freezes on every ESP32, the library, the application, and its display.
include("$(PORT_DIR)/boards/manifest.py")
include("../../firmware/manifest.py")
module("mipi_display.py", base_path="$(BOARD_DIR)/../displays")
module("gc9a01.py", base_path="$(BOARD_DIR)/../displays")
module("panel.py", base_path="$(BOARD_DIR)/modules")
