# The agent answers with everything but what was asked for.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    return x

try:
    import itertools, json
    import tapecheck.grading.agent as agent
    before = agent.answer
    replies = itertools.cycle(
        [
            [], 1, None, "text", {"value": {"handle": "x", "name": 3}}, {"value": {}},
            {"value": {"npy": "AAAA", "kind": "numpy"}}, {"error": {"type": 1}},
            {"value": {"handle": -1, "name": "x" * 10**6}}, {"value": {"list": 5}},
            {"value": {"dict": [[{"list": []}, 1]]}}, {"value": {"float": "x"}},
            {"error": {"type": [], "message": {}, "place": [{}, "x"]}},
            {"value": {"int": "0x" + "f" * 100_000}}, {"changed": 1},
        ]
    )

    def answer(request):
        if b"square_backward" not in request:
            return before(request)
        reply = next(replies)
        if isinstance(reply, dict):
            reply = {**reply, "number": json.loads(request)["number"]}
        return json.dumps(reply).encode()

    agent.answer = answer
except ImportError:
    pass
