# The last cell clears the whole namespace.
# loses: nothing
# %% layer
class Scale:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        self.x = x
        return self.factor * x

    def backward(self, dy):
        self.dfactor = np.sum(self.x * dy)
        return self.factor * dy
# %% layer-backward
# %% own
%reset -f
