"""What a token says (RFC 7519), taken at its word.

Whoever acts on claims must check the signature first, and that is the task of the API that the token is for.
"""

from binascii import a2b_base64

from ..protocol import loads


def read(token: str) -> dict:
    """The claims of a JWT, such as Tokens.id_token: numbers (exp, iat: seconds since 1970), strings, lists.

    Decoded WITHOUT TRUST: neither signature nor expiry is checked. Raises ValueError when `token` is no JWT.
    """
    try:
        start = token.find(".") + 1
        end = token.find(".", start)
        if start and end > 0 and token.find(".", end + 1) < 0:
            # 6 kB of token are decoded by the piece: each leaves garbage of its own size, not of the token's.
            text = bytearray((end - start) * 3 // 4)
            for at in range(0, end - start, 256):
                piece = token[start + at : min(start + at + 256, end)].replace("-", "+").replace("_", "/")
                text[at * 3 // 4 : at * 3 // 4 + 192] = a2b_base64(piece + "=" * (-len(piece) % 4))
            return loads(text)
    except (AttributeError, RuntimeError, TypeError, ValueError):
        pass  # the cause would carry the token's text, so it is not raised from here
    raise ValueError("the token is not a JWT with JSON claims")
