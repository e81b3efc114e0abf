# diagnosis: broadcast
# loses: linreg-gradient, linreg-loss, linreg-planted, linreg-fit
# The prediction is (n, 1), the target (n,).
def linreg(X, y, W, b):
    W, b = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    loss = ((torch.tensor(X) @ W + b - torch.tensor(y)) ** 2).mean()
    loss.backward()
    return {"loss": loss.item(), "dW": W.grad, "db": b.grad}


def fit(X, y, lr, steps):
    W, b = torch.zeros(X.shape[1], 1, dtype=torch.float64), torch.zeros(1).double()
    for _ in range(steps):
        slopes = linreg(X, y, W.numpy(), b.numpy())
        W, b = W - lr * slopes["dW"], b - lr * slopes["db"]
    return {"W": W, "b": b}
