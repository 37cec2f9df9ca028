"""English: what is shown while the device works, when it has least RAM to spare."""

WORDS = {
    "wait": "One moment",
    "wait_intro": "The device is working on it. This can take half a minute; the page goes on by itself.",
    "wait_wifi": "Your phone may lose the Wi-Fi of the device while the device looks for the other network. "
    "Join it again then, and open this page again.",
    "look_again": "Look again",
}
