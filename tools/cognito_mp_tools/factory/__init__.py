"""`cognito-mp factory`: many boards made at once, each with a user and a session of its own.

commands      what a person types
line          every board that is plugged in is worked on, all at the same time, each a row on the screen
board_work    the steps of one board, in order, each taken up again where it stopped
serial_board  what is done to a board on a serial port
people        whose sessions the boards get: users of a list, or one made for each board
pace          Cognito's quotas, shared by all boards
ledger        what has been done, in SQLite; no password and no token is in it
labels        a PDF sheet of labels
exports       CSV, and the file that AWS IoT's bulk registration reads
"""
