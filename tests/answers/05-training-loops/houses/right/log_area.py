def fit_predict(features, price, new_features):
    def shape(table):
        area = np.log(table[:, 1])
        return np.column_stack(
            [table[:, 0], area, area**2, table[:, 0] * area, table[:, 0] ** 2]
        )

    raw = shape(features)
    mean, sd = raw.mean(axis=0), raw.std(axis=0)
    X = torch.tensor((raw - mean) / sd)
    t = torch.tensor(np.log(price))
    w = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    b = t.mean()
    optimiser = torch.optim.Adam([w], lr=0.05)
    for _ in range(500):
        optimiser.zero_grad()
        ((X @ w + b - t) ** 2).mean().backward()
        optimiser.step()
    new = torch.tensor((shape(new_features) - mean) / sd)
    return torch.exp(new @ w + b).detach().numpy()
