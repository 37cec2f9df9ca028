// The unique number of the flash chip, which machine.unique_id() returns: the firmware asks the chip itself, with
// command 4Bh over the SSI. rp2040js' SSI answers every command with zeros.

import { BasePeripheral } from 'rp2040js';

const SSI_DR0 = 0x60;
const READ_UNIQUE_ID = 0x4b;
// The answer follows the command and four dummy bytes (FLASH_RUID_... in pico-sdk's hardware_flash/flash.c).
const ANSWER_AT = 5;
const QSPI_SS_CTRL = 0x0c;
const OUTPUT_OVERRIDE_LSB = 8;
const DRIVE_LOW = 2;

/** Makes `ssi`, rp2040js' SSI, answer with `id` (8 bytes). Returns the IO_QSPI peripheral, where its select line is. */
export function addFlashId(mcu, ssi, id) {
  let sent = 0;
  let command = 0;
  const answers = [];

  const readUint32 = ssi.readUint32.bind(ssi);
  ssi.readUint32 = (offset) => {
    if (offset === SSI_DR0 && answers.length > 0) return answers.shift();
    return readUint32(offset);
  };
  const writeUint32 = ssi.writeUint32.bind(ssi);
  ssi.writeUint32 = (offset, value) => {
    writeUint32(offset, value);
    if (offset !== SSI_DR0) return;
    if (sent === 0) command = value & 0xff;
    if (command === READ_UNIQUE_ID) answers.push(id[sent - ANSWER_AT] ?? 0);
    sent += 1;
  };

  return new (class extends BasePeripheral {
    writeUint32(offset, value) {
      if (offset !== QSPI_SS_CTRL) return;
      if (((value >> OUTPUT_OVERRIDE_LSB) & 3) === DRIVE_LOW) {
        sent = 0; // selected: a command follows
        command = 0;
        answers.length = 0;
      }
    }
  })(mcu, 'IO_QSPI_BASE');
}
