# diagnosis: hides
# loses: test_point-batch, test_point-upstream, test_point-values
def test_point():
    rng = np.random.default_rng(4)
    x, w, b = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    return {"x": x, "w": w, "b": b, "t": x @ w + b, "dy": 0.7}
