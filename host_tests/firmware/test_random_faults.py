"""Any row of faults that hypothesis can think of: the session lives, and the device comes back by itself."""

from __future__ import annotations

import sys
from pathlib import Path

from cognito_mp_tools.project import LIBRARY, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent / "portable"
for folder in (LIBRARY, ROOT / "firmware", ROOT / "host_tests" / "portable", HERE):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

from fake_device import FakeDevice  # noqa: E402
from fake_faults import CLOCK_STEP, NOTHING, live_through  # noqa: E402

FAULTS = st.lists(
    st.tuples(st.integers(NOTHING, CLOCK_STEP), st.integers(1, 8 * 3600)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(faults=FAULTS, seed=st.integers(1, 1 << 30), rotates=st.booleans(), life=st.sampled_from([300, 3600, 86400]))
def test_random_faults(faults: list[tuple[int, int]], seed: int, rotates: bool, life: int) -> None:
    device = FakeDevice(seed=seed, grace=60 if rotates else None)
    device.cognito.life = life
    live_through(device, faults)
