include(${MICROPY_PORT_DIR}/boards/RPI_PICO2_W/mpconfigvariant_RISCV.cmake)

# Without asm_thumb, which compiles for the chip's ARM cores alone.
set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest_riscv.py)
