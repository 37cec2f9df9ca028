// The boot ROM's functions on memory, bits and flash. Each is called with the CPU's registers (arguments in r0 to
// r2, result in r0) and the chip, and returns the cycles it took: estimates from the length of the work.

const RAM = 0x20000000;
const FLASH_MASK = 0xffffff;
const CALL = 10;
const BIT_OPERATION = 20;
// Not the truth, which is tens of milliseconds for a sector with the CPU stopped: tests need not wait for that.
const ERASE_CYCLES = 1000;

const inRam = (mcu, address, size) => address >= RAM && address + size <= RAM + mcu.sram.length;
const inFlash = (address, size) => address >>> 28 === 1 && (address & FLASH_MASK) + size <= FLASH_MASK + 1;

/** `size` bytes at `address` of RAM or flash, without copying; null when they are elsewhere. */
function memoryAt(mcu, address, size) {
  if (inRam(mcu, address, size)) return mcu.sram.subarray(address - RAM, address - RAM + size);
  if (inFlash(address, size)) return mcu.flash.subarray(address & FLASH_MASK, (address & FLASH_MASK) + size);
  return null;
}

function readBytes(mcu, address, size) {
  const memory = memoryAt(mcu, address, size);
  if (memory !== null) return memory.slice();
  return Uint8Array.from({ length: size }, (_, i) => mcu.readUint8(address + i));
}

function writeBytes(mcu, address, bytes) {
  if (inRam(mcu, address, bytes.length)) {
    mcu.sram.set(bytes, address - RAM);
    return;
  }
  // USB's packet memory and the peripherals take whole words.
  if (((address | bytes.length) & 3) === 0) {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < bytes.length; i += 4) mcu.writeUint32(address + i, words.getUint32(i, true));
    return;
  }
  bytes.forEach((byte, i) => mcu.writeUint8(address + i, byte));
}

function memset(registers, mcu) {
  const [destination, value, size] = registers;
  writeBytes(mcu, destination, new Uint8Array(size).fill(value & 0xff));
  return CALL + (size >> 1);
}

function memcpy(registers, mcu) {
  const [destination, source, size] = registers;
  writeBytes(mcu, destination, readBytes(mcu, source, size));
  return CALL + size;
}

function populationCount(registers) {
  let count = 0;
  for (let rest = registers[0]; rest !== 0; rest &= rest - 1) count += 1;
  registers[0] = count;
  return BIT_OPERATION;
}

function countLeadingZeros(registers) {
  registers[0] = Math.clz32(registers[0]);
  return BIT_OPERATION;
}

function countTrailingZeros(registers) {
  const value = registers[0];
  registers[0] = value === 0 ? 32 : 31 - Math.clz32(value & -value);
  return BIT_OPERATION;
}

function reverseBits(registers) {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed = (reversed << 1) | ((registers[0] >>> i) & 1);
  registers[0] = reversed >>> 0;
  return BIT_OPERATION;
}

/** The functions by the two-letter codes under which firmware looks them up. */
export function memoryFunctions(flash, onUsbBoot) {
  const nothing = () => CALL;
  return {
    P3: populationCount,
    L3: countLeadingZeros,
    T3: countTrailingZeros,
    R3: reverseBits,
    MS: memset,
    S4: memset,
    MC: memcpy,
    C4: memcpy,
    IF: nothing, // connect_internal_flash
    EX: nothing, // flash_exit_xip
    FC: nothing, // flash_flush_cache
    CX: nothing, // flash_enter_cmd_xip
    RE: ([offset, size]) => {
      flash.erase(offset, size);
      return ERASE_CYCLES;
    },
    RP: ([offset, source, size], mcu) => {
      flash.program(offset, readBytes(mcu, source, size));
      return ERASE_CYCLES;
    },
    UB: (_, mcu) => {
      onUsbBoot();
      mcu.core.PC -= 2; // stays here: reset_usb_boot does not return
    },
  };
}
