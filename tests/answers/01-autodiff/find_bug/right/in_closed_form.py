def mended_cost(x, t, w1, w2, b):
    return np.square(t - np.tanh(b + w2 * np.tanh(w1 * x))) / 2


def points():
    start = (1.0, 0.0, 1.0, 1.0, 1.0)
    return {"blind": start, "telling": (1.0, 0.0, 1.0, 0.2, 1.0)}


def check_report(x, t, w1, w2, b):
    """What the difference quotients tend to, derived for the published cost."""
    a1 = np.tanh(w1 * x)
    y = np.tanh(w1 * a1 + b)
    arriving = (y - t) * (1 - y**2)
    true = {"w1": arriving * (a1 + w1 * x * (1 - a1**2)), "w2": 0.0, "b": arriving}
    claimed = published_gradients(x, t, w1, w2, b)
    return {
        name: float(
            abs(claimed[name] - true[name])
            / np.max(np.abs([claimed[name], true[name], 1e-300]))
        )
        for name in true
    }
