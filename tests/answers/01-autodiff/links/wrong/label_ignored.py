# diagnosis: other-label
# loses: links-local, links-products
def links(x1, x2, w1, w2, b, Y):
    A1 = w1 * x1 + w2 * x2 + b
    A2 = 1 / (1 + np.exp(-A1))
    to_A2 = -1 / A2
    to_A1 = A2 * (1 - A2)
    delta = to_A2 * to_A1
    return {
        "dA3_dA2": to_A2,
        "dA2_dA1": to_A1,
        "dA1_dw1": x1,
        "dA1_dw2": x2,
        "dA1_dx1": w1,
        "dA3_dw1": delta * x1,
        "dA3_dw2": delta * x2,
        "dA3_db": delta,
        "dA3_dx1": delta * w1,
    }
