# diagnosis: none
# loses: layers-mse, layers-bce, layers-dx, layers-twice, layers-logits
# Linear.backward returns nothing.
class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
        self.saved = []

    def forward(self, x):
        self.saved.append(x)
        return x @ self.W + self.b

    def backward(self, dy):
        x = self.saved.pop()
        self.dW += x.T @ dy
        self.db += dy.sum(axis=0)


class Tanh:
    def __init__(self):
        self.saved = []

    def forward(self, x):
        self.saved.append(np.tanh(x))
        return self.saved[-1]

    def backward(self, dy):
        return dy * (1 - self.saved.pop() ** 2)


class Sigmoid:
    def __init__(self):
        self.saved = []

    def forward(self, x):
        self.saved.append(sigmoid(x))
        return self.saved[-1]

    def backward(self, dy):
        y = self.saved.pop()
        return dy * y * (1 - y)


class MSE:
    def forward(self, y, t):
        self.difference = y - t
        return np.mean(self.difference**2)

    def backward(self):
        return 2 * self.difference / self.difference.size


class BCEWithLogits:
    def forward(self, z, t):
        self.z, self.t = z, t
        return np.mean(np.logaddexp(0, z) - t * z)

    def backward(self):
        return (np.exp(-np.logaddexp(0, -self.z)) - self.t) / self.z.size


def run_stack(stack, loss, x, t, first, last):
    for layer in stack:
        x = layer.forward(x)
    value = loss.forward(x, t)
    dx = loss.backward()
    for layer in reversed(stack):
        dx = layer.backward(dx)
        if dx is None:
            name = type(layer).__name__
            raise TypeError(f"{name}.backward returned None, not dx")
    return {
        "loss": value, "dx": dx,
        "dW1": first.dW, "db1": first.db, "dW2": last.dW, "db2": last.db,
    }


def mse_stack(x, t, W1, b1, W2, b2):
    first, last = Linear(W1, b1), Linear(W2, b2)
    return run_stack([first, Tanh(), last], MSE(), x, t, first, last)


def bce_stack(x, t, W1, b1, W2, b2):
    first, last = Linear(W1, b1), Linear(W2, b2)
    stack = [first, Sigmoid(), last]
    return run_stack(stack, BCEWithLogits(), x, t, first, last)


def shared_stack(x, t, W, b):
    linear, tanh = Linear(W, b), Tanh()
    stack = [linear, tanh, linear, tanh]
    return run_stack(stack, MSE(), x, t, linear, linear)
