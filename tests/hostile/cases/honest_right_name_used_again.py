# A later cell uses a name again that an earlier answer needs.
# loses: nothing
# %% square
factor = 2

def square_backward(x, dy):
    return factor * x * dy
# %% layer
factor = "something else"

class Scale:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        self.x = x
        return self.factor * x

    def backward(self, dy):
        self.dfactor = np.sum(self.x * dy)
        return self.factor * dy
