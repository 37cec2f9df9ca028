"""Moments in a reply as whole numbers: AWS writes them with a fraction, and the floats of most ports have 24 bits."""


def whole(body: bytes, name: bytes) -> bytes:
    """The reply `body`, JSON, with each number after `name` as an integer; what is no moment stays as it is.

    name  bytes, the end of a member's name with its quotation mark, such as b'Date"'
    """
    at = body.find(name)
    while at >= 0:
        at += len(name)
        while body[at : at + 1] and body[at] in b" \t\r\n:":
            at += 1
        end = at
        while body[end : end + 1] and body[end] in b"0123456789.eE+":
            end += 1
        try:
            number = _whole(bytes(body[at:end]).decode())
            body = bytes(body[:at]) + str(number).encode() + bytes(body[end:])
        except ValueError:
            pass  # no number: whoever reads it will say so
        at = body.find(name, at)
    return body


def _whole(number: str) -> int:
    """The whole part of a JSON number, such as "1.7951234E9", without a float."""
    mantissa, _, exponent = number.lower().partition("e")
    whole_part, _, fraction = mantissa.partition(".")
    shift = int(exponent or 0)
    if not 0 <= shift < 20:
        raise ValueError("no moment")
    return int(whole_part + (fraction + "0" * shift)[:shift])
