#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""end_by.py SIGNAL FILE COMMAND...: send it the signal when FILE has something; prints "status N", -N for a signal.

A shell gives what it runs in the background an ignored SIGINT; here it is as a terminal has it."""
import os
import signal
import subprocess
import sys
import time

number, path = getattr(signal, sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGINT, signal.SIG_DFL)
process = subprocess.Popen(sys.argv[3:])
for _ in range(600):
    if os.path.exists(path) and os.path.getsize(path) > 0:
        break
    time.sleep(0.05)
process.send_signal(number)
print("status", process.wait(60), file=sys.stderr)
