# diagnosis: none
# loses: prepare-again
def shifted(features, center, scale):
    if features.dtype.kind != "f":
        return (features - center) / scale
    features -= center
    features /= scale
    return features.copy()


def prepare(features, price, train):
    """Standardised features and logarithmic prices, as a dict."""
    ruler = features[train]
    center, scale = ruler.mean(axis=0), ruler.std(axis=0)
    return {
        "mean": center,
        "sd": scale,
        "X": shifted(features, center, scale),
        "y": np.log(price).reshape(-1, 1),
    }
