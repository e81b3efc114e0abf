# The agent asks the tests' kernel to call functions that nobody gave it.
# loses: square-value, square-inputs
# %% square
import tapecheck.grading.agent as agent

def square_backward(x, dy):
    found = []
    for number in (-1, 0, 1, 10**9, "x", None):
        question = {"callback": number, "args": {"tuple": []}, "named": {"dict": []}}
        found.append(agent.wire.ask(question))
    agent.wire.send(b"not json")
    raise ValueError(found)
