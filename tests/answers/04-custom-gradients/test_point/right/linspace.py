def test_point():
    return dict(
        x=np.linspace(-3, 5, 28).reshape(7, 4) ** 3 / 10,
        w=np.cos(np.arange(8.0)).reshape(4, 2),
        b=np.array([3.0, -1.0]),
        t=np.sin(np.arange(14.0)).reshape(7, 2),
        dy=np.float64(0.3),
    )
