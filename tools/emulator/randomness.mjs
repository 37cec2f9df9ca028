// The ring oscillator, of which only RANDOMBIT matters here. rp2040js returns a constant there, and os.urandom()
// and mbedtls' entropy pool both read it: without this every TLS session would use the same "random" numbers.

import crypto from 'node:crypto';
import { BasePeripheral } from 'rp2040js';

const RANDOMBIT = 0x1c;
const BITS_PER_BLOCK = 256;

/** Blocks of 32 random bytes from the host, or, given a seed (a string), the same ones every time. */
function blocks(seed) {
  if (seed === undefined) return () => crypto.randomBytes(BITS_PER_BLOCK / 8);
  let count = 0;
  return () => crypto.createHash('sha256').update(`${seed} ${count++}`).digest();
}

/** A function that returns one random bit per call. It outlives resets, so that a seeded chip does not repeat. */
export function randomBits(seed) {
  const nextBlock = blocks(seed);
  let block = null;
  let used = BITS_PER_BLOCK;
  return () => {
    if (used === BITS_PER_BLOCK) {
      block = nextBlock();
      used = 0;
    }
    const bit = (block[used >> 3] >> (used & 7)) & 1;
    used += 1;
    return bit;
  };
}

export class RingOscillator extends BasePeripheral {
  constructor(mcu, randomBit) {
    super(mcu, 'ROSC_BASE');
    this.randomBit = randomBit;
  }

  readUint32(offset) {
    return offset === RANDOMBIT ? this.randomBit() : super.readUint32(offset);
  }
}
