"""Where TwoSlots saves when it can't go on counting, and how it makes sure that what was there stays away.

Loaded only then.
"""

from ..errors import StoreError


def next_number(slots: tuple, number_of, step: int) -> tuple:
    """(sequence number, slots): what the next record gets, and what is to be removed once that is written.

    number_of, step  as TwoSlots has them
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
    if newest + step >> 32:  # four bytes hold no more: the count begins anew, and the highest number has to go
        return (newest + 1) % 2, [slots[newest % 2]]
    # The slot that holds `newest` was readable, so one that was not is the other, whose turn it is.
    return newest + step, []


def settle(save, data: bytes, slots: tuple, number_of) -> None:
    """Put `data`, the newest record's, into the other slot too, where something stands that must not come back.

    Where it can't be written, as on a flash that is full, what stands there is removed. Where not even that can be
    done, or a slot can't be read, the gap between their numbers stays, and the next load() that can sees to it.

    save, number_of  as TwoSlots has them
    """
    try:
        first, second = map(number_of, slots)
        if min(first, second) >= 0:
            try:
                save(data)
            except OSError:
                slots[first > second].remove()
    except OSError:
        pass
