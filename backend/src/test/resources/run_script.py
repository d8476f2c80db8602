"""Runs a scoring script as a worker would: run_script.py <code folder>; exits 3 when it fails."""
import faulthandler
import importlib.util
import os
import sys
import traceback

faulthandler.enable()
root = sys.argv[1]
os.chdir(root)
sys.path[0] = root
try:
    spec = importlib.util.spec_from_file_location("entry_module", os.path.join(root, "score.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.init()
except BaseException:
    traceback.print_exc()
    sys.exit(3)
