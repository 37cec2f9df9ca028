#include "boards/UM_TINYWATCHS3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "TinyWATCH S3 with cognito_mp"
