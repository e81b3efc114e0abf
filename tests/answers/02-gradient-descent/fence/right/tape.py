def fence(p, q, x0, lr, tol, max_steps):
    x, steps = torch.tensor(float(x0), dtype=torch.float64), 0
    while True:
        x = x.detach().requires_grad_()
        cost = p / x + q * x
        (slope,) = torch.autograd.grad(cost, x)
        if slope.abs() <= tol or steps >= max_steps:
            return {"x": x.detach(), "cost": cost.item(), "steps": steps}
        x, steps = x - lr * slope, steps + 1


def contraction(p, q, lr):
    x = torch.tensor((p / q) ** 0.5, dtype=torch.float64)
    bend = torch.autograd.functional.hessian(lambda x: p / x + q * x, x)
    return 1 - lr * bend.item()
