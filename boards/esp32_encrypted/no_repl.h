// Without a REPL: all that puts a byte into MicroPython's stdin is left out of the firmware (mphalport.c, stdin_ringbuf).
// No prompt and no Ctrl-C, from the first instruction on; nothing that is printed goes anywhere either.
#undef MICROPY_HW_ENABLE_UART_REPL
#define MICROPY_HW_ENABLE_UART_REPL (0)
#undef MICROPY_HW_ESP_USB_SERIAL_JTAG
#define MICROPY_HW_ESP_USB_SERIAL_JTAG (0)
#undef MICROPY_HW_USB_CDC
#define MICROPY_HW_USB_CDC (0)
#undef MICROPY_HW_ENABLE_USBDEV
#define MICROPY_HW_ENABLE_USBDEV (0)
