// Bytes that came in chunks and go out one at a time or in chunks of another size.
// (Array.shift on a plain array of bytes moves all the rest, every time.)

export class ByteQueue {
  #chunks = [];
  #offset = 0;
  length = 0;

  /** Adds a chunk (a Uint8Array, which must not change afterwards). */
  push(chunk) {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Removes and returns the first byte; undefined when there is none. */
  shift() {
    if (this.length === 0) return undefined;
    const byte = this.#chunks[0][this.#offset++];
    if (this.#offset === this.#chunks[0].length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
    this.length -= 1;
    return byte;
  }

  /** Removes and returns the first `size` bytes, or all when there are fewer. */
  take(size) {
    const bytes = new Uint8Array(Math.min(size, this.length));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.shift();
    return bytes;
  }

  clear() {
    this.#chunks = [];
    this.#offset = 0;
    this.length = 0;
  }
}
