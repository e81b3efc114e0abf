# An object that can be iterated over without end, where numbers were asked for.
# loses: linear-dx, linear-dw
# %% linear
class Endless:
    def __iter__(self):
        return self
    def __next__(self):
        return 1.0
    def __len__(self):
        return 10**12
    def __getitem__(self, key):
        return self

def linear_backward(x, w, b, dy):
    return Endless()
