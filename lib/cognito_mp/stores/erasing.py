"""How TwoSlots removes a session. Loaded only then."""

from errno import ENOENT

from ..errors import StoreError

_EROFS = 30  # not every port's errno has a name for it


def erase(slots: tuple, number_of) -> None:
    """Remove what is in both `slots`. Raises StoreError when one can't be removed; the other is removed even then.

    number_of  number_of(slot), as TwoSlots has it
    """
    # The older slot goes first: a power cut in between must not bring an older session back. One that can't be read
    # counts as older, as it does when a session is saved.
    first, second = [_number(slot, number_of) for slot in slots]
    older, newer = slots if first < second else (slots[1], slots[0])
    problem = None
    try:
        _remove(older)
    except StoreError as error:
        if _number(older, number_of) >= 0:
            raise  # without the newer slot, this older session would be the one that load() finds
        problem = error
    _remove(newer)
    if problem:
        raise problem


def _number(slot, number_of) -> int:
    try:
        return number_of(slot)
    except StoreError:
        return -1


def _remove(slot) -> None:
    try:
        slot.remove()
    except OSError as error:
        # FatFs looks whether a drive is read-only before it looks whether there is such a file.
        if error.errno in (ENOENT, _EROFS) and not slot.read(0):
            return
        if error.errno == _EROFS:
            raise StoreError(
                _EROFS, "the drive with %s is read-only: on CircuitPython boot.py can remount it" % slot.name
            )
        raise StoreError(error.errno, "can't remove " + slot.name)
