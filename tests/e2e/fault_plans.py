"""A seed's story: some history, one or two faults, the recovery, a run that does the rest; each is looked at."""

from __future__ import annotations

import random
import shutil
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from jobs.home import open_home
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from tests.e2e import soundness
from tests.e2e.fault_kinds import KINDS
from tests.e2e.reader_states import possible
from tests.e2e.tiny_runs import land, open_place

DAYS = [date(2024, 5, 1) + timedelta(days=each) for each in range(4)]


class Unsound(AssertionError):
    """A seed found something wrong."""


@dataclass
class Story:
    """What one seed did: which faults really fired and what a reader saw after each step."""

    fired: Counter = field(default_factory=Counter)
    seen: list = field(default_factory=list)


class Sweep:
    """Plays seeds, each in a copy of a home with three days of history published by two runs."""

    def __init__(self, processes, folder):
        self.processes, self.folder = processes, folder
        self.template = folder / "template"
        place, self.home = open_place(self.template), open_home(folder / "home")
        for number, days in ((1, DAYS), (2, DAYS[1:3])):
            land(place, number, days)
            ended, said = processes.perform(order(self.template, run(f"history-{number}")))
            assert ended == 0 and said[-1]["error"] == "", said
        assert soundness.shown(place).keys() == set(DAYS), "without rows nothing can be lost"

    def run(self, seed, *, mistake="", timed=True):
        """Play a seed; raise ``Unsound`` if anything is lost, doubled, unaudited or in disagreement after it."""
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        shutil.copytree(self.template, self.folder / "home")
        place = Workplace.open(self.home, self.home.region("eu"), no_spark)  # a lake knows the versions it has read
        return _Seed(self.processes, place, seed, mistake, timed).play()


class _Seed:
    def __init__(self, processes, place, seed, mistake, timed):
        self.processes, self.place, self.seed, self.mistake, self.timed = processes, place, seed, mistake, timed
        self.rng, self.story = random.Random(seed), Story()
        self.now, self.told = soundness.shown(self.place), []

    def play(self):
        names = list(KINDS)
        chosen = [names[self.seed % len(names)]] + self.rng.sample(names, self.rng.choice((0, 0, 1)))
        for turn, name in enumerate(chosen):
            if self.timed or name != "killed at any moment":
                self.told.append(name)
                self.meet(turn, name)
        said = self.perform("the rest", run(f"{self.seed}-rest"), recover=True)
        self.hold("the rest was made", all(line.get("error", "") == "" for line in said))
        self.hold("all agree after a rerun", not (wrong := soundness.disagreement(self.place)), wrong)
        return self.story

    def meet(self, turn, name):
        """Let a late file come, meet the fault, and sometimes run on or take the file back before the recovery."""
        rng, run_id = self.rng, f"{self.seed}-{turn}"
        days = sorted(rng.sample(DAYS, rng.randint(1, 4)))
        file = land(self.place, 10 + turn, days)
        fault = KINDS[name](rng, run_id, days)
        more = [run(f"{run_id}-more", rng.sample(DAYS, rng.randint(1, 3)))] if rng.random() < 0.5 else []
        room = [{"do": "make room"}] if rng.random() < 0.7 else []
        said = self.perform(name, *fault.steps, *room, *more, fault=fault)
        if fault.fired(self.ended, said):
            self.story.fired[name] += 1
        if self.ended and more and not fault.recovery and rng.random() < 0.5:
            self.perform(f"{name}, then a run without recovery", *more)
        if rng.random() < 0.25:
            self.place.catalog.quarantine_file(file, "taken back")
        if fault.recovery:
            self.perform(f"{name}, again", fault=fault, recover=True)
            self.story.fired[name] += self.ended == -signal.SIGKILL
        self.perform("recovery", recover=True)

    def perform(self, what, *steps, fault=None, recover=False):
        """Let a process do the steps and hold what it left against what it said."""
        first = [{"do": "take over"}] if recover else []
        told = order(self.place.home.path, *first, *steps, mistake=self.mistake)
        if fault:
            told |= {"failing": fault.failing, "trip": fault.recovery if recover else fault.trip}
            told["kill_after"] = 0 if recover else fault.kill_after
        self.ended, said = self.processes.perform(told)
        self.hold(f"{what}: the process ended with {self.ended}", self.ended in (0, -signal.SIGKILL), said)
        seen = soundness.shown(self.place)
        self.hold(f"{what}: each day is wholly old or new", seen in possible(self.now, said), said)
        self.now = seen
        self.story.seen.append((what, seen))
        self.hold(f"{what}: what is fresh was audited", not soundness.unaudited(self.place))
        if recover and self.ended == 0:
            self.hold(f"{what}: each version has its audit lines", not (found := soundness.untold(self.place)), found)
            self.hold(f"{what}: nothing is damaged or lies about", not (found := soundness.damage(self.place)), found)
        return said

    def hold(self, what, true, *why):
        if not true:
            raise Unsound(f"seed {self.seed} ({', '.join(self.told)}): not true that {what} {why}")


def order(home, *steps, mistake=""):
    return {"home": str(home), "steps": steps, "mistake": mistake}


def run(run_id, days=()):
    """A run of those days, or of all that is stale."""
    return {"do": "run", "run_id": run_id, "days": [str(day) for day in days]}
