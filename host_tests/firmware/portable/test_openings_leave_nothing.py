"""However often the page opens and however it ends, the heap and the link are as they were."""

import gc

from checks import Skip, raises
from fake_device import run
from test_opening import Ended, ended, openings


async def fails() -> None:
    raise OSError(5, "a fault")


def test_the_heap_does_not_grow():
    if not hasattr(gc, "mem_alloc"):
        raise Skip("no gc.mem_alloc on this Python")
    for opened in openings()[::4]:
        sizes: list = []
        for each, kind in ((ended, Ended), (fails, OSError)) * 6:
            opened.each = each
            raises(kind, run, opened.page())
            opened.told.clear()
            opened.device.seen.clear()
            opened.model.network.shown.clear()
            opened.model.network.asked.clear()
            opened.server = None
            gc.collect()
            sizes.append(gc.mem_alloc())
        assert sizes[-1] - sizes[3] < 512, sizes


def test_the_next_opening_and_the_next_refresh_are_ordinary_ones():
    for opened in openings():
        for each, kind in ((ended, Ended), (fails, OSError), (ended, Ended)):
            opened.each = each
            raises(kind, run, opened.page())
            assert opened.is_as_before()
            run(opened.keeper.connect())
        run(opened.device.client.sign_in("alice", "pw-of-alice"))
        run(opened.keeper.refresh())
        assert opened.device.state == "signed in"
