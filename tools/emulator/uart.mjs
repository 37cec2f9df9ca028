// The PL011 UART, with the parts that rp2040js 1.4.1 leaves out and network.PPP needs (ARM's PL011 manual, DDI 0183):
//  - a transmit FIFO that drains at the baud rate. rp2040js asserts the transmit interrupt for ever, an interrupt
//    storm as soon as MicroPython opens a UART;
//  - a receive timeout interrupt. UART.irq(IRQ_RXIDLE), through which network.PPP is fed, relies on it;
//  - FIFO trigger levels.
// One thing is kinder than a bare PL011: nothing is lost when the receive FIFO is full. The sender waits, as it
// would with RTS and CTS connected.

import { BasePeripheral, FIFO } from 'rp2040js';
import { ByteQueue } from './byte_queue.mjs';

const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const IBRD = 0x24;
const FBRD = 0x28;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const IMSC = 0x38;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;
const DMACR = 0x48;
const PERIPHERAL_ID = 0xfe0;
const IDENTIFICATION = [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

const FR_BUSY = 1 << 3;
const FR_RXFE = 1 << 4;
const FR_TXFF = 1 << 5;
const FR_RXFF = 1 << 6;
const FR_TXFE = 1 << 7;
const LCR_H_FEN = 1 << 4;
const CR_UARTEN = 1 << 0;
const CR_TXE = 1 << 8;
const CR_RXE = 1 << 9;
const INT_RX = 1 << 4;
const INT_TX = 1 << 5;
const INT_RT = 1 << 6;

const FIFO_DEPTH = 32;
const LEVELS = [4, 8, 16, 24, 28, 28, 28, 28];
const BITS_PER_BYTE = 10;
const RECEIVE_TIMEOUT_BITS = 32;

export class Pl011 extends BasePeripheral {
  /** Called with each byte that the firmware sends; replaced by whoever listens. */
  onByte = () => {};

  #registers = { [IBRD]: 0, [FBRD]: 0, [LCR_H]: 0, [CR]: CR_RXE | CR_TXE, [IFLS]: 0x12, [IMSC]: 0, [DMACR]: 0 };
  #status = 0;
  #received = new FIFO(FIFO_DEPTH);
  #line = new ByteQueue();
  #receiving = false;
  #sending = 0;

  /** Takes the place of `original`, rp2040js' own UART. */
  constructor(mcu, original) {
    super(mcu, original.name);
    this.irq = original.irq;
    this.dreq = original.dreq;
    this.receiveAlarm = mcu.clock.createAlarm(() => this.#receiveOne());
    this.timeoutAlarm = mcu.clock.createAlarm(() => this.#receiveTimeout());
    this.sentAlarm = mcu.clock.createAlarm(() => this.#sentOne());
  }

  /** `bytes` (a Uint8Array) arrive on the RX pin, one after another at the baud rate. */
  receive(bytes) {
    this.#line.push(bytes);
    this.#listen();
  }

  /** rp2040js calls this when clk_peri changes; the baud rate is computed when it is needed. */
  clkPeriChanged() {}

  get #bitNanos() {
    const divider = this.#registers[IBRD] + this.#registers[FBRD] / 64;
    return divider ? (16e9 * divider) / this.rp2040.clkPeri : 1e9 / 115200;
  }

  get #depth() {
    return this.#registers[LCR_H] & LCR_H_FEN ? FIFO_DEPTH : 1;
  }

  get #receiveLevel() {
    return Math.min(LEVELS[(this.#registers[IFLS] >> 3) & 7], this.#depth);
  }

  get #transmitLevel() {
    return Math.min(LEVELS[this.#registers[IFLS] & 7], this.#depth - 1);
  }

  get #flags() {
    const waiting = this.#received.itemCount;
    return (
      (waiting >= this.#depth ? FR_RXFF : 0) |
      (waiting === 0 ? FR_RXFE : 0) |
      (this.#sending >= this.#depth ? FR_TXFF : 0) |
      (this.#sending === 0 ? FR_TXFE : FR_BUSY)
    );
  }

  #raise(interrupts) {
    this.#status |= interrupts;
    this.#updateInterrupt();
  }

  #clear(interrupts) {
    this.#status &= ~interrupts;
    this.#updateInterrupt();
  }

  #updateInterrupt() {
    this.rp2040.setInterrupt(this.irq, (this.#status & this.#registers[IMSC]) !== 0);
  }

  #listen() {
    const enabled = CR_UARTEN | CR_RXE;
    if (this.#receiving || this.#line.length === 0 || (this.#registers[CR] & enabled) !== enabled) return;
    this.#receiving = true;
    this.receiveAlarm.schedule(BITS_PER_BYTE * this.#bitNanos);
  }

  #receiveOne() {
    this.#receiving = false;
    if (this.#received.itemCount < this.#depth) {
      this.#received.push(this.#line.shift());
      this.timeoutAlarm.schedule(RECEIVE_TIMEOUT_BITS * this.#bitNanos);
      if (this.#received.itemCount >= this.#receiveLevel) this.#raise(INT_RX);
    }
    this.#listen();
  }

  #receiveTimeout() {
    if (!this.#received.empty) this.#raise(INT_RT);
  }

  #send(byte) {
    this.onByte(byte);
    this.#sending += 1;
    if (this.#sending > this.#transmitLevel) this.#clear(INT_TX);
    if (this.#sending === 1) this.sentAlarm.schedule(BITS_PER_BYTE * this.#bitNanos);
  }

  #sentOne() {
    this.#sending -= 1;
    if (this.#sending === this.#transmitLevel) this.#raise(INT_TX);
    if (this.#sending > 0) this.sentAlarm.schedule(BITS_PER_BYTE * this.#bitNanos);
  }

  #take() {
    const byte = this.#received.pull();
    if (this.#received.itemCount < this.#receiveLevel) this.#clear(INT_RX);
    if (this.#received.empty) this.#clear(INT_RT);
    return byte;
  }

  readUint32(offset) {
    if (offset >= PERIPHERAL_ID) return IDENTIFICATION[(offset - PERIPHERAL_ID) >> 2];
    switch (offset) {
      case DR:
        return this.#take();
      case FR:
        return this.#flags;
      case RIS:
        return this.#status;
      case MIS:
        return this.#status & this.#registers[IMSC];
      case RSR:
      case ICR:
        return 0;
      default:
        return this.#registers[offset] ?? super.readUint32(offset);
    }
  }

  writeUint32(offset, value) {
    switch (offset) {
      case DR:
        this.#send(value & 0xff);
        break;
      case ICR:
        this.#clear(this.rawWriteValue);
        break;
      case RSR:
        break;
      default:
        if (!(offset in this.#registers)) return super.writeUint32(offset, value);
        this.#registers[offset] = value;
        if (offset === IMSC) this.#updateInterrupt();
        if (offset === CR) this.#enable();
    }
  }

  #enable() {
    if (this.#registers[CR] & CR_UARTEN) this.rp2040.dma.setDREQ(this.dreq.tx);
    else this.rp2040.dma.clearDREQ(this.dreq.tx);
    this.#listen();
  }
}
