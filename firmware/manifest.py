# ruff: noqa: F821 (MicroPython's tools define the functions of a manifest)
# Freezes the application and the library. A board's manifest includes this one:
#     include("../../firmware/manifest.py")
# A frozen main.py runs before one on the flash: options(main=False) leaves it out, for a maker with a main.py.
options.defaults(main=True)
include("../lib/manifest.py")
for _module in (
    "app",
    "backoff",
    "big_text",
    "console",
    "hardware",
    "mono_screen",
    "rgb565_strips",
    "round_screen",
    "screen",
    "session_keeper",
    "settings",
    "sntp",
    "ssd1306_panel",
    "state_icons",
    "status",
    "status_led",
    "stopwatch",
    "wifi_link",
):
    module(_module + ".py")
if options.main:
    module("main.py")
