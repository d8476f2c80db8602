"""Records what a client can do against Farol: a list of small steps, each with its outcome.

A step is a function of the world that the steps share. It returns when the operation works, with a line about what it
saw if that is worth telling. A step that is declared `refuses` has to be refused, in words that the pattern finds; one
that is declared `later` has to be answered with what this version does not offer; one with a `fault` of the client has
to fail by it. Anything else is a failure, and the walk goes on.
"""

import json
import re
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

WORKS, REFUSED, LATER, ABSENT, FAULT, FAILED = "works", "refused", "planned", "absent", "fault", "failed"


class NotInThisClient(Exception):
    """The client has no such operation."""


@dataclass(frozen=True)
class Fault:
    """A fault of one version of the client, whatever the server answers."""

    pattern: str  # what the client then says
    cause: str  # what is wrong in its source


@dataclass(frozen=True)
class Step:
    area: str
    name: str
    action: Callable
    refuses: str | None
    later: bool
    first: bool
    fault: Fault | None


class Walk:
    def __init__(self):
        self.steps = []

    def step(self, area, name, *, refuses=None, later=False, first=False, fault=None):
        """
        refuses: a pattern that the refusal's text has to match
        later: the operation belongs to what this version of Farol does not offer yet
        first: nothing after it makes sense when it fails
        fault: what this version of the client does wrong by itself
        """

        def keep(action):
            self.steps.append(Step(area, name, action, refuses, later, first, fault))
            return action

        return keep

    def run(self, world, client, out, tidy=lambda text: text, only=None):
        """Walks all steps and writes what they showed; the exit code is the number of failures, at most 100."""
        results = []
        for step in self.steps:
            if only and not re.search(only, f"{step.area} {step.name}"):
                continue
            start = time.monotonic()
            outcome, detail = self._take(step, world, tidy)
            seconds = time.monotonic() - start
            print(f"{outcome:8} {seconds:6.2f} s  {step.area}: {step.name}" + (f"  {detail}" if detail else ""), flush=True)
            results.append(
                {"area": step.area, "step": step.name, "outcome": outcome, "detail": detail, "seconds": round(seconds, 2)}
            )
            if outcome == FAILED and step.first:
                print("Nothing after this makes sense.", file=sys.stderr)
                break
        out.write_text(json.dumps({"client": client, "steps": results}, indent=1, ensure_ascii=False) + "\n")
        return min(sum(result["outcome"] == FAILED for result in results), 100)

    @staticmethod
    def _take(step, world, tidy):
        try:
            said = step.action(world)
        except NotInThisClient as absent:
            return ABSENT, str(absent)
        except Exception as error:
            said = tidy(str(error))
            if step.fault and re.search(step.fault.pattern, said):
                return FAULT, f"{type(error).__name__}: {line(said).rstrip('.')}. {step.fault.cause}"
            if step.later and re.search("NotSupported|this version of Farol", said):
                return LATER, line(said)
            if step.refuses and re.search(step.refuses, said, re.S):
                return REFUSED, line(said)
            traceback.print_exc()
            return FAILED, f"{type(error).__name__}: {line(said)}"
        if step.later or step.refuses or step.fault:
            return FAILED, "was to be refused, and went through"
        return WORKS, tidy(said) if isinstance(said, str) else ""


def line(text, limit=400):
    """The text in one line."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} (expected: {expected!r})")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
