// The 2 MiB flash chip of a Pico. With a file, every erased sector and programmed page goes to the file before
// the firmware runs on: whatever ends the emulator, SIGKILL included, the file is the flash at that moment.

import fs from 'node:fs';

export const FLASH_SIZE = 2 * 1024 * 1024;
const SECTOR = 4096;
const PAGE = 256;
const ERASED = 0xff;

export class Flash {
  bytes = new Uint8Array(FLASH_SIZE).fill(ERASED);
  /** Sectors erased and pages programmed since power-on. */
  writes = 0;
  #file = null;
  #mirror = null;
  #cut = null;

  /** Keeps the contents in the file at `path`: what is there is read now, every change is written as it happens. */
  keepIn(path) {
    this.#file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    fs.readSync(this.#file, this.bytes, 0, FLASH_SIZE, 0);
  }

  /** Puts `segments`, each { offset, bytes }, into the flash as a programmer would, before power-on. */
  load(segments) {
    for (const { offset, bytes } of segments) {
      if (offset < 0 || offset + bytes.length > FLASH_SIZE) throw new Error('the firmware does not fit the flash');
      this.bytes.set(bytes, offset);
    }
    if (this.#file !== null) fs.writeSync(this.#file, this.bytes, 0, FLASH_SIZE, 0);
  }

  /** Shows the contents to the CPU in `memory`, now and after every change. */
  attach(memory) {
    memory.set(this.bytes, 0);
    this.#mirror = memory;
  }

  /**
   * Cuts the power at the `count`th write from now: `powerOff()` is called and must not return. The write itself
   * is complete, or with `torn` done to one half of its bytes, as when the supply fails during it.
   */
  cutPowerAfter(count, torn, powerOff) {
    this.#cut = { at: this.writes + count, torn, powerOff };
  }

  erase(offset, length) {
    for (let at = offset; at < offset + length; at += SECTOR) {
      this.#write(at, new Uint8Array(SECTOR).fill(ERASED));
    }
  }

  program(offset, data) {
    for (let from = 0; from < data.length; from += PAGE) {
      const page = data.subarray(from, from + PAGE);
      const old = this.bytes.subarray(offset + from, offset + from + page.length);
      // Programming clears bits and sets none; only erasing does.
      this.#write(offset + from, page.map((byte, i) => byte & old[i]));
    }
  }

  #write(offset, data) {
    if (offset + data.length > FLASH_SIZE) throw new Error(`flash write beyond the chip, at 0x${offset.toString(16)}`);
    this.writes += 1;
    const last = this.#cut !== null && this.writes >= this.#cut.at;
    const done = last && this.#cut.torn ? data.subarray(0, data.length / 2) : data;
    this.bytes.set(done, offset);
    this.#mirror?.set(done, offset);
    if (this.#file !== null) fs.writeSync(this.#file, done, 0, done.length, offset);
    if (last) this.#cut.powerOff();
  }
}
