# Right answers written in another way: a lambda, loops, a list made into an array.
# loses: nothing
# %% square
square_backward = lambda x, dy: np.array([2.0 * value * dy for value in x])
# %% linear
def outer_sum(x, dy):
    total = np.zeros((x.shape[1], dy.shape[1]))
    for row, upstream in zip(x, dy):
        total += np.outer(row, upstream)
    return total

def linear_backward(x, w, b, dy):
    return dict(dw=outer_sum(x, dy), db=sum(dy), dx=(w @ dy.T).T)
