def links(x1, x2, w1, w2, b, Y):
    into, names = np.array([x1, x2, 1.0, w1]), ["w1", "w2", "b", "x1"]
    e = np.exp(-np.dot([w1, w2, b], [x1, x2, 1.0]))
    sigma = 1 / (1 + e)
    outer, inner = (sigma - Y) / (sigma - sigma**2), e / (1 + e) ** 2
    local = {f"dA1_d{n}": v for n, v in zip(names, into)}
    whole = {f"dA3_d{n}": v for n, v in zip(names, outer * inner * into)}
    return {"dA3_dA2": outer, "dA2_dA1": inner, **local, **whole}
