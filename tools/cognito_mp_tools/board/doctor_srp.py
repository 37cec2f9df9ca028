"""`cognito-mp doctor --srp`: how long SRP's arithmetic takes on the board, with which modules, and that it is right."""

from __future__ import annotations

from dataclasses import dataclass

from cognito_mp import srp

from cognito_mp_tools.board.link import DeviceFailed, DeviceLink
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import say, verdict

# PASSWORD_VERIFIER is to be answered "within a few seconds" (botocore's model of RespondToAuthChallenge).
_FEW_SECONDS = 5.0
# Windows of ints on a slow board, without a word meanwhile.
_PATIENCE = 180.0

A = (1 << 256) - 3 * (1 << 100) - 1
POOL, USER, PASSWORD = "AbCdEf123", "doctor", "no-password-of-anybody"
CHALLENGE = ("b" + "5a" * 383, "5a" * 16, "c2VjcmV0", "Mon Jan 5 03:04:05 UTC 2026")

# Without the modules for Xtensa there is nothing to clear.
CLEAR = """
import json
try:
    from cognito_mp.crypto import srp_xtensa
except ImportError:
    print(json.dumps(False))
else:
    srp_xtensa.clear()
    print(json.dumps(True))
"""
ENABLE = """
import json
from cognito_mp.crypto import srp_xtensa
print(json.dumps(srp_xtensa.enable()))
"""
MEASURE = """
import gc, json, sys, time
try:
    from cognito_mp.crypto import srp
except ImportError:
    print(json.dumps(None))
else:
    gc.collect()
    _start = time.ticks_ms()
    _public = srp.public_value(a)
    _a_ms = time.ticks_diff(time.ticks_ms(), _start)
    gc.collect()
    _start = time.ticks_ms()
    _claim = srp.claim(pool, user, password, a, *challenge, srp_a=_public)
    _proof_ms = time.ticks_diff(time.ticks_ms(), _start)
    _code = [_name for _name in sys.modules if _name.startswith('cognito_mp.crypto.montgomery_')]
    try:
        import machine
        _frequency = machine.freq()
    except (ImportError, AttributeError):
        _frequency = 0
    if isinstance(_frequency, tuple):
        _frequency = _frequency[0]
    print(json.dumps([_a_ms, _proof_ms, _claim, _code, _frequency]))
"""


@dataclass(frozen=True)
class Measured:
    """Seconds for SRP_A and for the proof after the challenge; whether the proof is right; what counted."""

    a_s: float
    proof_s: float
    right: bool
    machine_code: bool
    frequency: int

    def __str__(self) -> str:
        clock = f" at {self.frequency // 1_000_000} MHz" if self.frequency else ""
        how = "machine code" if self.machine_code else "ints"
        return f"A {self.a_s:.2f} s, the proof {self.proof_s:.2f} s{clock}, by {how}"


def measured(link: DeviceLink, machine_code: bool = True) -> Measured:
    """Time SRP on the board. `machine_code`: that what is loaded of it counts. Raises DeviceFailed, ToolFailed."""
    words = {"pool": POOL, "user": USER, "password": PASSWORD, "a": A, "challenge": CHALLENGE}
    told = link.ask(MEASURE, timeout=_PATIENCE, **words)
    if told is None:
        raise ToolFailed("the library on the board has no SRP: cognito-mp deploy, or mip's extra srp, brings it.")
    a_ms, proof_ms, claim, code, frequency = told
    expected = srp.claim(POOL, USER, PASSWORD, A, *CHALLENGE)
    return Measured(a_ms / 1000, proof_ms / 1000, claim == expected, bool(code) and machine_code, frequency)


def try_xtensa(link: DeviceLink) -> str | None:
    """Clear what a trial of srp_xtensa found, and try it anew; why it is not used, None where it is not installed."""
    if not link.ask(CLEAR):
        return None
    try:
        return str(link.ask(ENABLE, timeout=_PATIENCE))
    except DeviceFailed as problem:
        raise ToolFailed(
            f"the board fell over in the trial of srp_xtensa ({problem}), or its cable went: once it has started "
            "again, cognito-mp doctor --srp tries once more. Until then its SRP counts with ints, as it did."
        ) from problem


def examine(link: DeviceLink) -> None:
    """Run the trial where there is one, and print the seconds. Raises ToolFailed where the board should not use SRP."""
    why = try_xtensa(link)
    if why == "":
        verdict(True, "srp_xtensa", 'its products are right; "srp_xtensa": true in settings.json uses it')
    elif why is not None:
        verdict(None, "srp_xtensa", why)
    found = measured(link, machine_code=not why)
    in_time = found.proof_s <= _FEW_SECONDS
    verdict(found.right and in_time, "SRP", str(found), "" if in_time else _advice(found))
    if not found.right:
        raise ToolFailed("the board's proof is wrong: report this, with the board's name and MicroPython's version.")
    if not in_time:
        raise ToolFailed(f"Cognito gives a few seconds for the proof, and this board takes {found.proof_s:.1f} s.")
    say("Nothing was sent to Cognito, and nobody's password was used.")


def _advice(found: Measured) -> str:
    if found.machine_code:
        return "a higher clock helps, such as machine.freq(240_000_000) on an ESP32; else sign in with the password"
    return "cognito-mp deploy brings the machine code for the board's chip, where there is any; docs/user_pool.md says"
