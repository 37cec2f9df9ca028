"""A QR code (ISO/IEC 18004): bytes, error correction level L, versions 1 to 9, which hold up to 230 bytes.

The mask is always the first one. The standard lets the best of eight be chosen, which would take an RP2040 a minute;
readers take any.
"""

# Version -> (codewords in all, error correction codewords of a block, blocks), for level L
_SIZES = (
    (26, 7, 1),
    (44, 10, 1),
    (70, 15, 1),
    (100, 20, 1),
    (134, 26, 1),
    (172, 18, 2),
    (196, 20, 2),
    (242, 24, 2),
    (292, 30, 2),
)
_BYTES = 4  # the mode
_FORMAT = 0b01000  # level L, mask 0
_FUNCTION = 2  # this bit of a cell: no data goes there


class QrCode:
    """A square of `size` times `size` modules."""

    def __init__(self, version: int) -> None:
        self.size = 17 + 4 * version
        self._cells = bytearray(self.size * self.size)

    def is_dark(self, x: int, y: int) -> bool:
        """The module in column `x` of row `y`."""
        return bool(self._cells[y * self.size + x] & 1)

    def runs(self, y: int):
        """(column, length) of each run of dark modules in row `y`."""
        start = -1
        for x in range(self.size + 1):
            dark = x < self.size and self.is_dark(x, y)
            if dark and start < 0:
                start = x
            elif not dark and start >= 0:
                yield start, x - start
                start = -1

    # For encode()

    def set(self, x: int, y: int, dark: int) -> None:
        """A module of a function pattern."""
        self._cells[y * self.size + x] = _FUNCTION | (1 if dark else 0)

    def is_free(self, x: int, y: int) -> bool:
        return not self._cells[y * self.size + x] & _FUNCTION

    def set_data(self, x: int, y: int, bit: int) -> None:
        """A module of data, with the mask."""
        self._cells[y * self.size + x] = bit ^ (1 if (x + y) % 2 == 0 else 0)


def that_fits(*texts: str) -> "QrCode | None":
    """The code of the first of `texts` that fits into one; None if all are too long."""
    for text in texts:
        try:
            return encode(text.encode())
        except ValueError:
            pass
    return None


def encode(data: bytes) -> QrCode:
    """The smallest code that holds `data`. Raises ValueError when none does."""
    for number, (codewords, correction, blocks) in enumerate(_SIZES):
        room = codewords - correction * blocks
        if len(data) <= room - 2:
            code = QrCode(number + 1)
            _function_patterns(code, number + 1)
            _place(code, _interleaved(_padded(data, room), correction, blocks))
            return code
    raise ValueError(f"a QR code of ours holds 230 bytes, not {len(data)}")


def _padded(data: bytes, room: int) -> bytearray:
    """Mode, length, data and padding in `room` codewords; all but the padding is half a byte out of step."""
    words = bytearray(room)
    before = _BYTES << 8 | len(data)
    words[0] = before >> 4
    left = before & 15
    for at in range(len(data)):
        words[at + 1] = left << 4 | data[at] >> 4
        left = data[at] & 15
    words[len(data) + 1] = left << 4
    for at in range(len(data) + 2, room):
        words[at] = 0x11 if (at - len(data)) % 2 else 0xEC
    return words


# Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 256:
            a ^= 0x11D
        b >>= 1
    return product


def _generator(degree: int) -> bytearray:
    """The product of (x - 2^i) for i below `degree`, without its first coefficient, 1."""
    coefficients = bytearray(degree)
    coefficients[-1] = 1
    root = 1
    for _ in range(degree):
        for at in range(degree):
            following = coefficients[at + 1] if at + 1 < degree else 0
            coefficients[at] = _times(coefficients[at], root) ^ following
        root = _times(root, 2)
    return coefficients


def _correction(words, generator: bytearray) -> bytearray:
    """The remainder of `words` divided by the generator."""
    degree = len(generator)
    rest = bytearray(degree)
    for word in words:
        factor = word ^ rest[0]
        for at in range(degree - 1):
            rest[at] = rest[at + 1]
        rest[-1] = 0
        if factor:
            for at in range(degree):
                rest[at] ^= _times(generator[at], factor)
    return rest


def _interleaved(words: bytearray, correction: int, blocks: int) -> bytes:
    """The codewords in the order in which they are placed: of all blocks the first, then the second, and so on."""
    generator = _generator(correction)
    length = len(words) // blocks
    parts = [words[length * block : length * (block + 1)] for block in range(blocks)]
    corrections = [_correction(part, generator) for part in parts]
    placed = bytearray()
    for group in (parts, corrections):
        for at in range(len(group[0])):
            for part in group:
                placed.append(part[at])
    return bytes(placed)


# The picture


def _function_patterns(code: QrCode, version: int) -> None:
    last = code.size - 1
    for at in range(code.size):
        code.set(at, 6, at % 2 == 0)
        code.set(6, at, at % 2 == 0)
    for x, y in ((3, 3), (last - 3, 3), (3, last - 3)):
        _finder(code, x, y)
    centres = _alignment_centres(version)
    for x in centres:
        for y in centres:
            if code.is_free(x, y) or (x == 6) != (y == 6) and 6 < x + y - 6 < last - 6:
                _alignment(code, x, y)
    _format(code)
    if version >= 7:
        _version(code, version)


def _finder(code: QrCode, middle_x: int, middle_y: int) -> None:
    """The square in a corner, with the light line around it."""
    for dy in range(-4, 5):
        for dx in range(-4, 5):
            x, y = middle_x + dx, middle_y + dy
            if 0 <= x < code.size and 0 <= y < code.size:
                code.set(x, y, max(abs(dx), abs(dy)) in (0, 1, 3))


def _alignment_centres(version: int) -> tuple:
    last = 4 * version + 10
    if version < 2:
        return ()
    return (6, last) if version < 7 else (6, (last + 6) // 2, last)


def _alignment(code: QrCode, middle_x: int, middle_y: int) -> None:
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            code.set(middle_x + dx, middle_y + dy, max(abs(dx), abs(dy)) != 1)


def _with_check(data: int, bits: int, generator: int) -> int:
    """`data` followed by the `bits` of the BCH code that `generator` makes."""
    rest = data
    for _ in range(bits):
        rest = rest << 1 ^ (rest >> bits - 1) * generator
    return data << bits | rest


def _format(code: QrCode) -> None:
    bits = _with_check(_FORMAT, 10, 0x537) ^ 0x5412
    last = code.size - 1
    for at in range(15):
        bit = bits >> at & 1
        # Around the upper left corner, past the timing lines; and once more in the two other corners.
        if at < 8:
            code.set(8, at + (at > 5), bit)
            code.set(last - at, 8, bit)
        else:
            code.set(14 - at + (at == 8), 8, bit)
            code.set(8, last - 14 + at, bit)
    code.set(8, last - 7, 1)


def _version(code: QrCode, version: int) -> None:
    bits = _with_check(version, 12, 0x1F25)
    for at in range(18):
        far, near = code.size - 11 + at % 3, at // 3
        code.set(far, near, bits >> at & 1)
        code.set(near, far, bits >> at & 1)


def _place(code: QrCode, words: bytes) -> None:
    """Data in columns of two from the right, up and down in turn, around what is there."""
    at = 0
    upwards = True
    right = code.size - 1
    while right > 0:
        if right == 6:  # the timing line
            right = 5
        for step in range(code.size):
            y = code.size - 1 - step if upwards else step
            for x in (right, right - 1):
                if code.is_free(x, y):
                    bit = words[at >> 3] >> (7 - (at & 7)) & 1 if at >> 3 < len(words) else 0
                    code.set_data(x, y, bit)
                    at += 1
        upwards = not upwards
        right -= 2
