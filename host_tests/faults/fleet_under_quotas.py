"""A fleet and Cognito's quotas: an outage, and all switched on at once; nobody is signed out. See the folder fleet."""

from __future__ import annotations

from faults.table import Missing, Plan, Row

# Minutes that a fleet may take longer than the quota allows at best.
_PATIENCE = 30
# A device gets its token at this many requests, or sooner.
_REQUESTS_EACH = 30


def run(plan: Plan) -> list[Row]:
    """Each scenario that the product has to stand, with a fleet as large as there is time for."""
    try:
        from fleet.scenarios import MILLION, PRODUCT, SCENARIOS, run
    except ModuleNotFoundError as problem:
        if problem.name != "simpy":
            raise
        raise Missing("SimPy is not installed: make setup") from problem
    devices = 10_000 if plan.full else 500
    seed = plan.seed or 1
    rows = []
    for name in PRODUCT:
        told = run(SCENARIOS[name], devices, seed)
        scenario = told.scenario
        waited = max(told.waiting[told.since // 60 :])
        best = waited / scenario.quota / 60
        minutes = told.recovered(1)
        failures = []
        if told.signed_out:
            failures.append(f"{told.signed_out} devices were signed out")
        if minutes is None or minutes > best + _PATIENCE:
            failures.append(
                f"the last device had its token after {minutes} minutes, {best:.0f} are the best there can be"
            )
        if sum(told.asked) > _REQUESTS_EACH * MILLION:
            failures.append(f"{sum(told.asked) / MILLION:.0f} requests for each device")
        apart = f"{told.failed:,} of a million had a refresh fail, all had a token after {minutes} min"
        rows.append(Row(f"{name}, {devices:,} devices", devices, str(seed), failures, apart))
    return rows
