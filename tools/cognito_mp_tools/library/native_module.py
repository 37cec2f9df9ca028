"""A .mpy with one function of machine code, which MicroPython loads where its port runs native code.

    def product(...): what the bytes do

is all that the module has. The function is of the kind viper: fun(self, n_args, n_kw, args) is called at its first byte
(py/objfun.c, fun_viper_call). The kind asm would check the number of arguments and turn them into machine words, but
the ports to ESP32 have no type for it, and crash (py/emitglue.c: it is under MICROPY_EMIT_INLINE_ASM).

Source of the format: py/persistentcode.c and docs/reference/mpyfiles.rst, version 6.3, which MicroPython 1.23 to 1.29
load. host_tests/native/test_native_module.py compares with what mpy-cross writes.
"""

from __future__ import annotations

from cognito_mp_tools.library.bytecode import ARCHITECTURES

_VERSION, _SUB_VERSION, _SMALL_INT_BITS = 6, 3, 31
_BYTECODE, _VIPER = 0, 2  # kinds
_HAS_CHILDREN = 4
_MODULE_NAME = 0x0F  # "<module>", one of the names that every MicroPython has
_FUNCTION_TABLE = 0  # the only constant object: the interpreter's functions for native code
# The prelude (2 words of state, no arguments, the names of module and file), one line of no code's;
# MAKE_FUNCTION 0, STORE_NAME 2, LOAD_CONST_NONE, RETURN_VALUE. The numbers are those of py/bc0.h.
_MODULE = bytes((0x00, 0x02, 0x01, 0x32, 0x00, 0x16, 0x02, 0x51, 0x63))


def with_function(name: str, code: bytes, architecture: str, source: str) -> bytes:
    """The .mpy whose only function, `name`, is `code` for `architecture`, a name of mpy-cross's -march.

    source  the name that tracebacks would give the module's file
    """
    feature = ARCHITECTURES.index(architecture) << 2 | _SUB_VERSION
    names = [_text(source), bytes((_MODULE_NAME,)), _text(name)]
    return b"".join(
        (
            b"M",
            bytes((_VERSION, feature, _SMALL_INT_BITS)),
            _number(len(names)),
            _number(1),
            *names,
            bytes((_FUNCTION_TABLE,)),
            _number(len(_MODULE) << 3 | _HAS_CHILDREN | _BYTECODE),
            _MODULE,
            _number(1),
            _number(len(code) << 3 | _VIPER),
            code,
            _number(0),  # the function's flags: it asks for no globals and no constants
        )
    )


def _text(text: str) -> bytes:
    return _number(len(text) << 1) + text.encode() + b"\0"


def _number(value: int) -> bytes:
    """7 bits in each byte, the highest first; the top bit is set but in the last."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)
