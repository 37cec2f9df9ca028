"""Where TwoSlots saves when a slot can't be read. Loaded only then."""

from ..errors import StoreError


def next_number(slots: tuple, number_of) -> tuple:
    """(sequence number, slots): what the next record gets, and what is to be removed once that is written.

    number_of  number_of(slot), as TwoSlots has it
    """
    newest = -1
    unreadable = []
    for slot in slots:
        try:
            newest = max(newest, number_of(slot))
        except StoreError:
            unreadable.append(slot)
    if unreadable and newest < 0:
        # Nothing is there to tell whose turn it is. The other one, once it can be read again, may have a higher number.
        return slots.index(unreadable[0]), unreadable[1:]
    # The slot that holds `newest` was readable, so one that was not is the other, whose turn it is.
    return newest + 1, []
