# diagnosis: over-summed
# loses: prepare-features, prepare-again
def prepare(features, price, train):
    """Standardised features and logarithmic prices, as a dict."""
    ruler = features[train]
    center, scale = ruler.mean(), ruler.std()
    return {
        "mean": center,
        "sd": scale,
        "X": (features - center) / scale,
        "y": np.log(price).reshape(-1, 1),
    }
