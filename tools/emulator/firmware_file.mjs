// Firmware as it is distributed: a UF2 file (specification: github.com/microsoft/uf2) or the bare binary.

import fs from 'node:fs';

const FLASH_ADDRESS = 0x10000000;
const BLOCK = 512;
const MAGIC = [[0, 0x0a324655], [4, 0x9e5d5157], [508, 0x0ab16f30]];
const NOT_MAIN_FLASH = 1;

/** The contents of the file at `path`, as segments { offset, bytes } of the flash. */
export function readFirmware(path) {
  const file = fs.readFileSync(path);
  if (file.length < BLOCK) throw new Error(`${path} is too short to be firmware`);
  if (file.readUInt32LE(0) !== MAGIC[0][1]) return [{ offset: 0, bytes: file }];
  const segments = [];
  for (let at = 0; at < file.length; at += BLOCK) {
    const block = file.subarray(at, at + BLOCK);
    if (block.length < BLOCK || MAGIC.some(([place, word]) => block.readUInt32LE(place) !== word)) {
      throw new Error(`${path} is damaged: no UF2 block at byte ${at}`);
    }
    if (block.readUInt32LE(8) & NOT_MAIN_FLASH) continue;
    const size = block.readUInt32LE(16);
    segments.push({ offset: block.readUInt32LE(12) - FLASH_ADDRESS, bytes: block.subarray(32, 32 + size) });
  }
  return segments;
}
