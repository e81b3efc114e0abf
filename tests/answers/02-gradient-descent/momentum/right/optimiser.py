def heavy_ball(H, c, theta0, lr, beta, steps):
    theta = torch.tensor(theta0, requires_grad=True)
    optimiser = torch.optim.SGD([theta], lr=lr, momentum=beta)
    points = np.zeros((steps, len(theta0)))
    for k in range(steps):
        theta.grad = torch.tensor(H) @ theta.detach() - torch.tensor(c)
        optimiser.step()
        points[k] = theta.detach().numpy()
    return points


def best_settings(H):
    low, *_, high = np.sqrt(np.linalg.svd(H, compute_uv=False)[::-1])
    beta = ((high - low) / (high + low)) ** 2
    return {"lr": (2 / (high + low)) ** 2, "beta": beta, "factor": beta**0.5}
