"""What a zygote imports for its workers: which modules, which never, and how it finds out.

Standard library only, Python 3.8 or newer.
"""

import gc
import importlib
import json
import os
import sys
import threading

# Libraries known to start threads, or to keep state that a fork breaks, sooner or later.
UNSAFE = frozenset(
    "torch torchvision torchaudio tensorflow tensorflow_cpu keras jax jaxlib flax grpc ray mxnet "
    "cupy pycuda paddle dask distributed pyspark py4j gevent eventlet uvloop".split()
)
# Read by native code when a library is loaded: os.environ cannot tell who looked.
NATIVE_VARIABLES = (
    "OMP_ OPENBLAS_ GOTO_ MKL_ BLIS_ KMP_ NUMEXPR_ VECLIB_ LD_ DYLD_ MALLOC_ GLIBC_ PYTHON CUDA_ "
    "OPENSSL_ SSL_ TZ LC_ LANG"
).split()
HARMLESS = frozenset(["PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"])


class Preload:
    """The modules that this process has imported for its workers."""

    def __init__(self, path):
        self._path = path
        self.modules = []
        self.unsafe = {}
        self.loaded = set()
        self.read_variables = set()
        self._baseline = native_threads()
        self._threads = self._baseline
        self._read()

    def _read(self):
        try:
            with open(self._path, encoding="utf-8") as file:
                content = json.load(file)
            self.modules = [str(name) for name in content["modules"]]
            self.unsafe = {str(key): str(why) for key, why in content["unsafe"].items()}
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, AttributeError) as ex:
            print("The list of imports is not readable and starts anew: %s" % ex, file=sys.stderr)

    def save(self):
        temporary = "%s.%d.tmp" % (self._path, os.getpid())
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump({"modules": self.modules, "unsafe": self.unsafe}, file, indent=1)
        os.replace(temporary, self._path)

    def unknown(self, names):
        """Those of `names` that are neither known good nor known bad."""
        known = set(self.modules)
        return [n for n in names if n not in known and self._is_allowed(n)]

    def _is_allowed(self, name):
        return top(name) not in self.unsafe and name not in self.unsafe

    def add(self, good, bad):
        """Takes over what a probe found out, and remembers it."""
        known = set(self.modules)
        self.unsafe.update(bad)
        self.modules += [name for name in good if name not in known]
        self.modules = [name for name in self.modules if self._is_allowed(name)]
        self.save()

    def pending(self):
        return [n for n in self.modules if n not in self.loaded and self._is_allowed(n)]

    def load(self):
        """Imports what is pending. Returns what made this process unsafe to fork, or None."""
        for name in self.pending():
            self.loaded.add(name)
            culprit, problem = self.try_import(name)
            if problem is not None:
                self.unsafe[culprit] = problem
                self.save()
                if culprit == top(name):
                    return culprit
        gc.collect()
        return None

    def try_import(self, name):
        """Imports one module: (what to avoid from now on, why), or (None, None)."""
        package = top(name)
        if package in UNSAFE:
            return package, "known not to survive a fork"
        if name in sys.modules:
            # Brought by a module before it, and judged with that one.
            return None, None
        try:
            with RecordedEnvironment(self.read_variables):
                importlib.import_module(name)
        except BaseException as ex:
            return name, "cannot be imported: %s: %s" % (type(ex).__name__, str(ex)[:200])
        brought = UNSAFE.intersection(sys.modules)
        if brought:
            return package, "imports %s" % ", ".join(sorted(brought))
        if threading.active_count() > 1:
            return package, "starts a Python thread"
        threads = native_threads()
        if threads != self._threads:
            # Reading what the BLAS libraries keep is slow: only when the number of threads says something new.
            if threads > self._baseline + pool_threads():
                return package, "starts native threads"
            self._threads = threads
        return None, None

    def probe(self, names):
        """For a process that ends afterwards: yields (name, culprit, problem), one by one."""
        bad = set()
        for name in names:
            if top(name) in bad:
                continue
            culprit, problem = self.try_import(name)
            if culprit is not None:
                bad.add(culprit)
            yield name, culprit, problem
            if culprit == top(name):
                # This process is no good for judging others any more.
                return

    def needs_fresh(self, env, own, app_root):
        """Why a worker of this kind cannot be a fork of this process, or None.

        `own` names the variables of the deployment: what was read while this process imported
        must have been the same for them.
        """
        for name in own:
            same = env.get(name) == os.environ.get(name)
            if same or name in HARMLESS:
                continue
            if name in self.read_variables:
                return "%s was read by an import" % name
            if name.startswith(tuple(NATIVE_VARIABLES)):
                return "%s is read by native libraries" % name
        try:
            files = os.listdir(app_root)
        except OSError:
            return None
        names = {entry[:-3] if entry.endswith(".py") else entry for entry in files}
        hidden = names.intersection(top(name) for name in self.loaded)
        if hidden:
            return "the code folder has its own %s" % ", ".join(sorted(hidden))
        return None


class RecordedEnvironment:
    """While open, notes which variables are read from os.environ by name."""

    def __init__(self, names):
        self._names = names

    def __enter__(self):
        names = self._names
        plain = type(os.environ)

        class Recorded(plain):
            def __getitem__(self, key):
                if isinstance(key, str):
                    names.add(key)
                return plain.__getitem__(self, key)

            def copy(self):
                return {key: plain.__getitem__(self, key) for key in plain.__iter__(self)}

            def items(self):
                return self.copy().items()

        self._plain = plain
        os.environ.__class__ = Recorded

    def __exit__(self, *_):
        os.environ.__class__ = self._plain


def top(name):
    return name.partition(".")[0]


def native_threads():
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def pool_threads():
    """How many threads the BLAS libraries in this process keep; theirs survive a fork."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            lines = (line.split(None, 5) for line in file)
            paths = {fields[5].strip() for fields in lines if len(fields) == 6}
    except OSError:
        return 0
    pools = [path for path in paths if "openblas" in os.path.basename(path)]
    return len(pools) * (os.cpu_count() or 1)
