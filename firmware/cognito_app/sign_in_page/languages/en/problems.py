"""English: what went wrong, and what else is worth a word."""

WORDS = {
    # What went wrong
    "error": "Error",
    "service_says": "The service says:",
    "device_says": "The device says:",
    "no_network": "Choose a network, or type its name.",
    "long_network": "The name of a Wi-Fi network has 32 bytes at most.",
    "wifi_failed": "The device could not connect to that Wi-Fi. Check the password, and try again.",
    "wrong_password": "The name or the password is wrong.",
    "late_proof": "The password may be right: the device took too long to prove it. If it does so again, use "
    "cognito-mp provision on a computer.",
    "srp_only": "The service does not offer the safe way of checking your password, and this device uses no other. Ask "
    "whoever runs the service.",
    "disabled": "This account is locked. Ask whoever runs the service.",
    "locked_out": "There were too many wrong passwords. Wait a few minutes, then try again.",
    "too_many": "There were too many tries. Wait a while, then try again.",
    "expired_temporary": "The temporary password is no longer good. Ask for a new one.",
    "took_too_long": "That took too long, or was answered twice. Please sign in again.",
    "wrong_digits": "Those are not the digits of this device.",
    "gate_shut": "There were too many wrong codes. Use the device's own Wi-Fi, or hold its button to start anew.",
    "wrong_code": "That code is not right. Try again.",
    "expired_code": "That code is no longer good. Ask for a new one.",
    "weak_password": "That password is not good enough.",
    "differ": "The two passwords are not the same.",
    "empty": "Fill in every field.",
    "exists": "There is an account with that name already. Sign in with it.",
    "no_sign_up": "New accounts can't be made here. Ask whoever runs the service.",
    "network_failed": "The service could not be reached. Try again.",
    "service_said": "The service refused.",
    "internal": "Something went wrong in the device. Try again.",
    "unknown_challenge": "This account wants something that this page can't do. Use cognito-mp provision on a "
    "computer.",
    "unsaved": "The session could not be saved: it is good until the device restarts.",
    "stale": "That form was out of date. Here is where we are now.",
    "bad_form": "That form did not arrive as it should. Load the page again; cookies must be allowed for it.",
    "too_long": "Something in the form is too long, or has characters that can't be.",
    # What else is worth a word
    "no_srp": "Your password was sent to the service, over an encrypted and verified connection. The way in which not "
    "even the service gets it (SRP) is not set up for this device.",
    "new_code_sent": "A new code is on its way.",
}
