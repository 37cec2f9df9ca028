#include "boards/ESP32_GENERIC_C3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "ESP32C3 module with cognito_mp"

// GPIO 18 and 19, which MicroPython 1.25 takes for the first I2C, are this chip's USB. These are what 1.26 takes.
#define MICROPY_HW_I2C0_SCL (GPIO_NUM_9)
#define MICROPY_HW_I2C0_SDA (GPIO_NUM_8)
