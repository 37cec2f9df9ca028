// A stand-in for the RP2040's boot ROM, which rp2040js does not bring and the firmware can't do without: it looks
// up memcpy, bit operations, soft floating point and the flash functions in the ROM's tables.
//
// Written from the public headers of pico-sdk (boot/bootrom_constants.h, pico/bootrom/sf_table.h); it holds no code
// of Raspberry Pi's. Every function in the ROM is two instructions, BKPT #number and BX LR. The emulator calls
// `onBreak` for a BKPT, and the work is done there, in JavaScript.

import { memoryFunctions } from './boot_rom_memory.mjs';
import { floatTable, DOUBLE, SINGLE } from './boot_rom_float.mjs';

const ROM_SIZE = 16 * 1024;
const BKPT = 0xbe00;
const BX_LR = 0x4770;
const BRANCH_TO_SELF = 0xe7fe;
const THUMB = 1;

const HEADER = { stackPointer: 0x00, vectors: 0x04, magic: 0x10, functions: 0x14, data: 0x16, lookup: 0x18 };
const STACK_TOP = 0x20041f00;
const TRAP = 0xe0;
const FIRST_FUNCTION = 0x100;
// That of the B2 stepping; the SDK picks its float code by it.
const VERSION = 3;
// What a call costs when the function itself doesn't say: an estimate.
const DEFAULT_CYCLES = 60;

const twoLetters = (code) => code.charCodeAt(0) | (code.charCodeAt(1) << 8);

export class BootRom {
  #rom = new DataView(new ArrayBuffer(ROM_SIZE));
  #handlers = [];
  #at = FIRST_FUNCTION;
  #cycles = 0;

  /** `flash` does the erasing and programming; `onUsbBoot()` is called when the firmware asks for the boot loader. */
  constructor(flash, onUsbBoot) {
    const functions = Object.entries(memoryFunctions(flash, onUsbBoot)).map(([code, run]) => [code, this.#add(run)]);
    const single = floatTable(SINGLE).map((run) => this.#add(run));
    const double = floatTable(DOUBLE).map((run) => this.#add(run));
    const lookup = this.#add((registers) => this.#lookUp(registers));
    this.#align();
    const data = [
      ['CR', this.#addText('cognito_mp stand-in for the boot ROM')],
      ['GR', this.#addWords([0])],
      ['SF', this.#addFloatTable(single)],
      ['SD', this.#addFloatTable(double)],
    ];
    this.#addHeader(this.#addTable(functions), this.#addTable(data), lookup);
  }

  /** The ROM's contents, for RP2040.loadBootrom(). */
  get words() {
    return new Uint32Array(this.#rom.buffer);
  }

  /** Does the work of ROM function `number`, returns its cycles. Throws for a BKPT that is not the ROM's. */
  onBreak(mcu, number) {
    const address = mcu.core.PC >>> 0;
    const run = this.#handlers[number];
    if (address >= ROM_SIZE || run === undefined) {
      throw new Error(`the firmware stopped at a breakpoint: BKPT #${number} at 0x${(address - 2).toString(16)}`);
    }
    const cycles = run(mcu.core.registers, mcu) ?? DEFAULT_CYCLES;
    this.#cycles += cycles;
    return cycles;
  }

  /** The cycles that ROM functions took since the last call. */
  takeCycles() {
    const cycles = this.#cycles;
    this.#cycles = 0;
    return cycles;
  }

  #add(run) {
    const number = this.#handlers.push(run) - 1;
    if (number > 0xff) throw new Error('a BKPT has room for 256 functions');
    const address = this.#at;
    this.#rom.setUint16(address, BKPT | number, true);
    this.#rom.setUint16(address + 2, BX_LR, true);
    this.#at += 4;
    return address | THUMB;
  }

  #align() {
    this.#at = (this.#at + 3) & ~3;
  }

  #addWords(words) {
    const address = this.#at;
    for (const word of words) {
      this.#rom.setUint32(this.#at, word, true);
      this.#at += 4;
    }
    return address;
  }

  #addText(text) {
    const address = this.#at;
    for (const letter of `${text}\0`) this.#rom.setUint8(this.#at++, letter.charCodeAt(0));
    this.#align();
    return address;
  }

  /** The SDK reads the number of entries from the byte two before the table. */
  #addFloatTable(functions) {
    this.#addWords([functions.length << 16]);
    return this.#addWords(functions);
  }

  /** Pairs of a two-letter code and a 16-bit pointer, up to a code of zero. */
  #addTable(entries) {
    return this.#addWords([...entries.map(([code, pointer]) => twoLetters(code) | (pointer << 16)), 0]);
  }

  #addHeader(functions, data, lookup) {
    this.#rom.setUint16(TRAP, BRANCH_TO_SELF, true);
    this.#rom.setUint32(HEADER.stackPointer, STACK_TOP, true);
    for (let vector = HEADER.vectors; vector < HEADER.magic; vector += 4) {
      this.#rom.setUint32(vector, TRAP | THUMB, true);
    }
    [...'Mu'].forEach((letter, i) => this.#rom.setUint8(HEADER.magic + i, letter.charCodeAt(0)));
    this.#rom.setUint8(HEADER.magic + 2, 1);
    this.#rom.setUint8(HEADER.magic + 3, VERSION);
    this.#rom.setUint16(HEADER.functions, functions, true);
    this.#rom.setUint16(HEADER.data, data, true);
    this.#rom.setUint16(HEADER.lookup, lookup, true);
  }

  /** rom_table_lookup(table, code): the pointer, or 0. */
  #lookUp(registers) {
    const wanted = registers[1] & 0xffff;
    for (let entry = registers[0]; ; entry += 4) {
      const code = this.#rom.getUint16(entry, true);
      if (code !== 0 && code !== wanted) continue;
      registers[0] = code === 0 ? 0 : this.#rom.getUint16(entry + 2, true);
      return;
    }
  }
}
