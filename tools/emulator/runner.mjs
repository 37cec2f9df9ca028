// Runs a chip in step with the world: code as fast as it goes, sleep no faster than the wall clock.

const SLICE_MS = 10;
const BURST = 2000;

export class Runner {
  figures = { instructions: 0, busyCycles: 0, idleNanos: 0, nanos: 0 };
  #chip = null;
  #stopped = false;
  #restart = null;
  #idleSince = null;

  /** `failed(error)` is called when the firmware does what the emulator can't. */
  constructor(failed) {
    this.failed = failed;
  }

  /** Runs `chip` from now on. */
  start(chip) {
    this.#chip = chip;
    setImmediate(() => this.#slice());
  }

  /** Before the next instruction, puts the chip that `makeChip()` returns in place of this one. */
  replaceChip(makeChip) {
    this.#restart = makeChip;
  }

  /** Runs no further instruction. */
  stop() {
    this.#stopped = true;
  }

  /** Emulated seconds since power-on, over all resets. */
  get seconds() {
    return (this.figures.nanos + (this.#chip?.clock.nanos ?? 0)) / 1e9;
  }

  #slice() {
    if (this.#stopped) return;
    let asleep = false;
    try {
      asleep = this.#runUntil(performance.now() + SLICE_MS);
      if (this.#restart !== null) this.#exchange();
    } catch (error) {
      this.#stopped = true;
      this.failed(error);
      return;
    }
    if (asleep) setTimeout(() => this.#slice(), 1);
    else setImmediate(() => this.#slice());
  }

  #exchange() {
    this.figures.nanos += this.#chip.clock.nanos;
    this.#chip = this.#restart();
    this.#restart = null;
    this.#idleSince = null;
  }

  /** Returns true when the chip sleeps and must wait for the wall clock or for input. */
  #runUntil(deadline) {
    const { core } = this.#chip.mcu;
    while (!this.#stopped && this.#restart === null && performance.now() < deadline) {
      if (!core.waiting) {
        this.#idleSince = null;
        this.#execute(core);
      } else if (!this.#sleep(core)) {
        return true;
      }
    }
    return false;
  }

  #execute(core) {
    const { clock, mcu, rom } = this.#chip;
    const cycleNanos = 1e9 / mcu.clkSys;
    let instructions = 0;
    let cycles = 0;
    while (instructions < BURST && !core.waiting) {
      const taken = core.executeInstruction();
      clock.tick(taken * cycleNanos);
      cycles += taken;
      instructions += 1;
    }
    this.figures.instructions += instructions;
    this.figures.busyCycles += cycles + rom.takeCycles();
  }

  /** Lets the sleeping chip's clock run on to its next alarm, or to now if that comes first; false if still asleep. */
  #sleep(core) {
    const { clock } = this.#chip;
    const now = performance.now();
    this.#idleSince ??= { wall: now, nanos: clock.nanos };
    const behind = (now - this.#idleSince.wall) * 1e6 - (clock.nanos - this.#idleSince.nanos);
    const alarm = clock.nextAlarm ? clock.nanosToNextAlarm : Infinity;
    const step = Math.min(alarm, Math.max(behind, 0));
    clock.tick(step);
    this.figures.idleNanos += step;
    return !core.waiting || step === alarm;
  }
}
