// A stream of bytes to the outside: a Unix socket with one client at a time, or stdin and stdout.

import fs from 'node:fs';
import net from 'node:net';

const BACKLOG_CHUNKS = 1000;

/** Listens at a path, which nobody comes upon by accident; the newest client takes the place of the last. */
export class SocketPort {
  #client = null;
  #backlog = [];
  #server;

  /** `received(bytes)` is called with what the client sends. */
  constructor(received) {
    this.#server = net.createServer((socket) => this.#accept(socket, received));
  }

  /** Resolves when a client can connect to `path`; the socket that an earlier run left there goes. */
  listen(path) {
    if (fs.lstatSync(path, { throwIfNoEntry: false })?.isSocket()) fs.unlinkSync(path);
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Sends bytes (a Uint8Array) to the client; with no client, keeps the latest for the next one. */
  send(bytes) {
    if (this.#client !== null) {
      this.#client.write(bytes);
      return;
    }
    this.#backlog.push(bytes);
    if (this.#backlog.length > BACKLOG_CHUNKS) this.#backlog.shift();
  }

  /** Drops the client, as a USB device does when it resets. */
  disconnect() {
    this.#client?.end();
    this.#client = null;
    this.#backlog = [];
  }

  #accept(socket, received) {
    this.#client?.destroy();
    this.#client = socket;
    for (const bytes of this.#backlog.splice(0)) socket.write(bytes);
    socket.on('data', (bytes) => {
      if (this.#client === socket) received(bytes);
    });
    socket.on('error', () => socket.destroy()); // the client went away: 'close' follows
    socket.on('close', () => {
      if (this.#client === socket) this.#client = null;
    });
  }
}

const CTRL_RIGHT_BRACKET = 0x1d;
const CTRL_X = 0x18;

/** The terminal, or whatever stdin and stdout are. At a terminal Ctrl-] or Ctrl-X calls `leave()`. */
export class StdioPort {
  constructor(received, leave) {
    const { stdin } = process;
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', (bytes) => {
      const wantsOut = stdin.isTTY && (bytes.includes(CTRL_RIGHT_BRACKET) || bytes.includes(CTRL_X));
      if (wantsOut) leave();
      else received(bytes);
    });
  }

  send(bytes) {
    process.stdout.write(bytes);
  }

  disconnect() {}
}
