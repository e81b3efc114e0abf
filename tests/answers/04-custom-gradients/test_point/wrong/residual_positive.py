# diagnosis: hides
# loses: test_point-values
def test_point():
    """A point at which every bug in the gradients shows, as a dict."""
    rng = np.random.default_rng(4)
    n, d, m = 5, 4, 3
    return {
        "x": rng.normal(size=(n, d)),
        "w": rng.normal(size=(d, m)),
        "b": rng.normal(size=m),
        "t": -50 + rng.normal(size=(n, m)),
        "dy": 0.7,
    }
    ### END SOLUTION
