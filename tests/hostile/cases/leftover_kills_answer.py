# A right answer, and a child of a stopped cell that kills the kernel while it is asked.
# loses: nothing
# %% square
import time

def square_backward(x, dy):
    open("/tmp/asked", "w").close()
    time.sleep(1)
    return 2 * x * dy
# %% own
import os, signal
if os.fork() == 0:
    os.setsid()
    while not os.path.exists("/tmp/asked"):
        time.sleep(0.01)
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(0)
time.sleep(30)
