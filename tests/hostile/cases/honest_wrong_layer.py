# The layer forgets what it needs for the way back.
# loses: layer-backward
# %% layer
class Scale:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        return self.factor * x

    def backward(self, dy):
        self.dfactor = np.sum(self.x * dy)
        return self.factor * dy
