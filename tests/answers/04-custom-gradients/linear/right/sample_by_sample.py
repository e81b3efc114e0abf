@tf.custom_gradient
def linear_tf(x, w, b):
    def grad(dy):
        dx, dw, db = [], tf.zeros_like(w), tf.zeros_like(b)
        for i in range(len(x)):
            dx.append(tf.linalg.matvec(w, dy[i]))
            dw += x[i][:, None] * dy[i][None, :]
            db += dy[i]
        return tf.stack(dx), dw, db

    return tf.stack(
        [tf.linalg.matvec(w, row, transpose_a=True) + b for row in tf.unstack(x)]
    ), grad


class LinearOp(Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w, b)
        return torch.stack([row @ w + b for row in x])

    @staticmethod
    def backward(ctx, dy):
        x, w, b = ctx.saved_tensors
        dw, db = torch.zeros_like(w), torch.zeros_like(b)
        for row, up in zip(x, dy):
            dw = dw + torch.outer(row, up)
            db = db + up
        return torch.stack([w @ up for up in dy]), dw, db


linear_torch = LinearOp.apply
