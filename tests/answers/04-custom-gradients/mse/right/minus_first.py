class _Mse(Function):
    @staticmethod
    def forward(ctx, y, t):
        r = t - y
        ctx.save_for_backward(r)
        return torch.nn.functional.mse_loss(y, t)

    @staticmethod
    def backward(ctx, up):
        (r,) = ctx.saved_tensors
        dt = up * 2.0 / r.numel() * r
        return -dt, dt


mse_torch = _Mse.apply


@tf.custom_gradient
def mse_tf(y, t):
    size = int(np.prod(y.shape))

    def grad(up):
        dt = (t - y) * (up * 2.0 / size)
        return tf.negative(dt), dt

    return tf.keras.losses.mse(tf.reshape(t, [-1]), tf.reshape(y, [-1])), grad
