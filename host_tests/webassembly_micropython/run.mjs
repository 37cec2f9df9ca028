// Runs portable test files on a MicroPython that is a WebAssembly module:
//     node run.mjs <folder of the npm package> <root of the repository> test_x.py ...
// The module's filesystem is its own, in memory: lib/ and host_tests/ are copied into it.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { webcrypto } from "node:crypto";

const [packageFolder, root, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(path.join(packageFolder, "micropython.mjs")));
globalThis.crypto ??= webcrypto; // Node 18 has it in node:crypto alone
const micropython = await loadMicroPython({
  heapsize: 8 * 1024 * 1024,
  linebuffer: false,
  stdout: (bytes) => process.stdout.write(bytes),
  stderr: (bytes) => process.stderr.write(bytes),
});

function copy(from, to) {
  micropython.FS.mkdirTree(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = `${to}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== "__pycache__") copy(source, target);
    else if (entry.isFile()) micropython.FS.writeFile(target, fs.readFileSync(source));
  }
}
for (const folder of ["lib/cognito_mp", "host_tests/portable", "host_tests/vectors"]) {
  copy(path.join(root, folder), `/project/${folder}`);
}
micropython.FS.mkdirTree("/work");
// What the tests wrote that the host has to look at.
const sent = "sent_requests.jsonl";

globalThis.cognitoMpTests = JSON.stringify(files);
const start = fs.readFileSync(path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "start.py"), "utf8");
let status = 1;
try {
  micropython.runPython(start);
  status = Number(micropython.globals.get("status"));
} catch (error) {
  console.log(String(error));
}
if (micropython.FS.analyzePath(`/work/${sent}`).exists) {
  fs.writeFileSync(sent, micropython.FS.readFile(`/work/${sent}`));
}
process.exitCode = status;
