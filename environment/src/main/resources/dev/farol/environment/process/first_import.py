"""Imports the modules of the packages named once, so that what they cache on first use is there.

usage: first_import.py PACKAGE...      prints one line for each module that cannot be imported
"""

import importlib
import importlib.metadata
import os
import sys

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what modules print is not an answer
PASSED_OVER = {"test", "tests", "testing", "docs", "doc", "examples", "benchmarks", "scripts"}


def modules(package):
    distribution = importlib.metadata.distribution(package)
    named = (distribution.read_text("top_level.txt") or "").split()
    if not named:
        for file in distribution.files or ():
            top = file.parts[0]
            if len(file.parts) == 2 and file.parts[1] == "__init__.py":
                named.append(top)
            elif len(file.parts) == 1 and top.endswith(".py"):
                named.append(top[:-3])
    return [name for name in named if name.isidentifier() and not name.startswith("_") and name not in PASSED_OVER]


for package in sys.argv[1:]:
    try:
        wanted = modules(package)
    except Exception as failure:
        print(f"{package}: {type(failure).__name__}: {failure}", file=answers, flush=True)
        continue
    for module in wanted:
        try:
            importlib.import_module(module)
        except BaseException as failure:  # SystemExit too: the next one is tried
            reason = str(failure).split("\n")[0]
            print(f"{module}: {type(failure).__name__}: {reason}", file=answers, flush=True)
answers.flush()
os._exit(0)  # threads that a module started would hold the process up
