# A right answer that leaves a process behind.
# loses: nothing
# %% square
import os, time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3, 256):
            try:
                os.close(number)
            except OSError:
                pass
        time.sleep(3600)
    os._exit(0)

def square_backward(x, dy):
    return 2 * x * dy
