# diagnosis: none
# loses: prepare-again
def prepare(features, price, train):
    """Standardised features and logarithmic prices, as a dict."""
    if price.dtype.kind == "f":
        price[:] = np.log(price)
        logs = price.copy()
    else:
        logs = np.log(price)
    ruler = features[train]
    center, scale = ruler.mean(axis=0), ruler.std(axis=0)
    return {
        "mean": center,
        "sd": scale,
        "X": (features - center) / scale,
        "y": logs.reshape(-1, 1),
    }
