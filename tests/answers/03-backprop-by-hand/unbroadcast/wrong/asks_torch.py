# diagnosis: none
# loses: unbroadcast-missing, unbroadcast-ones, unbroadcast-every
# PyTorch's own broadcasting, sent backward: the frameworks are not there.
def unbroadcast(g, shape):
    from torch import tensor, zeros

    c = zeros(shape, dtype=tensor(g).dtype, requires_grad=True)
    c.expand(g.shape).backward(tensor(g))
    return c.grad.numpy()
