"""What a sign-in, a refresh and a day cost a battery: an estimate, from emulated cycles and data-sheet currents.

Currents of an ESP32-S2-WROOM at 3.3 V: its data sheet V1.1, tables 7 and 8 (Espressif). Cycles of a Cortex-M0+ stand
for those of its Xtensa core, which needs fewer; nothing here was measured on a battery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RADIO_MA = 63.0  # receiving, 802.11n
CORE_MA = 17.0  # 160 MHz, modem sleep
SENDING_MA = 200.0  # 802.11n MCS7, peak
DEEP_SLEEP_MA = 0.025  # RTC timer and RTC memory
LIGHT_SLEEP_MA = 0.55
# Assumptions
HERTZ = 160e6
EMULATED_HERTZ = 125e6
BITS_A_SECOND = 1e6  # on the air, retries and preambles included
JOIN_S = 1.0  # boot, Wi-Fi and DHCP after a deep sleep
ROUND_TRIP_S = 0.05
JOB_S = 0.3  # what the wearable does itself at each wake, radio on
BEACON_MA = 1.2  # Wi-Fi kept with light sleep between beacons, DTIM1, in place of deep sleep


@dataclass(frozen=True)
class Work:
    """Seconds on the emulated chip, bytes on the wire, and round trips of one piece of work."""

    emulated_s: float
    wire_bytes: float
    round_trips: int

    def charge(self) -> float:
        """mAs, with the radio on all the time."""
        seconds = self.emulated_s * EMULATED_HERTZ / HERTZ + self.round_trips * ROUND_TRIP_S
        sending = self.wire_bytes / 2 * 8 / BITS_A_SECOND  # half of it
        return seconds * (RADIO_MA + CORE_MA) + sending * (SENDING_MA - RADIO_MA)


_JOIN = JOIN_S * (RADIO_MA + CORE_MA)
_JOB = JOB_S * (RADIO_MA + CORE_MA)


def day(refresh: Work, wakes: int, refreshes: int) -> float:
    """mAh of a day in deep sleep, with `wakes` for the wearable's job and `refreshes` among them."""
    asleep = 86400 * DEEP_SLEEP_MA
    return (asleep + wakes * (_JOIN + _JOB) + refreshes * refresh.charge()) / 3600


def day_connected(refresh: Work, jobs: int, refreshes: int) -> float:
    """mAh of a day with Wi-Fi kept (light sleep between beacons)."""
    return (86400 * BEACON_MA + jobs * _JOB + refreshes * refresh.charge()) / 3600


def table(times: dict[str, Any]) -> list[tuple[str, str]]:
    """Rows: what, and how much. `times`: of bench.chip.times()."""

    def work(step: str, round_trips: int) -> Work:
        report = times["ours"][step]
        return Work(report["us"] / 1e6, report["wire_bytes"], round_trips)

    sign_in, srp, refresh = work("sign_in", 4), work("srp", 5), work("refresh", 4)
    # A handshake is what the script takes more for the same two requests: it makes a second one.
    one, two = times["ours"]["new_password"], times["checked"]["new_password"]
    handshake_s, handshake_bytes = (two["us"] - one["us"]) / 1e6, two["wire_bytes"] - one["wire_bytes"]
    kept = Work(max(0, refresh.emulated_s - handshake_s), refresh.wire_bytes - handshake_bytes, 1)
    return [
        ("sign-in with a password", f"{sign_in.charge() / 3.6:.0f} µAh"),
        ("sign-in with SRP", f"{srp.charge() / 3.6:.0f} µAh"),
        ("refresh, with a connection of its own", f"{refresh.charge() / 3.6:.0f} µAh"),
        ("refresh on a connection that was kept", f"{kept.charge() / 3.6:.0f} µAh"),
        ("joining the network after a deep sleep", f"{_JOIN / 3.6:.0f} µAh"),
        ("day, `sleep_s` 900, `sleep_memory`: 96 wakes, 24 refreshes", f"{day(refresh, 96, 24):.1f} mAh"),
        ("the same without `sleep_memory`: a refresh at each wake", f"{day(refresh, 96, 96):.1f} mAh"),
        ("day, `sleep_s` 3600: 24 wakes, 24 refreshes", f"{day(refresh, 24, 24):.1f} mAh"),
        ("day, Wi-Fi kept in light sleep, 96 jobs, 24 refreshes", f"{day_connected(refresh, 96, 24):.1f} mAh"),
        ("the same, each refresh on a kept connection", f"{day_connected(kept, 96, 24):.1f} mAh"),
    ]
