"""The application that a maker flashes: main.py calls app.run()."""
