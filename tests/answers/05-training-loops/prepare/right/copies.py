def prepare(features, price, train):
    X = np.array(features, dtype=float)
    mean = np.array([X[train, j].sum() / len(train) for j in range(X.shape[1])])
    sd = np.array(
        [
            np.sqrt(((X[train, j] - mean[j]) ** 2).sum() / len(train))
            for j in range(X.shape[1])
        ]
    )
    X -= mean
    X /= sd
    y = np.log(np.array(price, dtype=float))[:, None]
    return {"mean": mean, "sd": sd, "X": X, "y": y}
