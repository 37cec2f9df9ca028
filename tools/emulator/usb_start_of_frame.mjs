// The start of a USB frame, every millisecond, which rp2040js does not send to a device. MicroPython sends what it
// printed before the port was open (its banner, the output of main.py) on such an interrupt: without one that text
// stays in the chip until something else is printed. (tud_sof_cb in shared/tinyusb/mp_usbd_cdc.c)

const SOF_RD = 0x48;
const INTE = 0x90;
const DEV_SOF = 1 << 17;
const FRAME_NANOS = 1e6;
const FRAME_NUMBERS = 0x800;

/** Adds frames to `usb`, rp2040js' USB controller. They cost nothing while the firmware has their interrupt off. */
export function addStartOfFrame(usb, clock) {
  let frame = 0;
  const alarm = clock.createAlarm(() => {
    frame = (frame + 1) % FRAME_NUMBERS;
    usb.intRaw |= DEV_SOF;
    usb.checkInterrupts();
    schedule();
  });
  const schedule = () => {
    if (usb.intEnable & DEV_SOF) alarm.schedule(FRAME_NANOS);
    else alarm.cancel();
  };

  const readUint32 = usb.readUint32.bind(usb);
  usb.readUint32 = (offset) => {
    if (offset !== SOF_RD) return readUint32(offset);
    usb.intRaw &= ~DEV_SOF; // reading the frame's number acknowledges the interrupt
    usb.checkInterrupts();
    return frame;
  };

  const writeUint32 = usb.writeUint32.bind(usb);
  usb.writeUint32 = (offset, value) => {
    const before = usb.intEnable & DEV_SOF;
    writeUint32(offset, value);
    if (offset === INTE && (usb.intEnable & DEV_SOF) !== before) schedule();
  };
}
