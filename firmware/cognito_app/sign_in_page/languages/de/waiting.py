"""German: what is shown while the device works, when it has least RAM to spare."""

WORDS = {
    "wait": "Einen Moment",
    "wait_intro": "Das Gerät arbeitet daran. Das kann eine halbe Minute dauern; die Seite geht von selbst weiter.",
    "wait_wifi": "Ihr Telefon verliert vielleicht das WLAN des Geräts, während dieses das andere Netz sucht. "
    "Verbinden Sie es dann neu, und öffnen Sie diese Seite noch einmal.",
    "look_again": "Noch einmal nachsehen",
}
