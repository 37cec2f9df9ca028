"""The arguments of the module srp's functions, for programs that call them themselves: a sign-in needs none of this.

Each function raises ValueError that names the argument of its namesake which can't be right.
"""

from ..errors import require_text

_HEX = "0123456789abcdefABCDEF"


def _require_hex(**named: str) -> None:
    require_text(**named)
    for name in named:
        if named[name].strip(_HEX):
            raise ValueError(name + " must be hex")


def public_value(a) -> None:
    if type(a) is not int or a < 1:
        raise ValueError("a must be an int that is more than 0, of random_a()")


def claim(pool_name, user_id, password, a, srp_b, salt, secret_block, timestamp, srp_a) -> None:
    public_value(a)
    require_text(pool_name=pool_name, user_id=user_id, password=password, secret_block=secret_block)
    require_text(timestamp=timestamp)
    if srp_a is not None:
        _require_hex(srp_a=srp_a)
    _require_hex(srp_b=srp_b, salt=salt)


def verifier(device_group_key, device_key, password, salt) -> None:
    require_text(device_group_key=device_group_key, device_key=device_key, password=password)
    _require_hex(salt=salt)
