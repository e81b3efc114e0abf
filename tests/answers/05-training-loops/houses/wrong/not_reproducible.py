# diagnosis: not-reproducible
# loses: houses-honest
def fit_predict(features, price, new_features):
    """Predicted prices, in dollars, of the new houses."""
    center, scale = features.mean(axis=0), features.std(axis=0)

    def design(table):
        z = np.clip((table - center) / scale, -3, 3)
        ones = np.ones(len(z))
        return np.column_stack([ones, z, z**2, z[:, 0] * z[:, 1]])

    known, target = design(features), np.log(price)
    middle = target.mean()
    w = np.random.default_rng().normal(size=known.shape[1]) * 0.1
    speed = np.zeros_like(w)
    for _ in range(1000):  # after 3000 the start is forgotten to the last bit
        gap = known @ w + middle - target
        speed = 0.9 * speed + known.T @ gap / len(gap)
        w = w - 0.01 * speed
    return np.exp(design(new_features) @ w + middle)
