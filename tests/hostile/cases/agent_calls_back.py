# The agent asks the tests' kernel to call functions that nobody gave it.
# loses: square-value, square-inputs
# %% square
import json

def square_backward(x, dy):
    shell = get_ipython()
    found = []
    for number in (-1, 0, 1, 10**9, "x", None):
        question = {"callback": number, "args": {"tuple": []}, "named": {"dict": []}}
        found.append(shell.kernel.raw_input(json.dumps(question)))
    shell.kernel.raw_input("not json")
    raise ValueError(found)
