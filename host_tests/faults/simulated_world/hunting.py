"""Look for a seed whose world fails, in whatever library is on the path.

python -m faults.simulated_world.hunting 1 300    prints the first: "seed letter words"; nothing when there is none
"""

from __future__ import annotations

import sys

from faults.simulator import lived_through, settle_in


def main() -> None:
    settle_in()
    for seed in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
        for failure in lived_through([seed]).failures:
            print(*failure)
            return


if __name__ == "__main__":
    main()
