"""The remembered device that takes part in a sign-in, as a flow: see flows/password.py."""

from ..challenge import Challenge

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from ..errors import CognitoError
    from ..protocol import Tokens


def with_device(
    app, device: "dict | None", named: "dict | None", outcome: "Tokens | Challenge", extra: dict, flow: str
):
    """`outcome`, which says what device took part, once that device has proved itself where it is asked to.

    device  the remembered device, whoever's it is
    named   the same where the sign-in has named it, else None
    flow    the AuthFlow of the sign-in, which `outcome` says as well
    """
    if device:
        from .whose_device import learned, told

        named = told(device, named, outcome)
        if named and isinstance(outcome, Challenge) and outcome.name == "DEVICE_SRP_AUTH":
            from .device import prove

            outcome = yield from prove(app, named, outcome, extra)
        if isinstance(outcome, Challenge):
            outcome.device_key = named["key"] if named else None
        elif named and named["owner"] == outcome.username:
            outcome.device = learned(named, outcome.sign_in_name, flow)
    outcome.flow = flow
    return outcome


def goes_on_without(error: "CognitoError") -> bool:
    """True when `error` says that the service does not know the device that was named, or does not take its proof."""
    from ..refusals import is_device_forgotten

    return is_device_forgotten(error) or getattr(error, "of_device", False)
