# cmake file for the emulated RP2040: a Raspberry Pi Pico whose network is PPP on UART0.
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")

# lwip's PPP allocates with malloc, and rp2 has no C heap unless the board asks for one.
set(MICROPY_PY_LWIP ON)
set(MICROPY_C_HEAP_SIZE 4096)

# As on upstream's boards, the default; mpconfigvariant_BARE.cmake chooses another.
set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
