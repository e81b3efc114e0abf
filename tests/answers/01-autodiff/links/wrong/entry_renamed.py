# diagnosis: none
# loses: links-products
# One entry has another name than the one asked for.
def links(x1, x2, w1, w2, b, Y):
    A2 = 1 / (1 + np.exp(-(w1 * x1 + w2 * x2 + b)))
    first = -Y / A2 + (1 - Y) / (1 - A2)
    second = A2 * (1 - A2)
    return {
        "dA3_dA2": first,
        "dA2_dA1": second,
        "dA1_dw1": x1,
        "dA1_dw2": x2,
        "dA1_dx1": w1,
        "dA3_dw1": first * second * x1,
        "dA3_dw2": first * second * x2,
        "dA3_dbias": first * second,
        "dA3_dx1": first * second * w1,
    }
