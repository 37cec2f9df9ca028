"""How often each block of a littlefs is erased by rotations: flash_wear.py ROTATIONS BLOCKS.

Prints a line of JSON: blocks of 4 kB, erasures of all of them, and of the one that is erased most.
"""

import json
import sys

import vfs
from cognito_mp import FileStore
from cut_filesystems import Medium, session

rotations, blocks = int(sys.argv[1]), int(sys.argv[2])
medium = Medium(4096, bytearray(b"\xff" * (4096 * blocks)))
vfs.VfsLfs2.mkfs(medium)
vfs.mount(vfs.VfsLfs2(medium), "/flash")
store = FileStore("/flash/session")
erased = [0] * blocks
for number in range(rotations):
    medium.log.clear()
    store.save(session(number))
    for kind, at, _ in medium.log:
        if kind == "erase":
            erased[at // 4096] += 1
print(json.dumps({"blocks": blocks, "erased": sum(erased), "most": max(erased)}))
