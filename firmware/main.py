"""Runs when the device starts. Without settings.json it says so and gives the REPL."""

from cognito_app import at_reset

start = at_reset.this_start()  # before the rest is imported, which takes a second

from cognito_app import app  # noqa: E402

app.run(start)
