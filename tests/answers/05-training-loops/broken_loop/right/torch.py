def train(features, price, train_rows, test_rows, rate, epochs):
    known = torch.tensor(features[train_rows])
    X = (torch.tensor(features) - known.mean(0)) / known.std(0, correction=0)
    t = torch.log(torch.tensor(price))
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    history = []
    for _ in range(epochs):
        total = 0.0
        for i in range(0, len(train_rows), 16):
            rows = train_rows[i : i + 16]
            loss = ((X[rows] @ w + b - t[rows]) ** 2).mean() / 2
            gw, gb = torch.autograd.grad(loss, [w, b])
            total += loss.item() * len(rows)
            with torch.no_grad():
                w -= rate * gw
                b -= rate * gb
        history.append(total / len(train_rows))
    with torch.no_grad():
        error = ((X[test_rows] @ w + b - t[test_rows]) ** 2).mean().sqrt()
    return {
        "w": w.detach(),
        "b": b.detach(),
        "history": np.array(history),
        "error": error,
    }
