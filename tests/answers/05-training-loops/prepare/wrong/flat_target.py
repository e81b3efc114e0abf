# diagnosis: reshape
# loses: prepare-target, prepare-again
def prepare(features, price, train):
    """Standardised features and logarithmic prices, as a dict."""
    ruler = features[train]
    center, scale = ruler.mean(axis=0), ruler.std(axis=0)
    return {
        "mean": center,
        "sd": scale,
        "X": (features - center) / scale,
        "y": np.log(price),
    }
