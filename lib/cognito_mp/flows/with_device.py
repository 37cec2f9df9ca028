"""The remembered device that takes part in a sign-in, as a flow: see flows/password.py."""

from ..challenge import Challenge

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from ..protocol import Tokens


def with_device(app, device: "dict | None", outcome: "Tokens | Challenge", extra: dict):
    """`outcome`, which says what device took part, once that device has proved itself where it is asked to."""
    if isinstance(outcome, Challenge) and outcome.name == "DEVICE_SRP_AUTH" and device:
        from .device import prove

        outcome = yield from prove(app, device, outcome, extra)
    if isinstance(outcome, Challenge):
        outcome.device_key = device["key"] if device else None
    elif device and device["owner"] == outcome.username:
        outcome.device = device
    return outcome
