# diagnosis: hides
# loses: test_point-layout
def test_point():
    s = np.array([[1.0, 0.5], [0.5, -2.0]])
    return {"x": s, "w": s, "b": np.zeros(2) + 0.25, "t": s @ s + 0.25 - s, "dy": 0.7}
