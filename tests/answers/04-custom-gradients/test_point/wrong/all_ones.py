# diagnosis: hides
# loses: test_point-upstream, test_point-layout, test_point-values
def test_point():
    return {
        "x": np.ones((3, 3)),
        "w": np.ones((3, 3)),
        "b": np.zeros(3),
        "t": np.zeros((3, 3)),
        "dy": 1.0,
    }
