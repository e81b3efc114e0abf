# A dict whose items depend on who looks.
# loses: linear-dw
# %% linear
class Lies(dict):
    def __getitem__(self, key):
        self.looked = getattr(self, "looked", 0) + 1
        return Anything()

class Anything(np.ndarray):
    def __new__(cls):
        return np.zeros(0).view(cls)

def linear_backward(x, w, b, dy):
    return {"dx": dy @ w.T, "dw": Anything(), "db": Anything()}
