"""A person who knows the installation only by `geoward status`, `geoward fsck` and docs/runbook.md."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.simulated_night.world import World

RUNBOOK = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
GIVE_UP = 6
"""Problems mended one after the other in one morning."""


class Stuck(AssertionError):
    """The runbook does not lead out."""


def entry(kind: str) -> str:
    """Return the runbook's entry of that name."""
    found = re.search(rf"(?ms)^## {kind}\n(.*?)(?=^## |\Z)", RUNBOOK)
    if not found:
        raise Stuck(f"no entry {kind}")
    return found[1]


def steps(kind: str, finding: str, facts: Mapping[str, str]) -> list[list[str]]:
    """Return the commands of an entry's block, of the one below ``*finding*`` if the entry tells several apart.

    Words in capitals are filled in from what the person knows; raises ``Stuck`` for one that nobody could know.
    """
    text = entry(kind)
    if finding:
        before, found, text = text.partition(f"*{finding}*")
        if not found:
            raise Stuck(f"entry {kind} does not know of {finding!r}")
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    if not block:
        raise Stuck(f"entry {kind} has no commands")
    return [_filled(line, facts) for line in block[1].splitlines() if line.split("#")[0].strip()]


def _filled(line: str, facts: Mapping[str, str]) -> list[str]:
    words = shlex.split(line.split("#")[0])[1:]
    unknown = [word for word in words if re.fullmatch(r"[A-Z]+", word) and word not in facts]
    if unknown:
        raise Stuck(f"`{line}` asks for {unknown}, which nothing tells")
    return [facts.get(word, word) for word in words]


class Engineer:
    """Mends one problem after the other, and remembers which entries were of use."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.used: list[str] = []

    def problems(self) -> list[dict[str, Any]]:
        """Return what fsck and status say; fsck names each damage, of which the status only knows the number."""
        damage = self.world.listing("fsck")["damage"]
        found = self.world.listing("status")["problems"]
        return [one for one in found if one["kind"] != "storage" or not damage] + [
            {**one, "kind": "storage", "date": None} for one in damage
        ]

    def mend(self, findings: Mapping[str, str], outside: Callable[[], Mapping[str, str]] = dict) -> list[str]:
        """Mend all that is wrong by the runbook; return the kinds met.

        ``findings`` are what the person concludes of a kind of problem, in the runbook's words; ``outside`` does
        what only people elsewhere can (deliver a file, free the disk) and tells names that they tell.
        """
        met: list[str] = []
        told: Mapping[str, str] | None = None
        while problems := self.problems():
            if len(met) == GIVE_UP:
                raise Stuck(f"still wrong after {met}: {problems}")
            told = outside() if told is None else told
            met.append(problems[0]["kind"])
            self._mend(problems[0], findings.get(problems[0]["kind"], ""), told)
        self.used += met
        return met

    def _mend(self, problem: dict[str, Any], finding: str, told: Mapping[str, str]) -> None:
        known = {"TABLE": problem["table"], "R": problem["region"], "D": str(problem["date"] or ""), "WHY": "known"}
        bad = self.world.listing("quarantine", "list")["files"]
        ids = [("ID", file["file_id"]) for file in bad if not file["dismissed"]]
        if problem["kind"] == "storage":  # each damage names its own mend, and the entry what it means
            commands = [shlex.split(text)[1:] for text in re.findall(r"`(geoward [^`]+)`", problem["mend"])]
        else:
            commands = steps(problem["kind"], finding, {**known, **dict(ids), **told})
        commands = [words for words in commands if words != ["withdraw"]]  # named as what could go wrong, not as a step
        if not commands and "remove this one file" in problem["mend"]:
            (self.world.disk / problem["path"]).unlink()
        for words in commands:
            done = self.world.geoward(*words)
            if done.returncode not in (0, 1):  # 1: it says that something is wrong, as listings do
                raise Stuck(f"`geoward {' '.join(words)}` ended with {done.returncode}: {done.stderr}")
