# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# What MicroPython freezes on every ESP32, the library and the application.
include("$(PORT_DIR)/boards/manifest.py")
include("../../firmware/manifest.py", native="rv32")
