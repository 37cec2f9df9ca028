"""The boards of boards/ that are made from upstream's: their names, their ports, their chips."""

from __future__ import annotations

import json

from cognito_mp_tools.project import ROOT

BOARDS = ROOT / "boards"
FIRMWARE = ROOT / "firmware"
DISPLAYS = BOARDS / "displays"

# Our board, and upstream's that it is made from.
ESP32 = {
    "COGNITO_ESP32_GENERIC": "ESP32_GENERIC",
    "COGNITO_ESP32_C3": "ESP32_GENERIC_C3",
    "COGNITO_ESP32_S3_WATCH": "UM_TINYWATCHS3",
    "COGNITO_ESP32_S3_ROUND": "ESP32_GENERIC_S3",
    "COGNITO_T_WATCH_S3": "ESP32_GENERIC_S3",
}
RP2 = {"COGNITO_PICO_W": "RPI_PICO_W", "COGNITO_PICO2_W": "RPI_PICO2_W"}
ALL = {**ESP32, **RP2}

# MiB of flash, as the README of each board says.
FLASH = {
    "COGNITO_ESP32_GENERIC": 4,
    "COGNITO_ESP32_C3": 4,
    "COGNITO_ESP32_S3_WATCH": 8,
    "COGNITO_ESP32_S3_ROUND": 16,
    "COGNITO_T_WATCH_S3": 16,
}


def port_of(board: str) -> str:
    return "esp32" if board in ESP32 else "rp2"


def chip_of(board: str) -> str:
    return str(json.loads((BOARDS / board / "board.json").read_text())["mcu"])
