// The browser's side of Improv over a serial port, by npm's improv-wifi-serial-sdk, on Node.js.
//
//   node improv.mjs NODE_MODULES FD SSID PASSWORD WRONG_PASSWORD
//
// FD is the other end of the device's serial port. Prints one line of JSON: what the device has told.
import { createReadStream, writeSync } from "node:fs";
import { register } from "node:module";

// The package is written for bundlers: its imports lack ".js", and it does not say that it is made of modules.
const hooks = `
export async function resolve(name, context, next) {
    return next(name.startsWith(".") && !/\\.m?js$/.test(name) ? name + ".js" : name, context);
}
export async function load(url, context, next) {
    return next(url, url.includes("improv-wifi-serial-sdk") ? { ...context, format: "module" } : context);
}`;
register("data:text/javascript," + encodeURIComponent(hooks));
globalThis.CustomEvent ??= class extends Event {
    constructor(name, options) {
        super(name);
        this.detail = options?.detail;
    }
};

const [modules, fd, ssid, password, wrong] = process.argv.slice(2);
const { ImprovSerial } = await import(`${modules}/improv-wifi-serial-sdk/dist/serial.js`);

const input = createReadStream("", { fd: Number(fd), autoClose: false, highWaterMark: 256 });
const port = {
    readable: new ReadableStream({
        start(controller) {
            input.on("data", (data) => controller.enqueue(new Uint8Array(data)));
        },
    }),
    writable: new WritableStream({
        // At once: the SDK can't send its next command before this one counts as written, and the answer may be here first.
        write: (data) => void writeSync(Number(fd), data),
    }),
};

const quiet = { log() {}, debug() {}, error: (...words) => console.error(...words) };
const improv = new ImprovSerial(port, quiet);
const told = { info: await improv.initialize(20000), first: improv.state };
told.networks = await improv.scan();
told.refusal = await improv.provision(ssid, wrong, 60000).catch(String);
told.after_refusal = improv.state; // a program looks, and goes on, the moment it hears of the refusal
await improv.requestInfo();
told.error_after_info = improv.error;
told.hostname = await improv.getHostname().catch(String);
await improv.requestCurrentState();
told.after_hostname = improv.state;
told.error_after_state = improv.error;
await improv.provision(ssid, wrong, 60000).catch(String);
await improv.provision(ssid, password, 60000);
told.error_after = improv.error;
told.after = improv.state;
told.url = improv.nextUrl;
await improv.requestCurrentState();
told.url_again = improv.nextUrl;
console.log(JSON.stringify(told));
process.exit(0);
