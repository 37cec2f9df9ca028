#!/usr/bin/env node
// Runs RP2040 firmware; see HELP.

import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { SocketPort, StdioPort } from './byte_port.mjs';
import { Chip } from './chip.mjs';
import { readFirmware } from './firmware_file.mjs';
import { Flash } from './flash.mjs';
import { randomBits } from './randomness.mjs';
import { Runner } from './runner.mjs';

const UNIQUE_ID = 'e660000000000001';

const HELP = `Runs RP2040 firmware on rp2040js, with the REPL and UART0 on Unix sockets.

  node emulator.mjs --image firmware.uf2 [options]

  --image FILE    the firmware: UF2, or a bare binary for the start of the flash
  --flash FILE    keep the flash in FILE, across power cycles; every write is there before the firmware runs on
  --repl PATH     the USB REPL on a Unix socket, made at PATH; default: stdin and stdout, left with Ctrl-]
  --uart0 PATH    UART0 on a Unix socket, made at PATH; default: not connected
  --seed TEXT     the same "random" numbers in every run (never for real secrets)
  --unique-id HEX what machine.unique_id() returns: 16 hexadecimal digits; default ${UNIQUE_ID}
  --cut-power-after-flash-writes N
                  cut the power at the Nth flash write: a write is one sector erased or one page programmed
  --tear-last-write
                  with the above: that write is done to one half only
  --off-with-stdin
                  switch off when stdin ends, which it does when the process that started this one is gone
  --help          this

On stdout (on stderr without --repl) come events, one JSON object per line:
  {"event":"listening"}                            at the start: the sockets can be connected to
  {"event":"serial"}                               the host has set up the USB serial port
  {"event":"reset"}                                the watchdog reset the chip; REPL clients are disconnected
  {"event":"off","reason":...,...}                 the end, with emulated time and cycles. Reasons: "signal", "left",
                                                   "power cut", "boot loader" (machine.bootloader()) and "failed"
SIGTERM and SIGINT switch the power off. The exit code is 0, or 1 after "failed", or 2 for wrong options.
`;

const OPTIONS = {
  image: { type: 'string' },
  flash: { type: 'string' },
  repl: { type: 'string' },
  uart0: { type: 'string' },
  seed: { type: 'string' },
  'unique-id': { type: 'string', default: UNIQUE_ID },
  'cut-power-after-flash-writes': { type: 'string' },
  'tear-last-write': { type: 'boolean', default: false },
  'off-with-stdin': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

function fail(message) {
  process.stderr.write(`emulator: ${message}\n(node emulator.mjs --help explains the options)\n`);
  process.exit(2);
}

function number(text, option, low, high) {
  const value = Number(text);
  const fits = /^\d+$/.test(text) && value >= low && value <= high;
  if (!fits) fail(`--${option} wants a number from ${low} to ${high}, not "${text}"`);
  return value;
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({ options: OPTIONS }));
  } catch (problem) {
    fail(problem.message);
  }
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  if (values.image === undefined) fail('--image FILE is missing');
  if (!/^[0-9a-f]{16}$/i.test(values['unique-id'])) fail('--unique-id wants 16 hexadecimal digits');
  const count = values['cut-power-after-flash-writes'];
  return {
    image: values.image,
    flash: values.flash,
    seed: values.seed,
    uniqueId: Buffer.from(values['unique-id'], 'hex'),
    repl: values.repl ?? null,
    uart0: values.uart0 ?? null,
    cutPowerAfter: count === undefined ? null : number(count, 'cut-power-after-flash-writes', 1, 1e9),
    tearLastWrite: values['tear-last-write'],
    offWithStdin: values['off-with-stdin'],
  };
}

class Emulator {
  #options;
  #flash = new Flash();
  #randomBit;
  #runner = new Runner((error) => this.#failed(error));
  #started = performance.now();
  #chip = null;
  #repl = null;
  #uart0 = null;
  #uartBytes = [];

  constructor(options) {
    this.#options = options;
    this.#randomBit = randomBits(options.seed);
    if (options.flash !== undefined) this.#flash.keepIn(options.flash);
    this.#flash.load(readFirmware(options.image));
    if (options.cutPowerAfter !== null) {
      this.#flash.cutPowerAfter(options.cutPowerAfter, options.tearLastWrite, () => this.off('power cut'));
    }
  }

  async powerOn() {
    const typed = (bytes) => this.#chip.serial.send(bytes);
    if (this.#options.repl === null) {
      this.#repl = new StdioPort(typed, () => this.off('left'));
    } else {
      this.#repl = new SocketPort(typed);
      await this.#repl.listen(this.#options.repl);
    }
    if (this.#options.uart0 !== null) {
      this.#uart0 = new SocketPort((bytes) => this.#chip.uart0.receive(bytes));
      await this.#uart0.listen(this.#options.uart0);
    }
    this.#chip = this.#makeChip();
    this.#report({ event: 'listening' });
    this.#runner.start(this.#chip);
  }

  /** Ends the process, at once: nothing is left to save. */
  off(reason) {
    this.#runner.stop();
    const { instructions, busyCycles, idleNanos } = this.#runner.figures;
    const figures = {
      wall_seconds: (performance.now() - this.#started) / 1000,
      emulated_seconds: this.#runner.seconds,
      asleep_seconds: idleNanos / 1e9,
      instructions,
      busy_cycles: busyCycles,
      flash_writes: this.#flash.writes,
    };
    this.#report({ event: 'off', reason, ...figures });
    process.exit(reason === 'failed' ? 1 : 0);
  }

  #makeChip() {
    return new Chip({
      flash: this.#flash,
      uniqueId: this.#options.uniqueId,
      randomBit: this.#randomBit,
      previous: this.#chip,
      on: {
        serialData: (bytes) => this.#repl.send(Uint8Array.from(bytes)),
        serialConnected: () => this.#report({ event: 'serial', emulated_seconds: this.#runner.seconds }),
        uartByte: (byte) => this.#uartByte(byte),
        reset: () => this.#reset(),
        usbBoot: () => this.off('boot loader'),
      },
    });
  }

  #reset() {
    this.#runner.replaceChip(() => {
      this.#repl.disconnect();
      this.#chip = this.#makeChip();
      this.#report({ event: 'reset' });
      return this.#chip;
    });
  }

  /** Bytes of one turn of the event loop leave in one packet. */
  #uartByte(byte) {
    if (this.#uart0 === null) return;
    if (this.#uartBytes.length === 0) setImmediate(() => this.#uart0.send(Uint8Array.from(this.#uartBytes.splice(0))));
    this.#uartBytes.push(byte);
  }

  #failed(error) {
    process.stderr.write(`emulator: ${error.stack}\n`);
    this.off('failed');
  }

  /** Written synchronously, so that the last event is not lost by process.exit(). */
  #report(event) {
    fs.writeSync(this.#options.repl === null ? 2 : 1, `${JSON.stringify(event)}\n`);
  }
}

async function main() {
  const options = readOptions();
  let emulator;
  try {
    emulator = new Emulator(options);
  } catch (problem) {
    fail(problem.message);
  }
  process.on('SIGTERM', () => emulator.off('signal'));
  process.on('SIGINT', () => emulator.off('signal'));
  if (options.offWithStdin) process.stdin.on('end', () => emulator.off('signal')).resume();
  await emulator.powerOn().catch((problem) => fail(problem.message));
}

await main();
