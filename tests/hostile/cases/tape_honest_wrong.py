# Wrong by hand in all three exercises.
# assignment: tape-steps
# loses: cube-value, tanh-value, sinh-gradient
# %% cube
def cube_backward(x, dy):
    return 3 * x * dy
# %% tanh
def tanh_backward(x, dy):
    return dy * (1 - x**2)
# %% sinh
def sinh_torch(x):
    class Sinh(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return torch.sinh(x)

        @staticmethod
        def backward(ctx, dy):
            return dy

    return Sinh.apply(x)
