"""HMAC-SHA256 (RFC 2104), the one keyed hash that SECRET_HASH, SRP, TOTP and SigV4 share."""

try:
    from hashlib import sha256
except ImportError:
    from ..ports.sha256_circuitpython import sha256  # type: ignore[no-redef]  # the same function


def hmac_sha256(key: bytes, message: bytes, hash=sha256) -> bytes:
    """The HMAC-SHA256, 32 bytes, of `message` under `key`, both bytes of any length; TOTP gives another `hash`."""
    if len(key) > 64:
        key = hash(key).digest()
    # The key is XORed as one integer: a loop over its bytes costs 1 ms more on an RP2040.
    number = int.from_bytes(key + bytes(64 - len(key)), "big")
    for pad in (b"\x36", b"\x5c"):
        state = hash((number ^ int.from_bytes(pad * 64, "big")).to_bytes(64, "big"))
        state.update(message)
        message = state.digest()
    return message
