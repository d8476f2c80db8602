"""Compiles what is installed in a folder for this interpreter, or links what was compiled before.

usage: compile.py FOLDER STORE PROCESSES      prints: files compiled, files linked

A package's files are links to one copy in uv's cache, so a file that was compiled for another
environment is known by its inode, time and size; what was compiled from it is kept in STORE and
linked. A compiled file names its source by time and size, which links share. Tests that packages
ship are passed over: they are half of the files, and no worker imports them.
"""

import importlib.util
import os
import py_compile
import sys

store = os.path.join(sys.argv[2], sys.implementation.cache_tag + "-" + importlib.util.MAGIC_NUMBER.hex())
processes = max(1, int(sys.argv[3]))
PASSED_OVER = {"tests", "test", "__pycache__"}


def sources(root):
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in PASSED_OVER]
        for name in files:
            if name.endswith(".py"):
                yield os.path.join(folder, name)


def kept(status):
    if status.st_nlink < 2:
        return None  # a copy of this environment's own: nobody will ever ask again
    number = f"{status.st_ino:x}"
    return os.path.join(store, number[-2:], f"{number}-{status.st_mtime_ns:x}-{status.st_size:x}")


def link(source, target):
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.link(source, target)
        return True
    except OSError:
        return False


def linked(source):
    target = importlib.util.cache_from_source(source)
    keep = kept(os.stat(source))
    return os.path.exists(target) or (keep is not None and link(keep, target))


def compiled(source):
    target = importlib.util.cache_from_source(source)
    try:
        py_compile.compile(
            source, target, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP
        )
    except (py_compile.PyCompileError, UnicodeError, ValueError, RecursionError):
        return  # a template, or code for another version of Python
    keep = kept(os.stat(source))
    if keep is not None:
        link(target, keep)


found = sorted(sources(sys.argv[1]))
missing = [source for source in found if not linked(source)]
missing.sort(key=os.path.getsize)
children = []
for part in range(processes):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for source in missing[part::processes]:
                compiled(source)
            code = 0
        finally:
            os._exit(code)
    children.append(child)
failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
print(len(missing), len(found) - len(missing))
sys.exit(1 if failed else 0)
