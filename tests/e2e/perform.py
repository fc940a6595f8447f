"""What one process does in the fault sweep: steps in order, one tripwire, at most one planted mistake."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from jobs.nightly import run_table
from jobs.plan import plan
from jobs.take_over import take_over
from tests.e2e import mistakes, tripwires
from tests.e2e.tiny_runs import TABLE, land, open_place, stand_in_for_spark


def perform(order, say):
    """Do the steps of an order; a run that fails does not end the process, as in a nightly run."""
    place = open_place(Path(order["home"]))
    stand_in_for_spark(say, order.get("failing", ()))
    if order.get("mistake"):
        mistakes.plant(order["mistake"])
    if trip := order.get("trip"):
        _arm(place, say, **trip)
    for step in order["steps"]:
        _step(place, say, **step)


def _step(place, say, do, run_id="", days=(), number=0):
    if do == "take over":
        take_over(place.home)
        say(took_over=True)
    elif do == "land":
        land(place, number, map(date.fromisoformat, days))
    elif do == "make room":
        tripwires.empty_the_disk()
    else:
        _run(place, say, run_id, [date.fromisoformat(day) for day in days] or stale(place))


def _run(place, say, run_id, days):
    error = ""
    try:
        if days:
            run_table(place, TABLE.name, days, run_id)
    except Exception as raised:
        error = type(raised).__name__
    say(ended=run_id, error=error)


def stale(place):
    return [one.date for one in plan(place, tables=(TABLE.name,)) if one.table == TABLE.name]


def _arm(place, say, act, point="", nth=1, room=0, steps=()):
    def other():
        for step in steps:
            _step(place, say, **step)

    acts = {
        "kill": tripwires.kill,
        "refuse": tripwires.refuse_a_write,
        "refuse in sqlite": tripwires.refuse_in_sqlite,
        "fill": partial(tripwires.fill_the_disk, room),
        "other": other,
    }

    def fire():
        say(fired=act)
        acts[act]()

    if point == "any call":
        tripwires.arm_any_call(nth, fire)
    else:
        tripwires.arm(point, nth, fire)
