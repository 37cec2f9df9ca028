// The boot ROM's soft floating point: one table of functions for single precision and, in the same order, one for
// double. The order is that of the SF_TABLE_... offsets in pico-sdk's pico/bootrom/sf_table.h.

const words = new Uint32Array(2);
const single = new Float32Array(words.buffer);
const double = new Float64Array(words.buffer);

/** How a number lies in the CPU's registers: in `size` of them, from register `at` on. */
export const SINGLE = {
  size: 1,
  read(registers, at) {
    words[0] = registers[at];
    return single[0];
  },
  write(registers, at, value) {
    single[0] = value;
    registers[at] = words[0];
  },
};

export const DOUBLE = {
  size: 2,
  read(registers, at) {
    words[0] = registers[at];
    words[1] = registers[at + 1];
    return double[0];
  },
  write(registers, at, value) {
    double[0] = value;
    registers[at] = words[0];
    registers[at + 1] = words[1];
  },
};

// Conversions to integers round down and saturate; NaN gives 0.
function toInteger(value, low, high) {
  if (Number.isNaN(value)) return 0;
  return Math.min(Math.max(Math.floor(value), low), high) >>> 0;
}

function toBigInteger(value, low, high) {
  if (Number.isNaN(value)) return 0n;
  if (value >= Number(high)) return high;
  if (value <= Number(low)) return low;
  return BigInt(Math.floor(value));
}

const toInt = (value) => toInteger(value, -(2 ** 31), 2 ** 31 - 1);
const toUint = (value) => toInteger(value, 0, 2 ** 32 - 1);
const toInt64 = (value) => toBigInteger(value, -(2n ** 63n), 2n ** 63n - 1n);
const toUint64 = (value) => toBigInteger(value, 0n, 2n ** 64n - 1n);

const uint64 = (registers) => (BigInt(registers[1]) << 32n) | BigInt(registers[0]);
const int64 = (registers) => BigInt.asIntN(64, uint64(registers));

function writeInt64(registers, value) {
  registers[0] = Number(BigInt.asUintN(32, value));
  registers[1] = Number(BigInt.asUintN(32, value >> 32n));
}

function absent(name) {
  return (_, mcu) => {
    throw new Error(`boot ROM function ${name} has no stand-in, called from 0x${mcu.core.LR.toString(16)}`);
  };
}

/** The functions of one table; `kind` is SINGLE or DOUBLE. */
export function floatTable(kind) {
  const other = kind === SINGLE ? DOUBLE : SINGLE;
  const first = (r) => kind.read(r, 0);
  const second = (r) => kind.read(r, kind.size);
  /** The fixed-point functions take the number of fraction bits after the number itself. */
  const scale = (r, register) => 2 ** (r[register] | 0);
  const binary = (compute) => (r) => kind.write(r, 0, compute(first(r), second(r)));
  const unary = (compute) => (r) => kind.write(r, 0, compute(first(r)));

  return [
    binary((a, b) => a + b),
    binary((a, b) => a - b),
    binary((a, b) => a * b),
    binary((a, b) => a / b),
    absent('cmp_fast'),
    absent('cmp_fast_flags'),
    unary(Math.sqrt),
    (r) => { r[0] = toInt(first(r)); },
    (r) => { r[0] = toInt(first(r) * scale(r, kind.size)); },
    (r) => { r[0] = toUint(first(r)); },
    (r) => { r[0] = toUint(first(r) * scale(r, kind.size)); },
    (r) => kind.write(r, 0, r[0] | 0),
    (r) => kind.write(r, 0, (r[0] | 0) / scale(r, 1)),
    (r) => kind.write(r, 0, r[0]),
    (r) => kind.write(r, 0, r[0] / scale(r, 1)),
    unary(Math.cos),
    unary(Math.sin),
    unary(Math.tan),
    (r) => {
      const angle = first(r);
      kind.write(r, 0, Math.sin(angle));
      kind.write(r, kind.size, Math.cos(angle));
    },
    unary(Math.exp),
    unary(Math.log),
    (r) => { r[0] = Math.sign(first(r) - second(r)) >>> 0; },
    binary(Math.atan2),
    (r) => kind.write(r, 0, Number(int64(r))),
    (r) => kind.write(r, 0, Number(int64(r)) / scale(r, 2)),
    (r) => kind.write(r, 0, Number(uint64(r))),
    (r) => kind.write(r, 0, Number(uint64(r)) / scale(r, 2)),
    (r) => writeInt64(r, toInt64(first(r))),
    (r) => writeInt64(r, toInt64(first(r) * scale(r, kind.size))),
    (r) => writeInt64(r, toUint64(first(r))),
    (r) => writeInt64(r, toUint64(first(r) * scale(r, kind.size))),
    (r) => other.write(r, 0, first(r)),
  ];
}
