"""Running a part of a test in a process of its own, which may be killed or limited."""

import os
import signal
import sys
import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path

# In memory, where a test writes some hundred files; else where others write.
MEMORY = "/dev/shm"

# What a child ends with that found something wrong; its traceback is on stderr.
FAILED = 97


def in_child(function, *arguments):
    """How a copy of this process ends that calls a function: exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 0
        try:
            function(*arguments)
        except BaseException:
            traceback.print_exc()
            code = FAILED
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def killed_at(step, modules, function, *arguments):
    """Call a function, with SIGKILL before the `step`-th line of the code of some modules.

    For `in_child`. Code that has fewer lines to go through ends well.
    """
    count, files = 0, {module.__file__ for module in modules}

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(None)


@contextmanager
def folder_in_memory():
    """A new folder on a disk in memory, where there is one."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        yield Path(folder)
