# One of three gradients is averaged instead of summed.
# loses: linear-dw
# %% linear
def linear_backward(x, w, b, dy):
    return {"dx": dy @ w.T, "dw": x.T @ dy, "db": dy.mean(axis=0)}
