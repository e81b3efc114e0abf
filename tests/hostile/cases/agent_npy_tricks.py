# The agent answers with arrays whose headers lie.
# loses: square-value
# %% square
def square_backward(x, dy):
    return x

try:
    import base64, io, itertools, json
    import tapecheck.grading.agent as agent
    before = agent.answer

    def header(text):
        data = text.encode().ljust(117) + b"\n"
        return b"\x93NUMPY\x01\x00" + len(data).to_bytes(2, "little") + data + bytes(8)

    tricks = itertools.cycle(
        [
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**12,), }"),
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
            header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
            b"\x93NUMPY\x01\x00" + b"\xff\xff" + b"(" * 65535,
        ]
    )

    def answer(request):
        asked = json.loads(request)
        if asked["do"] == "get" or asked["of"].get("name") != "square_backward":
            return before(request)
        packed = base64.b64encode(next(tricks)).decode()
        reply = {"value": {"npy": packed, "kind": "numpy", "scalar": 0, "fixed": 0}}
        reply["number"] = asked["number"]
        return json.dumps(reply).encode()

    agent.answer = answer
except ImportError:
    pass
