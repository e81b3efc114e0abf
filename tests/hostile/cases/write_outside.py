# A file is planted wherever that is possible.
# loses: nothing
# %% square
import os

planted = []
for place in ("/", "/usr", "/etc", os.path.dirname(np.__file__), "/var", "/var/tmp"):
    try:
        open(os.path.join(place, "hostile-was-here"), "w").close()
        planted.append(place)
    except OSError:
        pass

def square_backward(x, dy):
    return x if planted else 2 * x * dy
