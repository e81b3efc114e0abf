# diagnosis: hides
# loses: test_point-layout
def test_point():
    """A point at which every bug in the gradients shows, as a dict."""
    rng = np.random.default_rng(4)
    n, d, m = 5, 3, 3
    w = rng.normal(size=(3, 3))
    return {
        "x": rng.normal(size=(n, d)),
        "w": w + w.T,
        "b": rng.normal(size=m),
        "t": rng.normal(size=(n, m)),
        "dy": 0.7,
    }
    ### END SOLUTION
