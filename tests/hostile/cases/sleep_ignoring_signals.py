# A cell that ignores signals and sleeps.
# loses: square-value, square-inputs
# %% square
import signal, time
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
time.sleep(3600)
