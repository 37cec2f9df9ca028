"""Runs when the device starts. Without settings.json it says so and gives the REPL."""

from cognito_app import app

app.run()
