// Board and hardware specific configuration
#define MICROPY_HW_BOARD_NAME                   "Emulated Pico"

// Of the 2 MiB flash, as much as a Pico W leaves to the filesystem.
#define MICROPY_HW_FLASH_STORAGE_BYTES          (848 * 1024)

// network.PPP in place of Wi-Fi: rp2040js has no CYW43, but UART0 can carry PPP to the host.
#define MICROPY_PY_NETWORK                      (1)
#define MICROPY_PY_NETWORK_PPP_LWIP             (1)
