# The agent answers with more than any message may hold.
# loses: square-value, square-inputs
# %% square
def square_backward(x, dy):
    return x

try:
    import tapecheck.grading.agent as agent
    before = agent.answer

    def answer(request):
        about_square = b"square_backward" in request
        return b"A" * 300_000_000 if about_square else before(request)

    agent.answer = answer
except ImportError:
    pass
