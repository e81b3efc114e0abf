def fit_predict(features, price, new_features):
    generator = np.random.default_rng(0)
    mean, sd = features.mean(axis=0), features.std(axis=0)
    X, new = (features - mean) / sd, (new_features - mean) / sd
    t = np.log(price)[:, None]
    middle, spread = t.mean(), t.std()
    y = (t - middle) / spread
    p = [generator.normal(size=(2, 8)) / 2, np.zeros(8), np.zeros((8, 1)), np.zeros(1)]
    m, v = [0 * a for a in p], [0 * a for a in p]
    for step in range(1, 1201):
        A = np.tanh(X @ p[0] + p[1])
        d2 = 2 * (A @ p[2] + p[3] - y) / len(y)
        d1 = d2 @ p[2].T * (1 - A**2)
        g = [X.T @ d1 + 2e-3 * p[0], d1.sum(0), A.T @ d2 + 2e-3 * p[2], d2.sum(0)]
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.999 * a + 0.001 * b**2 for a, b in zip(v, g)]
        rate = 0.01 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        p = [a - rate * b / (np.sqrt(c) + 1e-8) for a, b, c in zip(p, m, v)]
    out = np.tanh(new @ p[0] + p[1]) @ p[2] + p[3]
    return np.exp(out[:, 0] * spread + middle)
