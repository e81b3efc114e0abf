# A right answer, and a child of a stopped cell that kills the kernel in a later cell.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
import os, signal, time
if os.fork() == 0:
    os.setsid()
    while not os.path.exists("/tmp/running"):
        time.sleep(0.01)
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(0)
time.sleep(30)
# %% linear
import time
open("/tmp/running", "w").close()
time.sleep(1)
def linear_backward(x, w, b, dy):
    return {"dx": dy @ w.T, "dw": x.T @ dy, "db": dy.sum(axis=0)}
