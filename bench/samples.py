"""Where a JVM's CPU goes: samples of its event loop by JFR's CPU-time profiler (JDK 25, Linux), summed by whose work it was."""

import re
import subprocess

from tools import WORK, farol_built, say

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<configuration version="2.0"><event name="jdk.CPUTimeSample">
<setting name="enabled">true</setting><setting name="throttle">1ms</setting><setting name="stackTrace">true</setting>
</event></configuration>
"""

# By the innermost frame that fits any; what helps others (headers, strings, bytes) counts for whom it helps.
OWNERS = [
    ("system calls: send", r"Socket\.send|FileDescriptor\.writev?Address"),
    ("system calls: receive", r"Socket\.recv|FileDescriptor\.readAddress"),
    ("system calls: wait", r"epoll\.Native\."),
    ("system calls, all together by io_uring", r"uring\.SubmissionQueue\.ioUringEnter"),
    ("checking the key", r"gateway\.KeyCheck"),
    ("counting for the metrics", r"gateway\.RouteMeters|io\.prometheus"),
    ("the gateway's policy: address, ids, trace, route, limits, record", r"dev\.farol\.gateway"),
    ("memory for buffers", r"AdaptivePooling|AdaptiveByteBufAllocator|PooledByteBuf"),
    ("reading messages", r"proxy\.(Message|Request|Answer)Decoder"),
    ("writing messages", r"proxy\.(Request|Answer)Encoder|Http(Request|Response|Object)Encoder"),
    ("the proxy: rules, headers, exchange, pool, timer", r"dev\.farol\.wire\.(?!proxy\.(LineHeaders|HeadWriter|NettyHeaders))|ScheduledFutureTask|ScheduledEventExecutor"),
    ("Netty's pipeline, buffers out and event loop", r"io\.netty\.channel|io\.netty\.util\.concurrent"),
]


def shares(pid, load):
    """Runs the load under the profiler: (share of each owner, samples)."""
    jcmd, jfr = (f"{farol_built()[0]}/bin/{tool}" for tool in ("jcmd", "jfr"))
    settings, recording = WORK / "profile.jfc", WORK / f"profile-{pid}.jfr"
    settings.write_text(SETTINGS)
    for order in ([f"name=bench-{pid}", f"settings={settings}", f"filename={recording}"], None):
        what = ["JFR.start", *order] if order else ["JFR.stop", f"name=bench-{pid}"]
        done = subprocess.run([jcmd, str(pid), *what], capture_output=True, text=True)
        if done.returncode != 0:
            say(f"No profile: {done.stdout}{done.stderr}")
            return {}, 0
        if order:
            load()
    try:
        printed = subprocess.run([jfr, "print", "--stack-depth", "64", "--events", "jdk.CPUTimeSample", str(recording)],
                                 capture_output=True, text=True, check=True).stdout
    finally:
        recording.unlink(missing_ok=True)
    counts = {}
    for sample in printed.split("jdk.CPUTimeSample {")[1:]:
        if "farol-proxy" in sample:
            frames = re.findall(r"^\s+([\w.$<>]+)\(.*line:", sample, re.M)
            if frames:
                counts[owner(frames)] = counts.get(owner(frames), 0) + 1
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()}, total


def owner(frames):
    for frame in frames:
        for name, pattern in OWNERS:
            if re.search(pattern, frame):
                return name
    return "the rest"
