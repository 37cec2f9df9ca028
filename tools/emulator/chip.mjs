// One RP2040 from power-on (or reset) to the next reset: rp2040js with the parts put in that it lacks.

import { ConsoleLogger, LogLevel, RP2040 } from 'rp2040js';
import { BootRom } from './boot_rom.mjs';
import { addFlashId } from './flash_id.mjs';
import { RingOscillator } from './randomness.mjs';
import { Pl011 } from './uart.mjs';
import { UsbSerialHost } from './usb_cdc.mjs';
import { addStartOfFrame } from './usb_start_of_frame.mjs';

const SSI = 0x18000;
const IO_QSPI = 0x40018;
const UART0 = 0x40034;
const WATCHDOG = 0x40058;
const ROSC = 0x40060;
const FLASH_START = 0x10000000;

export class Chip {
  /**
   * `flash` is a Flash, `uniqueId` 8 bytes, `randomBit` a function. `previous` is the Chip before a reset, null at
   * power-on. `on` holds what to call: serialData(bytes), serialConnected(), uartByte(byte), reset(), usbBoot().
   */
  constructor({ flash, uniqueId, randomBit, previous, on }) {
    const mcu = new RP2040();
    this.mcu = mcu;
    this.clock = mcu.clock;
    mcu.logger = new ConsoleLogger(LogLevel.Error);

    this.rom = new BootRom(flash, on.usbBoot);
    mcu.loadBootrom(this.rom.words); // clears the flash, so it comes first
    mcu.onBreak = (number) => mcu.clock.tick((this.rom.onBreak(mcu, number) * 1e9) / mcu.clkSys);
    flash.attach(mcu.flash);

    mcu.peripherals[IO_QSPI] = addFlashId(mcu, mcu.peripherals[SSI], uniqueId);
    mcu.peripherals[ROSC] = new RingOscillator(mcu, randomBit);
    this.uart0 = new Pl011(mcu, mcu.uart[0]);
    this.uart0.onByte = on.uartByte;
    mcu.uart[0] = mcu.peripherals[UART0] = this.uart0;

    this.#wireWatchdog(previous, on.reset);

    addStartOfFrame(mcu.usbCtrl, mcu.clock);
    this.serial = new UsbSerialHost(mcu.usbCtrl);
    this.serial.onSerialData = on.serialData;
    this.serial.onDeviceConnected = on.serialConnected;

    // Where the real boot ROM ends up: the second-stage loader at the start of the flash.
    mcu.core.PC = FLASH_START;
  }

  /** The watchdog's reason and scratch registers outlive a reset: machine.reset_cause() reads them. */
  #wireWatchdog(previous, reset) {
    const watchdog = this.mcu.peripherals[WATCHDOG];
    watchdog.onWatchdogTrigger = reset;
    if (previous === null) return;
    const before = previous.mcu.peripherals[WATCHDOG];
    watchdog.reason = before.reason;
    watchdog.scratchData.set(before.scratchData);
  }
}
