"""Runs when the device starts. Without settings.json it says so and gives the REPL."""

import app

app.run()
