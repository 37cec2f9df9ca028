// The host's side of the USB serial port that carries the REPL.

import { USBCDC } from 'rp2040js';
import { ByteQueue } from './byte_queue.mjs';

/**
 * rp2040js' own USBCDC answers every read of the OUT endpoint at once, with an empty packet when it has nothing to
 * say; the firmware asks again, and the CPU never sleeps. A real host leaves the transfer pending, and so does
 * this one. It also takes input of any length, where the original drops what exceeds its 512-byte FIFO.
 */
export class UsbSerialHost extends USBCDC {
  #input = new ByteQueue();
  #pendingRead = null;

  constructor(usb) {
    super(usb);
    usb.onEndpointRead = (endpoint, size) => {
      if (endpoint !== this.outEndpoint) return;
      this.#pendingRead = size;
      this.#answer();
    };
  }

  /** Types `bytes` (a Uint8Array) into the device. */
  send(bytes) {
    this.#input.push(bytes);
    this.#answer();
  }

  #answer() {
    if (this.#pendingRead === null || this.#input.length === 0) return;
    const size = this.#pendingRead;
    this.#pendingRead = null;
    this.usb.endpointReadDone(this.outEndpoint, this.#input.take(size));
  }
}
