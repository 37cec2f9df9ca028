// MicroPython's unix port set as CircuitPython sets its boards' firmware, where a setting is all the difference.
// Sources: CircuitPython's py/circuitpy_mpconfig.h, and runs of 9.2.9 and 10.2.1 with the boards' configuration.

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

// Floats of 32 bits, of which 24 are digits. Words of 32 bits are the Makefile's MICROPY_FORCE_32BIT.
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
// Frames live on a stack of their own: CIRCUITPY_PYSTACK_SIZE. ports/unix/main.c makes it 1,024 words, 4,096 bytes.
#define MICROPY_ENABLE_PYSTACK (1)
// That alone ends what is too deep: x86's frames of C are larger than those of boards.
#define MICROPY_STACK_CHECK (0)
// No gc.threshold().
#define MICROPY_GC_ALLOC_THRESHOLD (0)
// next(iterator, default) is a TypeError.
#define MICROPY_PY_BUILTINS_NEXT2 (0)

#include "ports/unix/variants/mpconfigvariant_common.h"

// No sys.exc_info().
#undef MICROPY_PY_SYS_EXC_INFO
#define MICROPY_PY_SYS_EXC_INFO (0)
