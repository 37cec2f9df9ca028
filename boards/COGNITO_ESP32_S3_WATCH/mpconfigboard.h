#include "boards/UM_TINYWATCHS3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "TinyWATCH S3 with cognito_mp"

#ifdef COGNITO_NO_REPL // mpconfigvariant_ENCRYPTED_NO_REPL.cmake
#include "../esp32_encrypted/no_repl.h"
#endif
