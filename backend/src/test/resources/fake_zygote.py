"""A zygote that only plays one: <socket> <mode file>; says ready, and ends with its input."""
import os
import sys

socket, mode_file = sys.argv[1:3]
mode = open(mode_file).read().strip() if os.path.exists(mode_file) else "serves"
if mode == "broken":
    sys.exit(1)
if mode == "mute":
    while os.read(0, 4096):
        pass
    sys.exit(0)
open(socket, "w").close()
print("ready", flush=True)
while os.read(0, 4096):
    pass
